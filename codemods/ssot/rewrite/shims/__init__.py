"""What `deprecation-shims` is made of: which paths, who uses them, how a name is unbound, what is written in its place."""
