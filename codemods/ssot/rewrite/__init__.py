"""Index and manifest to edits and refusals; nothing here writes."""
