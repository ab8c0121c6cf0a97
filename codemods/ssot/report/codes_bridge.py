"""Why a file is left alone by somebody else's codemod: a LibCST command or a Bowler script."""

from __future__ import annotations

from ssot.report.codes import Code


def _code(code: str, meaning: str, why: str, example: str, todo: str) -> Code:
    return Code(code, code, "refusal", meaning, why, example, todo)


_ASK = "Ask the codemod's author, or change the file by hand."

BRIDGE = (
    _code(
        "needs-allow-exec",
        "The manifest names a codemod to run, and nobody allowed it.",
        "A manifest may come from somebody else's pull request; what it names is run only when the command line says so.",
        '[[codemod]]\nid = "drop-print"\nlibcst = "acme_codemods.prints:DropPrint"',
        "Read the codemod, then run ssot with --allow-exec.",
    ),
    _code(
        "codemod-error",
        "The codemod raised an exception, or ended the program, at this file.",
        "What it had done to the file by then can't be trusted; the other files are not concerned.",
        "KeyError: 'name'",
        _ASK,
    ),
    _code(
        "codemod-crash",
        "The codemod's process died at this file.",
        "Each codemod runs in a process of its own; the next files are done by a fresh one.",
        "took the process down: signal 11",
        _ASK,
    ),
    _code(
        "codemod-timeout",
        "The codemod took too long for this file.",
        "A codemod that hangs would hang the whole run.",
        "took over 120 seconds",
        "Allow it more with --timeout, or change the file by hand.",
    ),
    _code(
        "codemod-skip",
        "The codemod says that it skips this file.",
        "A LibCST command does so by raising SkipFile.",
        "raise SkipFile('already migrated')",
        "Nothing, where the codemod's reason is fine.",
    ),
    _code(
        "codemod-warning",
        "The codemod has something to say about this file.",
        "LibCST commands leave warnings for what they could not do.",
        "self.warn('this call needs a look')",
        "Read it, and look at the file.",
    ),
    _code(
        "codemod-generated",
        "The file is marked as generated, which LibCST leaves alone.",
        "LibCST's own runner does the same.",
        "a comment with LibCST's marker for generated code",
        "Change what generates it.",
    ),
    _code(
        "codemod-unread",
        "The file can't be parsed, so the codemod was not run on it.",
        "Nothing that is done to such a file could be checked.",
        "print 'Python 2'",
        "Repair the file, then run the codemod again.",
    ),
    _code(
        "codemod-wrote",
        "The codemod made, changed or removed this file by itself.",
        "It works on a copy, of which only the changed text of the Python files it was given is taken over.",
        "open('report.txt', 'w')",
        "Where the file matters, run the codemod without ssot, or write the file by hand.",
    ),
    _code(
        "libcst-parse",
        "LibCST's parser can't read the file.",
        "LibCST has a grammar of its own, which is at times behind Python's.",
        "line 12: parser error: error at 12:5",
        "Change the file by hand.",
    ),
    _code(
        "bowler-parse",
        "Bowler's grammar can't read the file.",
        "It is that of Python 3.8 and older; what came later stops it, and Bowler itself says nothing of it on standard output.",
        "match command:\n    case 'go': …",
        "Write the change as a LibCST codemod, or change the file by hand.",
    ),
    _code(
        "round-trip",
        "The codemod's tool changes the file even where the codemod does nothing, and the two can't be told apart.",
        "A diff holds only what the codemod did; some files LibCST and Bowler can't write as they were.",
        "a form feed before a definition that is changed too; line ends that are lone carriage returns",
        "Change the file by hand, or write its line ends anew first.",
    ),
)
