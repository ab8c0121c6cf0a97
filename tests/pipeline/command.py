"""The repository that the command-line tests work on, and what a run gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FILES = {
    "shop/__init__.py": b"",
    "shop/core.py": b"class Engine:\n    pass\n\n\nclass Motor:\n    pass\n",
    "shop/old.py": b"from shop.core import Engine, Motor\n",
    "shop/one.py": b"from shop.old import Engine  # why\r\n\r\nprint(Engine)\r\n",
    "shop/two.py": b"# coding: latin-1\nname = 'caf\xe9'\n\n\ndef f():\n    from shop.old import Motor\n    return Motor, '\xe9'",
    "shop/three.py": b"try:\n    from shop.gone import Engine\nexcept ImportError:\n    Engine = None\n",
    "shop/broken.py": b"def f(:\n    from shop.old import Engine\n",
    "tests/test_one.py": b"from unittest import mock\n\n\ndef test():\n    with mock.patch('shop.old.Engine'):\n        pass\n",
    "docs/use.md": b"`from shop.old import Engine`\n",
}
MANIFEST = b"""\
[[symbol]]
canonical = "shop.core:Engine"
legacy = ["shop.old:Engine", "shop.gone:Engine"]

[[symbol]]
canonical = "shop.core:Motor"
legacy = ["shop.old:Motor"]
"""


@dataclass
class Result:
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]
