"""Why a place is left alone: what the program loads, and when."""

from __future__ import annotations

from ssot.report.codes import Code

LOADING = (
    Code(
        "load-order",
        "load-order",
        "refusal",
        "After the rewrite modules that do something at import time would be loaded in another order, or not at all.",
        "Registrations and set-up may count on what ran before; keeping the old import does not restore the order here.",
        "shop/__init__.py looks Engine up by __getattr__, which imports a module that registers itself",
        "Import that module where the program starts, then run ssot again.",
    ),
)
