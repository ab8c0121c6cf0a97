"""Why an old path does not become a shim, or a shim is not taken away."""

from __future__ import annotations

from ssot.report.codes import Code


def _refusal(code: str, meaning: str, why: str, example: str, todo: str) -> Code:
    return Code(code, code, "refusal", meaning, why, example, todo)


SHIMS = (
    Code(
        "SSOT202",
        "expired-shim",
        "rule",
        "The day of a shim has passed, or what it says can't be read.",
        "A shim is a promise with a date. One that outlives it is a second path for ever; one that nobody can read is none.",
        "shop/old.py:7  Engine: until 2026-12-21, 3 places still use it",
        "Run `ssot shims --remove` for those that nobody uses; rewrite the uses of the others first.",
    ),
    _refusal(
        "shim-in-use",
        "Code, tests or settings of this repository still use the old path.",
        "A shim warns whoever uses it; the repository itself must be quiet before it lands, or be broken by its removal.",
        'ENGINE = "shop.old.Engine"    # in settings.py',
        "Rewrite the places that are listed (`ssot plan --unsafe` shows edits of strings that resolve), then plan again.",
    ),
    _refusal(
        "shim-patched",
        "The old path is replaced while the program runs.",
        "A patch on a shim sets a name that nobody reads: the test would go on passing and test nothing.",
        'mock.patch("shop.old.Engine")',
        "Patch where the object is used, or by the canonical path, then plan again.",
    ),
    _refusal(
        "shim-other-object",
        "The old path does not give the canonical object.",
        "A shim hands out the canonical object itself; whoever imports the old path would get something else than today.",
        "shop/old.py has its own `class Engine`",
        "Declare it with [[collapse]] to make the two one first, or take the path out of the manifest.",
    ),
    _refusal(
        "shim-definition",
        "The old path is where the object is defined.",
        "A module can't give lazily what it makes itself.",
        'canonical = "shop:Engine", legacy = ["shop.engine:Engine"], and the class stands in shop/engine.py',
        "Declare the place of the definition as approved, or move the definition.",
    ),
    _refusal(
        "shim-wrapper",
        "The old path is a function of its own that can't be turned into one that calls the canonical function.",
        "What the canonical function has to be given is known where the old one calls it already, or where both do the same "
        "to parameters of other names, in another order, or left to their defaults.",
        "def broadcast_to_user(user, message): ...    # does something else than broadcast(message, user)",
        "Let the old function call the canonical one itself (`return broadcast(message, user)`), then plan again.",
    ),
    _refusal(
        "shim-conditional",
        "The old name is bound under a condition.",
        "Which object it is, or whether it is there, is decided when the program runs.",
        "try: from shop.user import Engine ... except ImportError: Engine = None",
        "Make it one plain import at the top level of the module, then plan again.",
    ),
    _refusal(
        "shim-binding",
        "The statement that binds the old name can't be taken out.",
        "A module is asked for a name lazily only where nothing binds it.",
        "Engine = Other = UserEngine",
        "Bind the name by one plain import or alias, then plan again.",
    ),
    _refusal(
        "shim-own-use",
        "The old module itself uses the name, in a way that can't be rewritten.",
        "Inside a module a name that is only given lazily is a NameError.",
        'globals()["Engine"]    # in shop/old.py',
        "Use the canonical name there, then plan again.",
    ),
    _refusal(
        "shim-getattr",
        "The old module has a __getattr__ or __dir__ that can't be extended.",
        "A module has one of each; a second would replace what the first does.",
        "__getattr__ = make_getattr(TABLE)",
        "Write it as one plain function over several lines, then plan again.",
    ),
    _refusal(
        "shim-all",
        "The old module computes its __all__.",
        "Star imports would lose the name, because it is no longer bound when the list is made.",
        '__all__ = [name for name in globals() if name[0] != "_"]',
        "Write the list out, then plan again.",
    ),
    _refusal(
        "shim-has-code",
        "The file under the old name of a moved module does more than import.",
        "Forwarding every name would lose what it does.",
        'warnings.warn("shop.old has moved")    # at the top level',
        "Remove it or move it to the canonical module; or declare the names one by one with [[symbol]].",
    ),
    _refusal(
        "shim-effects",
        "The old module loads modules that do something when they are loaded.",
        "A shim loads the canonical module late; what happens on the way would happen late, or never.",
        "from shop.plugins import register_all    # registers when imported",
        "Import that module where its effects are needed, then plan again.",
    ),
    _refusal(
        "shim-marker",
        "The table of shims in the module is not what the tool wrote.",
        "The table is the register: nothing is added to one that can't be read.",
        '"Engine": "shop.user:UserEngine until later"',
        "Correct the row, or take the functions that serve it out and plan again.",
    ),
    _refusal(
        "shim-expired-in-use",
        "A shim whose day has passed is still used.",
        "Its removal would break those places.",
        "app.py:3  from shop.old import Engine",
        "Rewrite the places that are listed, then remove the shim.",
    ),
    _refusal(
        "foreign-test-file",
        "The file for generated tests is there and somebody else's.",
        "A file without the tool's mark is never overwritten.",
        "tests/ssot/test_single_source.py without its first line",
        "Move that file, or name another folder under [tests] path.",
    ),
)
