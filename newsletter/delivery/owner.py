"""Name this process so that others can tell a sender at work from one that died.

A leader's lease frees itself in time anywhere. On the same machine there is no need to wait for
it: a process that is gone is gone. An owner is `host/namespace/pid/start`, where the start time
keeps a reused pid from looking alive.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Name this process; two calls give two names, so two senders in one process differ."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_started(pid)}/{secrets.token_hex(3)}"


def is_gone(owner: str) -> bool:
    """Say whether an owner certainly ended: on this machine, and its process is no more.

    False where that cannot be known (another machine, no /proc): then only the lease decides.
    """
    machine, pid, started, _ = owner.rsplit("/", 3)
    if machine != _machine() or not (_PROC / "self" / "stat").exists():
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    try:
        namespace = str((_PROC / "self" / "ns" / "pid").stat().st_ino)
    except OSError:
        namespace = "-"
    return f"{socket.gethostname()}/{namespace}"


def _started(pid: int) -> str:
    """Return the kernel's start time of a process (proc(5), field 22); "-" if there is none.

    A zombie has ended: its parent only has not looked yet.
    """
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "-"
    return "-" if fields[0] == "Z" else fields[19]
