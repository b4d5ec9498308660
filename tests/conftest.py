"""Shared ground: one database server, and no test sees the environment of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from shutil import which

import pytest
from hypothesis import settings

# Machines are shared and noisy, so no example has a deadline; in CI the examples are the same
# each time, elsewhere they differ from run to run.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("NEWSLETTER_", "SENDGRID_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_programs_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let checks find only the spam filter and speller that a test puts on the path itself."""
    machines = set(os.environ.get("PATH", "").split(os.pathsep))

    def own(name: str) -> str | None:
        found = which(name)
        return found if found and os.path.dirname(found) not in machines else None  # noqa: PTH120

    monkeypatch.setattr("newsletter.message.probes.programs.which", own)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Run one PostgreSQL server for the whole session; started only when a test needs it."""
    from tests.support.database import postgresql_server

    with postgresql_server() as url:
        yield url
