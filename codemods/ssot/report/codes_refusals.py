"""Why a place is left alone. A new reason is one more entry here."""

from __future__ import annotations

from ssot.report.codes import Code


def _refusal(code: str, meaning: str, why: str, example: str, todo: str) -> Code:
    return Code(code, code, "refusal", meaning, why, example, todo)


REFUSALS = (
    _refusal(
        "different-object",
        "The path gives another object than the canonical path, although the name is the same.",
        "Names are never compared, only objects: rewriting would replace one thing by another.",
        "shop/quality.py has its own `class Router`; it is not shop.ws.router:Router",
        "If it was replaced, declare that very path as legacy; otherwise leave it.",
    ),
    _refusal(
        "unresolved-path",
        "The path can't be followed to an object.",
        "Where the module or the name is gone, computed, or in an unreadable file, the target can't be shown.",
        "from shop.gone import Engine    # no such module, and no manifest entry names it",
        "Declare it as legacy of what replaced it, or correct the import.",
    ),
    _refusal(
        "new-cycle",
        "The rewrite would make modules import each other at start-up.",
        "An eager import cycle fails or not depending on which module is imported first.",
        "shop.engine imports shop.user, which would then import shop.engine",
        "Import the name where it is used, or move the definition to a module that both can import.",
    ),
    _refusal(
        "name-taken",
        "The new local name is already bound in a scope that uses it.",
        "The uses would silently mean the other thing.",
        "def run(UserEngine): return Engine()    # renaming Engine would meet the parameter",
        "Rename the other binding, or set rename-uses = false to keep the alias.",
    ),
    _refusal(
        "patched-path",
        "A test patches the name at the path this import goes through.",
        "After the rewrite the patch would still run and replace nothing.",
        'patch("shop.old.send") with `def notify(): from shop.old import send`',
        "Change the import and the patches together, then declare the path as legacy.",
    ),
    _refusal(
        "equal-arms",
        "The branches of a try or if would become the same import.",
        "One of them is then dead code, and which one was meant is the owner's to say.",
        "try: from new import Foo\nexcept ImportError: from old import Foo",
        "Remove the branch that is not needed any more.",
    ),
    _refusal(
        "guarded-import",
        "The import is expected to fail sometimes.",
        "An except ImportError, or a test of version or platform around it, depends on this very path.",
        "try: from shop.fast import Engine\nexcept ImportError: Engine = None",
        "If the guard has served its time, remove it and run ssot again.",
    ),
    _refusal(
        "old-path-test",
        "The place is a test whose subject is the old path.",
        "It checks that the path fails, warns or still works; with the new path it would test nothing.",
        "with pytest.raises(ImportError): from shop.old import Engine",
        "Remove the test together with the old path.",
    ),
    _refusal(
        "prints-own-name",
        "The expression prints its own source text.",
        "Renaming would change what the program prints.",
        'f"{Engine=}"',
        "Change it by hand if the printed text does not matter.",
    ),
    _refusal(
        "needs-unsafe",
        "An edit exists, but it can't be shown to keep behaviour.",
        "Such edits are only made when somebody asks for them and looks.",
        'mock.patch("shop.compat.UserEngine")',
        "Run `ssot plan --unsafe`, look at the edit, then `ssot apply --unsafe`.",
    ),
    _refusal(
        "dynamic-reference",
        "The name is put together or looked up while the program runs.",
        "What it denotes is not in the code.",
        'getattr(module, "User" + kind)',
        "Check by hand that it survives; the old path stays importable until you remove it.",
    ),
    _refusal(
        "text-file",
        "The path stands in a file that is not Python.",
        "Who reads it, and what would follow from a change, is not known.",
        "docs/usage.md: `from shop.compat import UserEngine`",
        "Change it by hand, or exclude the file under [project] exclude.",
    ),
    _refusal(
        "unparsable",
        "The file can't be parsed, so nothing in it is edited.",
        "Without a syntax tree neither the place nor the result can be checked.",
        "print 'Python 2'",
        "Correct the file, or run ssot on a Python that can parse it.",
    ),
    _refusal(
        "local-name-kept",
        "The import is canonical now, but the local name is still that of the thing it replaced.",
        "Its uses can't all be renamed, or rename-uses = false says not to.",
        "from shop.engine.user import UserEngine as Engine",
        "Rename the uses by hand where that matters; the import itself needs nothing.",
    ),
    _refusal(
        "module-object",
        "The name is used as a module, and the canonical path goes through another module object.",
        "Other attributes of the old module would be looked up on the new one.",
        "import shop.compat as compat; use(compat)",
        "Change by hand what the code does with the module, or import the name itself.",
    ),
    _refusal(
        "star-import",
        "The star import can't be complemented by an explicit import.",
        "What it brings in under the governed name is not a plain object, or is bound again later.",
        "from shop.core import *    # brings in a module of that name",
        "Write the imports that are needed in place of the star.",
    ),
    _refusal(
        "position-unknown",
        "Where exactly the expression stands in the file can't be told.",
        "Python gives no dependable position for it, and an edit in the wrong place would be worse than none.",
        "a chain inside a nested f-string, on Python 3.11",
        "Change it by hand, or run ssot on Python 3.12 or later.",
    ),
    _refusal(
        "prose",
        "The path is named inside a longer text: a docstring, a message, a query.",
        "Whether the text means the path as it was or as it is now is for a reader to say.",
        '"""Formerly shop.compat.Engine."""',
        "Read the text and change it by hand where it should name the canonical path.",
    ),
    _refusal(
        "comment",
        "The path is named in a comment.",
        "Comments explain, quote and remember; nothing shows which of it should follow the code.",
        "# see shop.compat.Engine",
        "Read the comment and change it by hand where it should name the canonical path.",
    ),
    _refusal(
        "doctest",
        "The example in a docstring can't be edited in place.",
        "It is put together from escapes or pieces, or an edit would reach over more than one line.",
        ">>> from shop.compat import (Engine,\n...     Other)",
        "Change the example by hand.",
    ),
    _refusal(
        "layout",
        "The import statement is written in a way that can't be edited without losing something of it.",
        "A comment between names, or a statement that LibCST does not give back as it was.",
        "from shop.compat import (Engine,  # why\n    Other)",
        "Put each name, with its comment, on a line of its own and run ssot again.",
    ),
)
