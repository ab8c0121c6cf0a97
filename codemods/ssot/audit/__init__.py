"""Index and manifest to findings and figures: one rule per file, named after its id."""
