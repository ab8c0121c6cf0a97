"""The parts of collapse-duplicates: which definitions, what stands against it, which edits."""
