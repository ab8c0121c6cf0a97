"""What a codemod of your own needs. The stable names; everything else of this package may change.

A codemod is a `Codemod`: a name and a function that takes a `Tree` and gives an `Outcome`, which holds a `FilePlan` for each
file that it has something to say about: `Splice`s (bytes replaced) and `Occurrence`s (what became of each place). It changes
nothing itself; its edits go through the same proofs as those of the codemods that come with ssot.
"""

from ssot.index.source import Source
from ssot.index.table import Denotation, External, Index, Missing, Module, Symbol, Unknown
from ssot.index.view import FileView
from ssot.rewrite.outcomes import Fate, FilePlan, Occurrence, Splice
from ssot.rewrite.stage import Codemod, Created, Licence, Outcome, Tree
from ssot.values import Finding, Fix, Refusal, Safety, Severity, SsotError

__all__ = [
    "Codemod",
    "Created",
    "Denotation",
    "External",
    "Fate",
    "FilePlan",
    "FileView",
    "Finding",
    "Fix",
    "Index",
    "Licence",
    "Missing",
    "Module",
    "Occurrence",
    "Outcome",
    "Refusal",
    "Safety",
    "Severity",
    "Source",
    "Splice",
    "SsotError",
    "Symbol",
    "Tree",
    "Unknown",
]
