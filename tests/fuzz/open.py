"""Numbers of the slice that are known to go wrong, and why; where there is a fixture, it is marked `open`."""

from __future__ import annotations

PACKAGES = {  # number -> the fixture in tests/fixtures/canonical-imports, or what is wrong
    10: "bug-fuzz-package-offers-module-alias",
    15: "refused by gate 4: a package offers a module under another name (from Python 3.12 on)",
    16: "bug-fuzz-moved-module-in-package",
    77: "refused by gate 8: a lazy re-export of a module that moved",
    86: "bug-fuzz-circle-asks-attribute",
    130: "bug-fuzz-called-while-loaded",
    155: "refused by gate 4: the name of a package is taken in a generic function (from Python 3.12 on)",
    180: "bug-fuzz-alias-then-deleted",
    202: "the symbol table takes a submodule where a star import has bound its name first",
    247: "refused by gate 8: a lazy name in a class body",
    250: "refused by gate 6: a module with effects would be loaded",
    289: "bug-fuzz-moved-module-in-package",
    297: "the symbol table does not know that a star import takes loaded submodules",
}
EDITS = {  # number of a package -> which wrong edit of it no gate sees yet
    130: "a name that the other distribution does not have is imported, and nothing uses it",
    138: "a name that is not there is imported, and nothing uses it",
    148: "an import behind a star loads a module with effects",
}
