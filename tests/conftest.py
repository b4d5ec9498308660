"""Shared ground: one database server, and no test sees the environment of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from shutil import which
from typing import Any

import pytest

from tests.support.examples import register_profiles

register_profiles()


# What these files make once for all their tests takes longer than any other test.
WHOLE = {
    "tests/architecture/test_contributing.py",
    "tests/browser/test_pictures_of_the_docs.py",
    "tests/integration/cli/test_documented_commands.py",
    "tests/integration/content/test_400_days.py",
    "tests/integration/operations/test_each_alarm.py",
    "tests/integration/packaging/test_documentation_site.py",
    "tests/integration/packaging/test_installed_wheel.py",
}
# Where a file's tests take milliseconds, and it takes seconds as a whole.
QUICK = ("tests/unit/", "tests/contract/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each test to whoever is free, but the tests of some files to one process.

    So are those of a file whose tests take milliseconds: to hand out each by itself costs more than
    to run it. The largest files come first, and single tests fill the end. The mark `xdist_group`
    does that no more: it writes into a name that pytest 9.2 does not read.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in WHOLE or file.startswith(QUICK) else nodeid

    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def _heard() -> Iterator[None]:
    """Hear everything the program says in any test."""
    from tests.support.outputs import listening

    with listening():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Fail a test in which a secret was said, or an address in a log."""
    from tests.support.outputs import OUTPUTS

    report = yield
    for _when, kind, text in item._report_sections:
        if kind in {"stdout", "stderr"}:
            OUTPUTS.told(kind, text)
    if OUTPUTS.leaks and report.when == "teardown":
        report.outcome, report.longrepr = "failed", "\n".join(dict.fromkeys(OUTPUTS.leaks))
        OUTPUTS.leaks.clear()
    return report


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


@pytest.fixture(scope="session", autouse=True)
def _in_haste() -> Iterator[None]:
    """Make no table twice, compile no statement twice, and wait for no disk."""
    from tests.support.haste import make_haste

    with pytest.MonkeyPatch.context() as patch:
        make_haste(patch)
        yield


@pytest.fixture(autouse=True)
def _inlined_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inline the mails of sends in this process: one of their own is a second for each send.

    The same mail is inlined once, whoever asks: that is a third of what a render costs. What is
    said of that process is tested where this fixture is put out of work.
    """
    monkeypatch.setattr("newsletter.message.render.inline_process.inline", _inlined)


@lru_cache(maxsize=64)
def _inlined(html: str, base_css: str) -> str:
    from newsletter.message.render.inline import inline

    return inline(html, base_css)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Run one PostgreSQL server for the whole session; started only when a test needs it."""
    from tests.support.database import postgresql_server

    with postgresql_server() as url:
        yield url
