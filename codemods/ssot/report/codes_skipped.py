"""Why a file is not read at all."""

from __future__ import annotations

from ssot.report.codes import Code


def _skipped(code: str, meaning: str, why: str, example: str, todo: str) -> Code:
    return Code(code, code, "skipped", meaning, why, example, todo)


SKIPPED = (
    _skipped(
        "encoding",
        "The file's bytes are not text in the encoding it declares.",
        "A file that can't be decoded and encoded back without loss can't be edited without harm.",
        "Latin-1 bytes without a coding line, UTF-16, a NUL byte",
        "Save it as UTF-8, or declare its encoding in the first line.",
    ),
    _skipped(
        "too-large",
        "The file has more bytes, or more words and signs, than the limit.",
        "Files of that size are data or generated, and one of them must not hold up the run or fill the memory.",
        "a table of 10 MB",
        "Exclude it under [project] exclude, or split it.",
    ),
    _skipped(
        "symlink",
        "The entry is a symbolic link.",
        "Its target is read under its own path; a link may also lead out of the repository.",
        "pkg/current.py -> v2.py",
        "Nothing: the target is checked where it is.",
    ),
    _skipped(
        "submodule",
        "The entry is another repository.",
        "Its files are not part of this repository's commits.",
        "vendor/lib at commit 1a2b3c4",
        "Run ssot inside it.",
    ),
    _skipped(
        "odd-name",
        "The file's name is not UTF-8, or holds a line break.",
        "Such a name can't be written in reports and patches without ambiguity.",
        "a file name with a newline in it",
        "Rename the file.",
    ),
    _skipped(
        "unreadable",
        "The operating system would not give the file's content.",
        "Without its content nothing is known of it.",
        "permission denied",
        "Correct its permissions.",
    ),
    _skipped(
        "too-deep",
        "The code is nested deeper than the limit, or than Python's parser goes.",
        "Code that is thousands of levels deep is generated; what handles it would have to be as deep. Import statements are still read.",
        "a sum of 100,000 terms, an elif chain of 5,000 branches",
        "Exclude it under [project] exclude.",
    ),
    _skipped(
        "lfs-pointer",
        "The file's content is kept by Git LFS.",
        "The repository holds only a pointer to it, and editing that would break the file.",
        "a large table tracked by LFS",
        "Take it out of LFS if it is source code.",
    ),
    _skipped(
        "timeout",
        "Analysing the file takes too long.",
        "It is given up, so that the other files' results are kept; nothing of it is known. A faster machine might do it.",
        "a generated file that Python's parser takes minutes for",
        "Exclude it under [project] exclude, and please report the case.",
    ),
    _skipped(
        "crash",
        "Analysing the file takes the process down, or fails in a way that is a defect of ssot.",
        "It costs this one file; the other files' results are kept, and nothing of this one is known.",
        "an expression nested so deeply that the parser overflows, or a file that needs more memory than there is",
        "Exclude it under [project] exclude, and please report the case.",
    ),
)
