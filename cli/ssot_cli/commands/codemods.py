"""``ssot codemods``."""

from __future__ import annotations

import typer

from ssot_cli.settings import settings_of

SUMMARY = "List what can change code"
EXAMPLES = (("ssot plan --only canonical-imports", "use one by its name"),)


def command(context: typer.Context) -> None:
    """List the codemods: what can change code, and which tables of the manifest each reads."""
    from ssot.bridge.plugins import installed
    from ssot.report.codemods_text import codemods_lines, plugin_lines
    from ssot_cli.configuration import configured_plugins
    from ssot_cli.output import show

    show((*codemods_lines(), *plugin_lines(installed(), configured_plugins())), settings_of(context))
