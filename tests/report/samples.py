"""Small values that the report tests share."""

from __future__ import annotations

from dataclasses import replace

from ssot.values import (
    Audit,
    ChangeSet,
    Edit,
    FileChange,
    Finding,
    Fix,
    Ledger,
    PathStatus,
    PathUse,
    Plan,
    Ratio,
    Refusal,
    Safety,
    Score,
    Severity,
    SymbolReport,
)


def finding(path: str, line: int, rule: str = "SSOT101", fix: Fix = Fix.SAFE, message: str = "says why") -> Finding:
    return Finding(path, line, 1, line, 20, rule, message, "shop.user:Engine", Severity.WARNING, fix, f"{path}-{line}")


ENGINE = SymbolReport(
    "shop.user:Engine",
    "shop._impl:_Engine",
    (
        PathUse("shop.user:Engine", 6, PathStatus.CANONICAL),
        PathUse("shop:Engine", 1, PathStatus.APPROVED),
        PathUse("shop.compat:Engine", 12, PathStatus.FRAGMENTED),
        PathUse("shop.gone:Engine", 1, PathStatus.BROKEN),
    ),
    declared=True,
)
MONEY = SymbolReport(
    "shop.money:Money",
    "shop.money:Money",
    (PathUse("shop.money:Money", 3, PathStatus.CANONICAL), PathUse("shop:Money", 1, PathStatus.FRAGMENTED)),
    declared=False,
    why="public name, nearest the definition",
)

AUDIT = Audit(
    tree=None,
    score=Score(Ratio(10, 24), Ratio(7, 9)),
    areas={"tests": Score(Ratio(1, 4), Ratio(2, 3)), "production": Score(Ratio(9, 20), Ratio(5, 6))},
    findings=(
        *(finding(f"shop/{name}.py", 3) for name in "dcba"),
        finding("tests/test_a.py", 7, "SSOT105", Fix.UNSAFE, "a string names shop.compat.Engine"),
        finding("shop/broken.py", 1, "SSOT001", Fix.NONE, "unexpected indent"),
    ),
    symbols=(replace(MONEY, declared=True), ENGINE),
    files=9,
    unreadable=1,
    imports=1234,
)
PROPOSED = replace(
    AUDIT,
    symbols=(
        MONEY,
        SymbolReport(
            "shop.user:Engine",
            "shop.user:Engine",
            (
                PathUse("shop.user:Engine", 3, PathStatus.CANONICAL),
                PathUse("shop:Engine", 1435, PathStatus.FRAGMENTED),
            ),
            declared=False,
            why="public, where it is defined",
        ),
    ),
)
CLEAN = Audit(None, Score(Ratio(0, 0), Ratio(3, 3)), {}, (), (), files=3, unreadable=0, imports=1)

CHANGE_SET = ChangeSet(
    id="canonical-imports/shop.user:Engine",
    codemod="canonical-imports",
    title="Import shop.user:Engine by its canonical path",
    reason="1 import used shop.compat:Engine, which the manifest calls legacy",
    safety=Safety.SAFE,
    files=(FileChange("shop/a.py", (Edit(5, 16, 1, "shop.compat", "shop.user"),)),),
    rules=("SSOT101",),
)
PATCH = b"""\
diff --git a/shop/a.py b/shop/a.py
--- a/shop/a.py
+++ b/shop/a.py
@@ -1,2 +1,2 @@
-from shop.compat import Engine
+from shop.user import Engine
 --- not a header
\\ No newline at end of file
"""
REFUSALS = (
    *(Refusal(f"shop/{name}.py", 4, "name-taken", "shop.user:Engine", "Engine is a parameter") for name in "dcba"),
    Refusal("tests/test_a.py", 7, "needs-unsafe", "shop.user:Engine", "a string"),
)
PLAN = Plan(
    id="abcdef0123456789",
    base="b" * 40,
    tree="c" * 40,
    change_sets=(CHANGE_SET,),
    refusals=REFUSALS,
    ledger=Ledger(9, 1, 0, 5, 3, (("comment", 2), ("exclude", 1))),
)
EMPTY_PLAN = Plan("0" * 16, "b" * 40, "c" * 40, (), (), Ledger())
