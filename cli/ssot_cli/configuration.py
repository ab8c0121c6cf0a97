"""The operator's own settings: ``config.toml`` in the folder that the system keeps for this tool. Never a repository's."""

from __future__ import annotations

from pathlib import Path

import typer


def configuration_file() -> Path:
    """Where the settings would be."""
    return Path(typer.get_app_dir("ssot")) / "config.toml"


def configured_plugins() -> tuple[str, ...]:
    """The plug-ins that are always on: ``plugins = ["name"]``."""
    import tomllib

    from ssot.values import SsotError

    file = configuration_file()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise SsotError(f"{file} can't be read: {error}", "mend it, or take it away") from error
    plugins = found.get("plugins", [])
    unknown = sorted(found.keys() - {"plugins"})
    if unknown or not isinstance(plugins, list) or not all(isinstance(name, str) for name in plugins):
        what = f"an unknown key '{unknown[0]}'" if unknown else "plugins that are no list of names"
        raise SsotError(f"{file} has {what}", 'all it may hold is plugins = ["name"]')
    return tuple(plugins)
