"""The command line of ssot. It parses arguments, prints and sets exit codes; everything else is in `ssot`."""
