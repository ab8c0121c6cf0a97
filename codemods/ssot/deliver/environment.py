"""The environment that git runs in: nothing inherited that can steer it, nothing that makes it run a program.

Pure functions; `ssot.deliver.git` alone reads the real environment and starts processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Who commits is the caller's to say (a bot sets these); every other GIT_* variable is dropped.
IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")

SETTINGS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("safe.bareRepository", "explicit"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.allow", "never"),
    ("core.filesRefLockTimeout", "1000"),  # the repository's own could be "wait for ever"
    ("core.packedRefsTimeout", "1000"),
    ("core.splitIndex", "false"),  # a temporary split index would leave its shared half in the repository
    ("submodule.recurse", "false"),
    ("user.useConfigOnly", "true"),  # git must not invent an identity from the host's name
    ("i18n.commitEncoding", "UTF-8"),
    ("log.showSignature", "false"),
)

FIXED = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",  # git 2.45; before that only these two keep a promised object from being fetched
    "GIT_ALLOW_PROTOCOL": "none",  # unlike protocol.allow, wins over protocol.<name>.allow of the repository
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",  # commits are made from the real objects, not from this clone's refs/replace
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}

Settings = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One line of git's configuration; `scope` as git names it: system, global, local, worktree, command."""

    scope: str
    key: str
    value: str


def child_environment(inherited: Mapping[str, str], settings: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """`inherited` without anything that steers git, plus our own settings, which win over every configuration file."""
    environment = {
        name: value for name, value in inherited.items() if not name.upper().startswith("GIT_") or name in IDENTITY
    }
    environment["PATH"] = os.pathsep.join(absolute_entries(inherited.get("PATH", os.defpath)))
    environment.update(FIXED)
    return environment | config_variables((*SETTINGS, *settings))


def config_variables(settings: Settings) -> dict[str, str]:
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def absolute_entries(search_path: str) -> list[str]:
    """Relative entries would look for programs in the repository itself."""
    return [entry for entry in search_path.split(os.pathsep) if entry and Path(entry).is_absolute()]


def parse_config(listing: bytes) -> tuple[ConfigEntry, ...]:
    """The output of `git config --list -z --show-scope`."""
    fields = listing.decode("utf-8", "surrogateescape").split("\0")
    entries = []
    for scope, setting in zip(fields[0::2], fields[1::2], strict=False):
        key, given, value = setting.partition("\n")
        # a key without a value is git's short form of true
        entries.append(ConfigEntry(scope, key, value if given else "true"))
    return tuple(entries)


def disarm(config: Iterable[ConfigEntry]) -> tuple[tuple[str, str], ...]:
    """Settings that keep git from running the programs named in a repository's configuration."""
    config = tuple(config)
    settings: list[tuple[str, str]] = []
    for driver in _subsections(config, "filter"):
        # `git status` gives a file with a doubtful time stamp to its clean filter
        settings += [(f"filter.{driver}.{key}", "") for key in ("clean", "smudge", "process")]
        settings.append((f"filter.{driver}.required", "false"))
    settings += [(f"hook.{name}.enabled", "false") for name in _subsections(config, "hook")]
    return (*settings, *_trusted_signers(config))


def _subsections(config: Iterable[ConfigEntry], section: str) -> list[str]:
    """Names X of `section.X.key`, in order; X may itself hold dots."""
    names: dict[str, None] = {}
    for entry in config:
        parts = entry.key.split(".")
        if parts[0] == section and len(parts) > 2:
            names[".".join(parts[1:-1])] = None
    return list(names)


# The programs that sign, by the keys that name them; the last key read wins in git.
_SIGNERS = (
    (("gpg.program", "gpg.openpgp.program"), "gpg"),
    (("gpg.x509.program",), "gpgsm"),
    (("gpg.ssh.program",), "ssh-keygen"),
    (("gpg.ssh.defaultkeycommand",), ""),
)


def _trusted_signers(config: Iterable[ConfigEntry]) -> list[tuple[str, str]]:
    """Whether to sign is the repository's to say; the program that signs only the person's or the machine's."""
    overrides = []
    for keys, default in _SIGNERS:
        named = [entry for entry in config if entry.key in keys]
        if any(entry.scope not in ("system", "global") for entry in named):
            trusted = [entry.value for entry in named if entry.scope in ("system", "global")]
            overrides.append((keys[-1], trusted[-1] if trusted else default))
    return overrides
