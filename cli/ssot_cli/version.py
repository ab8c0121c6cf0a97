"""The version of the installed distribution."""

from __future__ import annotations


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("ssot")
    except PackageNotFoundError:
        return "0+uninstalled"
