"""The worker as a fork of this process: a process of its own still, without the second that its imports take."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from typing import IO

from ssot.bridge.process import _environment
from ssot.bridge.worker import main

_PRELOADED = ("libcst.codemod", "libcst.metadata", "bowler", "fissix.fixer_base", "ssot.bridge.libcst_engine")


class Forked(subprocess.Popen[bytes]):
    """What `Popen` gives, of a child that came about otherwise."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.__dict__.update(pid=pid, stdin=stdin, stdout=stdout, stderr=None, args=["worker"], returncode=None)
        self.__dict__.update(_child_created=True, _waitpid_lock=_lock(), _sigint_wait_secs=0.0)


def _lock() -> object:
    return importlib.import_module("threading").Lock()


def started(root: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Stands in for `ssot.bridge.process._started`."""
    for name in _PRELOADED:
        importlib.import_module(name)
    told, tell = os.pipe()
    answer, answered = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of 3.12, about threads; none of them holds a lock of ours
        child = os.fork()
    if not child:
        _become_worker(root, told, answered, errors.fileno())
    os.close(told)
    os.close(answered)
    return Forked(child, os.fdopen(tell, "wb"), os.fdopen(answer, "rb"))


def _become_worker(root: Path, told: int, answered: int, errors: int) -> None:
    code = 1
    try:
        for number, descriptor in enumerate((told, answered, errors)):
            os.dup2(descriptor, number)
        os.closerange(3, 1024)  # an end of a pipe that stays open here would keep another worker from its end
        os.setsid()
        os.chdir(root)
        os.environ.clear()
        os.environ.update(_environment())
        sys.path[:] = [path for path in sys.path if path and not path.endswith("/tests")]
        warnings.resetwarnings()
        sys.stdin, sys.stdout, sys.stderr = (open(n, mode, closefd=False) for n, mode in enumerate("rww"))  # noqa: SIM115
        main()
        code = 0
    except BaseException:  # noqa: BLE001  as the interpreter does
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
