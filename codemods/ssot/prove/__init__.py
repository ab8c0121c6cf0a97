"""The gates: before, edits and after, to proved or refused."""
