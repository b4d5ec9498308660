"""Whatever one source does, the chain goes on, and the reason is in the provenance."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsletter.content.chain import assemble, candidates, pools
from newsletter.content.source import SeenItem, SourceOptions, Web
from newsletter.core.errors import ConfigError, InputError, SourceError, StorageError, UsageError
from newsletter.core.model import Attempted, Edition, Fact, Part, Supply
from tests.support.edition import make_settings
from tests.support.time import PATIENCE, wait_until

DAY = date(2027, 3, 9)
NOW = datetime(2027, 3, 9, 5, 30, tzinfo=UTC)
GOOD = Supply(feature=Fact(text="A snail can sleep for months."), origin="good")
Fetch = Callable[[SourceOptions], Supply]


class Panic(BaseException):
    """What a library in Rust raises."""


class MuteError(Exception):
    """Cannot even tell itself."""

    def __str__(self) -> str:
        raise ValueError


def modules(**fetches: Fetch) -> Callable[[str, str], ModuleType]:
    """Return a loader of sources, each with a function of its own for `fetch`."""

    def load(_package: str, name: str) -> ModuleType:
        module = ModuleType(name)

        class Source:
            def __init__(self, options: SourceOptions) -> None:
                self.options = options

            def fetch(self, part: Part, day: date) -> Supply:
                return fetches[name](self.options) if name in fetches else GOOD

        module.make = Source  # type: ignore[attr-defined]
        return module

    return load


def settings_with(root: Path, *names: str) -> Any:
    chain = [{"type": name} for name in (*names, "good")]
    return make_settings(root, sources={"story": [], "fact": chain, "quote": chain, "word": []})


def tried(edition: Edition, part: Part = Part.FACT) -> tuple[Attempted, ...]:
    return next(one.tried for one in edition.background.provenance if one.part is part)


def raising(error: BaseException) -> Fetch:
    def fetch(_options: SourceOptions) -> Supply:
        raise error

    return fetch


def endless(_options: SourceOptions) -> Supply:
    return endless(_options)


@pytest.mark.parametrize(
    ("fetch", "reason"),
    [
        (raising(ImportError("lxml_html_clean")), "failed with ImportError: lxml_html_clean"),
        (raising(MemoryError()), "failed with MemoryError"),
        (endless, "failed with RecursionError"),
        (raising(StopIteration()), "failed with StopIteration"),
        (raising(SystemExit(3)), "failed with SystemExit: 3"),
        (raising(KeyboardInterrupt()), "failed with KeyboardInterrupt"),
        (raising(GeneratorExit()), "failed with GeneratorExit"),
        (raising(ExceptionGroup("two", [ValueError(), KeyError()])), "failed with ExceptionGroup"),
        (raising(Panic("at the disco")), "failed with Panic: at the disco"),
        (raising(MuteError()), "failed with MuteError"),
        (raising(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")), "UnicodeDecodeError"),
        (raising(InputError("The page is empty.")), "The page is empty"),
        (raising(StorageError("The database is locked.")), "The database is locked"),
        (raising(UsageError("No such file.")), "No such file"),
        (raising(SourceError("Odd \ud800 \x07 text\nin two lines.")), "Odd � text in two lines"),
        (lambda _options: None, "gave None from `fetch`"),
    ],
)  # fmt: skip
def test_nothing_that_a_source_raises_ends_the_program(
    tmp_path: Path, fetch: Fetch, reason: str
) -> None:
    settings = settings_with(tmp_path, "bad")
    edition = assemble(DAY, settings, now=NOW, load=modules(bad=fetch))
    assert edition.fact == GOOD.feature
    [entry] = tried(edition)
    assert entry.source == "bad"
    assert reason in entry.reason
    entry.reason.encode()


def test_a_script_in_the_place_of_a_plug_in_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "package_of_mine"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "script.py").write_text("import sys\nsys.exit(0)\n")
    (folder / "tool.py").write_text("import sys\n\n\ndef make(options):\n    sys.exit(0)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ("package_of_mine.script", "package_of_mine.tool", "library")
    chain = [{"type": name} for name in names]
    settings = make_settings(
        tmp_path, sources={"story": [], "fact": chain, "quote": [], "word": []}
    )
    edition = assemble(DAY, settings, now=NOW)
    for name in [name for name in sys.modules if name.startswith("package_of_mine")]:
        del sys.modules[name]
    assert edition.fact is not None
    reasons = [one.reason for one in tried(edition)]
    assert "cannot be imported: SystemExit: 0" in reasons[0]
    assert "failed with SystemExit: 0" in reasons[1]
    assert "tool.py, line 5" in reasons[1]


def test_an_option_that_does_not_exist_is_still_told_at_once(tmp_path: Path) -> None:
    sources = {"story": [], "fact": [{"type": "library", "wihtout": []}], "quote": [], "word": []}
    with pytest.raises(ConfigError, match="wihtout"):
        assemble(DAY, make_settings(tmp_path, sources=sources), now=NOW)


@dataclass
class Slow:
    """A source that does not end before it is let go, and then goes on with what it was lent."""

    begun: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    after: list[str] = field(default_factory=list)
    asked: int = 0

    def __call__(self, options: SourceOptions) -> Supply:
        self.asked += 1
        self.begun.set()
        assert self.release.wait(PATIENCE)
        item = SeenItem(key="1", link="", title_hash="", first_seen=NOW, is_old=False)
        for ask in (
            lambda: options.fetch("https://example.org/late"),
            lambda: options.picture("https://example.org/late.png"),
            lambda: options.seen.seen("https://example.org/feed"),
            lambda: options.seen.remember("https://example.org/feed", [item]),
            lambda: options.past.used_on(Part.FACT, GOOD, day=DAY),
            lambda: options.past.last_sent(day=DAY),
        ):
            try:
                ask()
            except SourceError as error:
                self.after.append(error.what)
        return GOOD


@dataclass
class Memory:
    written: list[str] = field(default_factory=list)

    def seen(self, feed: str) -> tuple[SeenItem, ...]:
        return ()

    def remember(self, feed: str, items: Sequence[SeenItem]) -> None:
        self.written.append(feed)


@pytest.fixture
def slow() -> Iterator[Slow]:
    one = Slow()
    yield one
    one.release.set()


def test_a_source_without_an_end_is_given_up_and_the_chain_goes_on(
    tmp_path: Path, slow: Slow
) -> None:
    memory, fetched = Memory(), []
    web = Web(seen=memory, fetch=lambda url, **_: fetched.append(url))  # type: ignore[arg-type, func-returns-value]
    waited: list[float] = []
    late: list[bool] = []  # as soon as it has begun

    def wait(ended: threading.Event, seconds: float) -> bool:
        waited.append(seconds)
        if late:
            return ended.wait(PATIENCE)
        wait_until(lambda: ended.is_set() or slow.begun.is_set())
        late.extend([True] if slow.begun.is_set() else [])
        return not late

    settings = settings_with(tmp_path, "slow")
    edition = assemble(DAY, settings, now=NOW, load=modules(slow=slow), web=web, wait=wait)
    assert edition.fact == GOOD.feature
    assert tried(edition) == (Attempted("slow", "it gave no answer within 120 seconds"),)
    assert set(waited) == {120.0}
    # The same entry in another chain is not waited for once more.
    assert tried(edition, Part.QUOTE)[0].reason == "it gave no answer within 120 seconds before"
    assert slow.asked == 1
    # What was given up can neither ask nor write any more.
    slow.release.set()
    wait_until(lambda: len(slow.after) == 6)
    assert set(slow.after) == {"It is late and was given up"}
    assert memory.written == []
    assert fetched == []


def test_what_takes_turns_is_read_behind_the_same_guard(tmp_path: Path) -> None:
    def load(package: str, name: str) -> ModuleType:
        module = modules()(package, name)
        module.make.pool = lambda self, part: sys.exit(1)  # type: ignore[attr-defined]
        return module

    settings = settings_with(tmp_path)
    assert pools(Part.FACT, settings, load=load) == []
    assert list(candidates(Part.FACT, DAY, settings, now=NOW, load=load)) == [("good", GOOD)]
