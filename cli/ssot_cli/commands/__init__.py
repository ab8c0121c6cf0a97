"""One command per file: `command`, its `SUMMARY` in the list, and the `EXAMPLES` under its help."""
