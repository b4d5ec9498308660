"""A real PgBouncer in transaction mode, before the tests' own PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from tests.support.time import PATIENCE, wait_until

PGBOUNCER = "NEWSLETTER_TEST_PGBOUNCER"  # set by tests/run.py
# Read while the tests are collected; later no test sees the machine's environment.
_NAMED = os.environ.get(PGBOUNCER)
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
_SETTINGS = """\
[databases]
* = host={socket} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 200
{user}
"""


def on_this_machine() -> str | None:
    """Find the program."""
    if _NAMED and Path(_NAMED).is_file():
        return _NAMED
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path=os.pathsep.join(_PLACES))


@contextmanager
def pgbouncer(server_url: str, *, pool: int = 3) -> Iterator[str]:
    """Run a pooler with so many connections to the server; give the address that leads through it.

    It runs as whoever runs the server, since it refuses to be root. Fails, and says what is
    missing, where there is no PgBouncer.
    """
    program = on_this_machine()
    assert program, (
        "These tests need PgBouncer. Install it (Debian: apt-get install pgbouncer), or name "
        f"yours with {PGBOUNCER}=/path/to/pgbouncer."
    )
    url = sa.make_url(server_url)
    data, port = str(url.query["host"]), _free_port()
    owner = pwd.getpwuid(Path(data).stat().st_uid).pw_name
    folder = Path(tempfile.mkdtemp(prefix="newsletter-pgbouncer-"))
    folder.chmod(0o755)
    settings = folder / "pgbouncer.ini"
    user = f"user = {owner}" if os.geteuid() == 0 else ""
    settings.write_text(_SETTINGS.format(socket=data, port=port, pool=pool, user=user))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(settings)], stdout=log, stderr=log)
    try:
        wait_until(lambda: _listens(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/{url.database}"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
        return True
    return False
