"""Findings, plans and outcomes as text, JSON and Markdown: pure functions from data to words."""
