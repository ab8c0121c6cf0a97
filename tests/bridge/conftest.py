"""Every test has its own home; a repository is made where one is needed."""

from __future__ import annotations

from deliver.conftest import home

__all__ = ["home"]
