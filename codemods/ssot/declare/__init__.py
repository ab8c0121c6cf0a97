"""What the owner of a codebase declares: the manifest, its errors, its schema, and a first proposal of one."""
