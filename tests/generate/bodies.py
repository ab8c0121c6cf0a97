"""Random bodies: blocks, inner scopes and bindings around uses of imported names.

In a template `{E}` stands for an expression that denotes something imported, `{S}` for a name of the same kind,
`{B}` for an indented body, `{n}` for a number that is used once. Every exception is caught and named where it happens,
so that a body goes on.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from generate.imports import Reference
from generate.model import ALIASES, NAMES, PEP_695, Author

USES = (
    "_fx.say({E})",
    "_fx.say({E}, {E})",
    "with _fx.safely(): _fx.say({E})",
    "with _fx.safely():\n    _fx.say({S})",
    "_fx.say([{E} for _ in 'ab'])",
    "_fx.say([{S} for {S} in [{E}]], {E})",
    "_fx.say([({S}, _x) for _x in [{E}] for {S} in [_x]])",
    "_fx.say([_x for _x in [{E}] if {E} is _x], *{{_x: {E} for _x in 'a'}})",
    "_fx.say([(lambda: {E})() for {S} in 'a'])",
    "with _fx.safely(): _fx.say(*({S} for _ in 'a' for {S} in [{E}]))",
    "_fx.say((lambda _x={E}: _x)())",
    "_fx.say((lambda {S}: {S})({E}))",
    "_fx.say((lambda {S}='given', *, _k={E}: ({S}, _k))())",
    "_fx.say(*map(lambda {S}: {E}, 'a'))",
    "_fx.say(_fx.space({S}={E}).{S})",
    "_fx.say({{'{S}': {E}}}['{S}'], '{S}')",
    "_fx.say(f'{{_fx.tag({E})}} {{_fx.tag({E})!r:>{{len(\"{S}\")}}}}')",
    "_fx.say(f'{{_fx.tag({E})=}}')",
    "_fx.say(f\"{{f'{{_fx.tag({E})}}'}} {{{{{S}}}}}\")",
    "_fx.say({E} is {E}, {E} == {E})",
    "_fx.say(\n    # before\n    {E},  # behind\n    *[{E}],\n)",
    "_fx.say(({S} := {E}), {S})",
    "_fx.say({E} if {E} is not None else {E})",
    "with _fx.safely(): _fx.say({E}.__name__)",
    "with _fx.safely(): _fx.say({E}().own)",
    "with _fx.safely():\n    raise {E}",
    "_fx.say({E}); _fx.say({E})  # twice",
    "_fx.say \\\n    ({E})",
    "assert {E} is not None, {E}",
    "with _fx.safely(): _fx.say(eval('{S}'))",
    "with _fx.safely(): _fx.say('{S}' in globals(), '{S}' in locals())",
    "with _fx.safely():\n    match {E}:\n        case type() as {S}: _fx.say({S})\n        case [*{S}]: _fx.say({S})\n        case {S}: _fx.say({S})",
    "with _fx.safely():\n    match {E}():\n        case {E}(own={S}): _fx.say({S})\n        case _: _fx.say({E})",
    "with _fx.safely():\n    try:\n        raise {E}('x')\n    except ({E}, KeyError) as {S}:\n        _fx.say({S})",
)
BINDINGS = (
    "{S} = 'bound'",
    "{S}: str = 'noted'",
    "{S}: object",
    "with _fx.safely(): {S} += '!'",
    "{S}, *_rest = 'ab'",
    "({S}) = {E}",
    "for {S} in 'ab': pass",
    "with _fx.context('given') as {S}: pass",
    "with _fx.safely(): del {S}",
    "try:\n    raise ValueError\nexcept ValueError as {S}:\n    pass",
    "def {S}(): return 'inner'",
    "class {S}: own = 'inner'",
    "import os as {S}",
    "if ({S} := 'walrus'): pass",
    "match ['captured']:\n    case [{S}]: pass",
    "match {{'key': 'rest'}}:\n    case {{**{S}}}: pass",
    "[({S} := _x) for _x in 'a']",
)
BLOCKS = (
    "if _fx.YES:\n{B}",
    "if not _fx.YES:\n{B}\nelse:\n{B}",
    "if _fx.YES:\n{B}\nelif {E}:\n{B}",
    "for _i_{n} in range(2):\n{B}",
    "for _i_{n} in [{E}]:\n{B}\nelse:\n{B}",
    "while True:\n{B}\n    break",
    "try:\n{B}\nfinally:\n{B}",
    "try:\n{B}\nexcept NameError:\n{B}\nelse:\n{B}",
    "with _fx.context():\n{B}",
    "with _fx.safely():\n{B}",
    "with _fx.context({E}) as _c_{n}, _fx.safely():\n{B}",
    "match {E}:\n    case _:\n{BB}",
)
SCOPES = (
    "def _f_{n}():\n{B}\n_f_{n}()",
    "def _f_{n}({S}='parameter', *, _k={E}):\n    _fx.say({S}, _k)\n{B}\nwith _fx.safely(): _f_{n}()",
    "def _f_{n}(*{S}, **_k):\n{B}\nwith _fx.safely(): _f_{n}({E})",
    "def _f_{n}():\n    global {S}\n{B}\nwith _fx.safely(): _f_{n}()",
    "def _f_{n}():\n    {S} = 'outer'\n    def _g_{n}():\n        nonlocal {S}\n{BB}\n    with _fx.safely(): _g_{n}()\n    _fx.say({S})\nwith _fx.safely(): _f_{n}()",
    "def _f_{n}():\n{B}\n    yield {E}\nwith _fx.safely(): _fx.say(*_f_{n}())",
    "async def _f_{n}():\n{B}\nwith _fx.safely(): _fx.finish(_f_{n}())",
    "@_fx.mark({E})\ndef _f_{n}(_x: {E} = None, _y: '{E}' = None) -> '{E}':\n{B}\nwith _fx.safely(): _fx.say(_f_{n}.mark); _f_{n}()",
    "class _C_{n}:\n{B}\n    def get(self, _x={E}):\n        _fx.say(_x, {E})\n{BB}\nwith _fx.safely(): _C_{n}().get()",
    "class _C_{n}:\n    {S} = 'own'\n    def get(self): return {E}, self.{S}\n    with _fx.safely(): _fx.say([{S} for _ in 'a'], [_x for _x in [{S}]])\n{B}\nwith _fx.safely(): _fx.say(_C_{n}().get())",
    "class _C_{n}:\n    def {S}(self): return {E}\n    with _fx.safely(): made = {S}\nwith _fx.safely(): _fx.say(_C_{n}().{S}())",
    "with _fx.safely():\n    class _C_{n}({E}):\n        def meet(self): return super().meet(), __class__\n        {S} = {E}\n    _fx.say(_C_{n}.__mro__, _C_{n}.{S})",
)
MODERN = (
    "def _f_{n}[T: {E}](_x: T) -> T:\n{B}\nwith _fx.safely(): _f_{n}(1); _fx.say(_f_{n}.__type_params__[0].__bound__)",
    "def _f_{n}[{S}](_x: {S}):\n{B}\nwith _fx.safely(): _f_{n}(1)",
    "type _T_{n} = {E}\nwith _fx.safely(): _fx.say(_T_{n}.__value__)",
    "class _C_{n}[T: {E}]:\n    held: T\n{B}\nwith _fx.safely(): _fx.say(_C_{n}.__type_params__[0].__bound__)",
    '_fx.say(f"{{_fx.tag({{"{S}": {E}}}["{S}"])}} {{f"{{_fx.tag({E})}}"}}")',
)


@dataclass
class Body:
    """Writes the statements of one function or module; `refer` gives one more import, if there is anything to import."""

    author: Author
    prefix: str
    refer: Callable[[], Reference | None]
    known: list[str] = field(default_factory=list)  # expressions that denote something imported
    names: list[str] = field(default_factory=list)
    number: int = 0

    def block(self, depth: int, most: int = 4) -> list[str]:
        """At least one statement, in lines."""
        known = list(self.known)
        lines = [line for _ in range(self.author.count(1, most)) for line in self.statement(depth).split("\n")]
        self.known = known  # what is imported in a block may not be bound behind it
        return lines

    def statement(self, depth: int) -> str:
        kind = self.author.count(1, 100)
        if kind <= 22 or not self.known:
            reference = self.refer()
            if reference is not None:
                self.known.append(reference.expression)
                return "\n".join(reference.lines)
        if kind <= 60:
            return self.fill(self.author.pick(USES), depth)
        if kind <= 74:
            return self.fill(self.author.pick(BINDINGS), depth)
        if depth <= 0:
            return self.fill(self.author.pick(USES), depth)
        template = self.author.pick(BLOCKS if kind <= 86 else (*SCOPES, *MODERN))
        return self.fill(SCOPES[0] if template in MODERN and not PEP_695 else template, depth)

    def fill(self, template: str, depth: int) -> str:
        self.number += 1
        expression, number = self.expression(), f"{self.prefix}_{self.number}"
        shadow, lines = self.shadow(expression), []
        for line in template.split("\n"):
            if line in ("{B}", "{BB}"):
                width = " " * (8 if line == "{BB}" else 4)
                lines += [textwrap.indent(text, width) for text in self.block(depth - 1, 3)]
            else:
                lines.append(line.format(E=expression, S=shadow, n=number))
        return "\n".join(lines)

    def expression(self) -> str:
        return self.author.pick(self.known) if self.known else "_fx"

    def shadow(self, expression: str) -> str:
        """Now and then the very name that the expression starts with."""
        if self.author.chance(30) and expression != "_fx":
            return expression.split(".")[0]
        return self.author.pick((*NAMES, *ALIASES, *self.names))
