"""Definitions that are the same or nearly the same: candidates, comparison, verdict."""
