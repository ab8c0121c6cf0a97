"""Other people's codemods, run in processes of their own on a copy of the tree; what they change becomes edits."""
