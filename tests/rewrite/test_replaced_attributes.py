"""Ways to replace an attribute of a module, each in a program that is executed: who reads the old path has to see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from trees import plan_of, symbol

BASE = {
    "shop/__init__.py": "",
    "shop/base.py": "LIMIT = 'real'\nclass Other: pass\ndef other(): pass\n",
    "shop/new.py": "from shop.base import LIMIT\n",
    "lib.py": "from shop.new import LIMIT\n",
    "main.py": "import lib, user\nuser.swap()\nprint(user.check())\n",
}
CHECK = "def check():\n    from shop.base import LIMIT\n    return LIMIT\n"
MANIFEST = symbol("lib:LIMIT", "shop.base:LIMIT")
WAYS = {
    "imported by a relative text": "import importlib\nimportlib.import_module('.base', 'shop').LIMIT = 'fake'",
    "below what __import__ gives": "__import__('shop.base').base.LIMIT = 'fake'",
    "resolved": "import pkgutil\npkgutil.resolve_name('shop.base').LIMIT = 'fake'",
    "found by a class": "import inspect\nfrom shop.base import Other\ninspect.getmodule(Other).LIMIT = 'fake'",
    "by its own __setattr__": "from shop import base\nbase.__setattr__('LIMIT', 'fake')",
    "by that of object": "from shop import base\nobject.__setattr__(base, 'LIMIT', 'fake')",
    "by setitem": "from shop import base\nimport operator\noperator.setitem(vars(base), 'LIMIT', 'fake')",
    "in its dictionary": "from shop import base\nspace = vars(base)\nspace |= {'LIMIT': 'fake'}",
    "by a program": "from shop import base\nexec(\"LIMIT = 'fake'\", vars(base))",
    "in the globals of a function": "from shop.base import other\nother.__globals__['LIMIT'] = 'fake'",
    "by arguments in a tuple": "from shop import base\nsetattr(*(base, 'LIMIT', 'fake'))",
    "by setattr under another name": "from shop import base\nput = setattr\nput(base, 'LIMIT', 'fake')",
    "by named arguments": (
        "from unittest import mock\nfrom shop import base\n"
        "mock.patch.object(target=base, attribute='LIMIT', new='fake').start()"
    ),
    "by a function elsewhere": "import helper\nhelper.put(LIMIT='fake')",
    "by a method elsewhere": "import helper\nhelper.Setter().go()",
    "by a name elsewhere": "import helper\nhelper.put_one('LI' + 'MIT', 'fake')",
}
HELPERS = {
    "helper.put(": "from shop import base\ndef put(**names): vars(base).update(names)\n",
    "helper.put_one(": "from shop import base\ndef put_one(name, value): setattr(base, name, value)\n",
    "helper.Setter(": (
        "from shop import base\nclass Setter:\n    def __init__(self): self.kept = base\n"
        "    def go(self): self.kept.LIMIT = 'fake'\n"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_who_reads_a_replaced_attribute_is_left_alone(way: str, tmp_path: Path) -> None:
    """The program replaces the attribute, sees that, and its reader keeps the old path."""
    body = "".join(f"    {line}\n" for line in WAYS[way].splitlines())
    helper = next((text for call, text in HELPERS.items() if call in body), "")
    files = {**BASE, "helper.py": helper, "user.py": f"def swap():\n{body}{CHECK}"}
    assert printed(files, tmp_path) == "fake\n"
    plan = plan_of(files, MANIFEST)
    assert "user.py" not in plan.paths
    assert any(refusal.path == "user.py" and refusal.code == "patched-path" for refusal in plan.refusals)


def test_a_module_that_nobody_touches_is_no_obstacle() -> None:
    """A setting of something else by the same means does not keep anybody from the canonical path."""
    files = {**BASE, "user.py": f"def swap():\n    import json\n    json.__setattr__('LIMIT', 1)\n{CHECK}"}
    assert "user.py" in plan_of(files, MANIFEST).paths


def printed(files: dict[str, str], folder: Path) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    program = [sys.executable, "-B", "-S", "main.py"]
    return subprocess.run(program, cwd=folder, capture_output=True, check=True, encoding="utf-8").stdout
