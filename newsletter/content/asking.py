"""Ask a source behind one last guard: what it raises, and how long it takes, ends no program.

It works in a thread of its own. When it is late it is given up: its thread cannot be stopped, but
what it was lent answers no more, so that it neither asks the web nor writes down what it saw. What
is ours and never waits for anything (`AT_ONCE` in its module) needs none.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar

from newsletter.content.source import Fetched, Past, Picture, SeenItem, SourceOptions
from newsletter.core import plugin_errors
from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import NewsletterError, PluginError, SourceError
from newsletter.core.model import Part, Supply
from newsletter.core.plugins import Plugin
from newsletter.core.sentences import said

T = TypeVar("T")
Wait = Callable[[threading.Event, float], bool]  # for the end of the work; False: it is late
FETCHES = 6  # as long as so many slow addresses, one after the other: a feed and its pictures


class Loan:
    """What a source was given of the publication and the web, until it is taken back."""

    def __init__(self, given: SourceOptions) -> None:
        self._given = given
        self._over = False
        self._writing = threading.Lock()

    @property
    def lent(self) -> SourceOptions:
        """Return the options whose ways to the outside end with the loan."""
        return replace(
            self._given, fetch=self.fetch, seen=self, picture=self.picture, past=_LentPast(self)
        )

    def end(self) -> None:
        """Take it back; what is just being written down is waited for."""
        with self._writing:
            self._over = True

    def check(self) -> None:
        """Raise `SourceError` for a source that was given up."""
        if self._over:
            raise SourceError(said("It is late and was given up"))

    def fetch(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask an address."""
        self.check()
        return self._given.fetch(url, accept=accept, most_bytes=most_bytes, headers=headers)

    def picture(self, url: str) -> Picture:
        """Take a picture."""
        self.check()
        return self._given.picture(url)

    def seen(self, feed: str) -> tuple[SeenItem, ...]:
        """Return the items of a feed that were seen before."""
        self.check()
        return self._given.seen.seen(feed)

    def remember(self, feed: str, items: Sequence[SeenItem]) -> None:
        """Write down items of a feed."""
        with self._writing:
            self.check()
            self._given.seen.remember(feed, items)

    def past(self) -> Past:
        """Return what readers were given before."""
        self.check()
        return self._given.past


@dataclass(frozen=True, slots=True)
class _LentPast:
    """The `Past` of a loan."""

    loan: Loan

    def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
        """Say when a supply was last used."""
        return self.loan.past().used_on(part, supply, day=day)

    def last_sent(self, *, day: date) -> datetime | None:
        """Say when the latest edition was frozen."""
        return self.loan.past().last_sent(day=day)


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    """What became of a piece of work."""

    value: T | None = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How long a source may take, and which were late already."""

    seconds: float
    wait: Wait = threading.Event.wait
    late: set[str] = field(default_factory=set)

    def run(self, work: Callable[[], T], *, of: Asked) -> T:
        """Return what a source's work gives.

        Raises `NewsletterError`s as they are, whatever else the work raises as the source's own
        fault, a `PluginError`, and `SourceError` where it is late. A source that was late is not
        asked again, in no other chain either.
        """
        if of.key in self.late:
            raise SourceError(
                said(
                    "it gave no answer within %(seconds)s seconds before",
                    seconds=f"{self.seconds:g}",
                )
            )
        if of.answers_at_once:
            return _at_once(work, of)
        done: list[_Outcome[T]] = []
        ended = threading.Event()
        name = f"source {of.plugin.name}"
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(_kept, work, done, ended), name=name, daemon=True
        ).start()
        if not self.wait(ended, self.seconds):
            self.late.add(of.key)
            of.loan.end()
            raise SourceError(
                said("it gave no answer within %(seconds)s seconds", seconds=f"{self.seconds:g}")
            )
        return _told(done[0], of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked: a plug-in, known by its entry in config.toml, with what it was lent."""

    key: str
    plugin: Plugin
    loan: Loan
    secrets: Secrets = field(default_factory=Secrets)

    @property
    def answers_at_once(self) -> bool:
        """Say whether it is one of ours, and waits for nobody."""
        module = self.plugin.module
        return is_ours(module.__name__) and getattr(module, "AT_ONCE", False)


def is_ours(module: str) -> bool:
    """Say whether a module is part of this program."""
    return module.startswith("newsletter.")


def in_words(error: NewsletterError) -> str:
    """Return the reason of a failure for the provenance: one line, without a full stop.

    It can be printed and written everywhere, whatever stood in the text that it is about.
    """
    printable = "".join(
        "�" if "\ud800" <= mark <= "\udfff" else mark if mark.isprintable() else " "
        for mark in error.what
    )
    return " ".join(printable.split()).removesuffix(".")


def _kept(work: Callable[[], T], done: list[_Outcome[T]], ended: threading.Event) -> None:
    try:
        done.append(_Outcome(value=work()))
    except BaseException as error:  # noqa: BLE001 - also `sys.exit`, and panics of Rust
        done.append(_Outcome(error=error))
    finally:
        ended.set()


def _at_once(work: Callable[[], T], of: Asked) -> T:
    try:
        return work()
    except NewsletterError:
        raise
    except Exception as error:
        raise _failed(error, of) from error


def _told(outcome: _Outcome[T], of: Asked) -> T:
    error = outcome.error
    if isinstance(error, NewsletterError):
        raise error
    if error is not None:
        raise _failed(error, of) from error
    return outcome.value  # type: ignore[return-value]  # what the work gave, None included


def _failed(error: BaseException, of: Asked) -> PluginError:
    plugin = of.plugin
    return plugin_errors.failed(
        error, kind=plugin.kind, name=plugin.name, module=plugin.module, hide=of.secrets.hide
    )
