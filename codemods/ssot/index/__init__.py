"""Bytes to facts of one file, and facts of all files to what every import path denotes."""
