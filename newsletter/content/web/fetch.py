"""The `Fetch` of a publication: ask the web politely, and keep what it said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from newsletter.content.source import AnswerStore, Fetch, Fetched, StoredAnswer
from newsletter.content.web import politeness
from newsletter.content.web.unpacking import ACCEPTED, unpacked
from newsletter.core.clock import Clock
from newsletter.core.errors import SourceError
from newsletter.core.http import addresses
from newsletter.core.http.answer import Answer, HttpFailure, NeverSent, NoAnswer, NotAllowed
from newsletter.core.http.client import HttpClient
from newsletter.core.http.sockets import Deadline
from newsletter.core.sentences import said

DEADLINE = 20.0  # seconds for everything: redirects, retries and the waits between them
_MOST_REDIRECTS = 5
_MOST_RETRIES = 2
_MOST_STORED = 5_000_000  # bytes; pictures may be longer, and have a place of their own
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_BELIEVED = 2  # permanent redirects in a row: one may be a slip of the server
_BUSY = frozenset({429, 502, 503, 504})


class _Refused(SourceError):  # noqa: N818 - as in errors.py, it says what is known
    """An address gave no answer that can be used; it is left alone for `wait`."""

    def __init__(self, what: str, *, wait: timedelta, hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An answer, and how it was found."""

    url: str
    answer: Answer
    moved: bool  # every redirect on the way was permanent

    def times_moved(self, before: StoredAnswer | None) -> int:
        """Count how often in a row the address led here for good."""
        if not self.moved:
            return 0
        again = before is not None and before.found_at == self.url
        return before.moved + 1 if before is not None and again else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One question with all that bounds it."""

    url: str
    headers: Mapping[str, str]  # for every address
    own_headers: Mapping[str, str]  # of the source, for this host only: they may hold a key
    limit: Deadline
    most_bytes: int

    def headers_for(self, url: str) -> dict[str, str]:
        """Return the headers for an address on the way."""
        own = self.own_headers if addresses.same_host(self.url, url) else {}
        return {**self.headers, **own}


def make_fetch(
    wire: HttpClient,
    store: AnswerStore,
    *,
    agent: str,
    has_contact: bool,
    clock: Clock,
    jitter: Callable[[], float],
    allow_private: bool = False,
    deadline: float = DEADLINE,
    asks_anew: bool = False,
) -> Fetch:
    """Make the way to the network with the limits of content.md 6.4.

    `wire` guards the resolved addresses (`addresses.is_public`); `allow_private` here only lets
    other ports than 80 and 443 pass. `jitter` gives 0 to 1. Within the hour after an answer the
    stored one is given, then it is asked for with the stored validators; with `asks_anew` at once.
    """
    return _Web(
        wire=wire,
        store=store,
        agent=agent,
        has_contact=has_contact,
        clock=clock,
        jitter=jitter,
        any_port=allow_private,
        deadline=deadline,
        asks_anew=asks_anew,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Web:
    """A `Fetch`."""

    wire: HttpClient
    store: AnswerStore
    agent: str
    has_contact: bool
    clock: Clock
    jitter: Callable[[], float]
    any_port: bool
    deadline: float
    asks_anew: bool = False  # a person waits for it, as for a page that is loaded again

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Return the answer of an address; raises `SourceError` with the reason."""
        address = addresses.normal(url, any_port=self.any_port)
        self._refuse_unnamed(address)
        stored = self.store.answer(address, accept)
        if stored is not None and self.clock.now() < stored.expires and not self.asks_anew:
            return _stored(stored)
        asking = _Asking(
            url=address,
            headers={
                "User-Agent": self.agent,
                "Accept": accept,
                "Accept-Encoding": ACCEPTED,
                **_validators(stored),
            },
            own_headers=headers or {},
            limit=Deadline(self.deadline),
            most_bytes=most_bytes,
        )
        try:
            fresh = self._answer(asking, accept, stored)
        except _Refused as refused:
            self._keep_refusal(refused, address, accept, stored)
            raise
        if len(fresh.body) <= _MOST_STORED:
            self.store.keep(fresh)
        return _stored(fresh)

    def _refuse_unnamed(self, address: str) -> None:
        if addresses.is_wikimedia(address) and not self.has_contact:
            raise SourceError(
                said(
                    "%(address)s was not asked: Wikimedia wants an address to write to, and "
                    "[publication] contact is not set.",
                    address=addresses.shown(address),
                ),
                hint='Set contact = "editor@…" in [publication] of config.toml.',
            )

    def _keep_refusal(
        self, refused: _Refused, address: str, accept: str, stored: StoredAnswer | None
    ) -> None:
        """Remember why there was no answer; the body before keeps its validators."""
        now = self.clock.now()
        if not refused.wait:
            return
        blank = StoredAnswer(url=address, accept=accept, headers={}, body=b"", at=now, expires=now)
        self.store.keep(replace(stored or blank, refusal=refused.what, expires=now + refused.wait))

    def _answer(self, asking: _Asking, accept: str, stored: StoredAnswer | None) -> StoredAnswer:
        found = self._followed(asking)
        answer, moved = found.answer, found.times_moved(stored)
        now = self.clock.now()
        expires = now + politeness.after_success(answer.headers)
        if answer.status == 304 and stored is not None and stored.status:
            return replace(stored, expires=expires, moved=moved, refusal=None)
        if not 200 <= answer.status < 300:
            raise self._refusal(found.url, answer)
        return StoredAnswer(
            url=asking.url,
            accept=accept,
            found_at=found.url,
            moved=moved,
            status=answer.status,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            headers=answer.headers,
            body=_body(found.url, answer, asking.most_bytes),
            at=now,
            expires=expires,
        )

    def _followed(self, asking: _Asking) -> _Found:
        """Ask, and go where redirects lead."""
        url, turns = asking.url, list[int]()
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._patiently(asking, url)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not target:
                moved = bool(turns) and _FOR_GOOD.issuperset(turns)
                return _Found(url=url, answer=answer, moved=moved)
            turns.append(answer.status)
            url = self._next(url, target)
        raise _Refused(
            said(
                "%(address)s redirects more than %(most)s times.",
                address=addresses.shown(asking.url),
                most=_MOST_REDIRECTS,
            ),
            wait=politeness.AFTER_A_FAILURE,
        )

    def _next(self, url: str, target: str) -> str:
        try:
            place = addresses.from_header(target)
            return addresses.normal(place, any_port=self.any_port, base=url)
        except SourceError as error:
            raise _Refused(
                said(
                    "%(address)s redirects where nothing is asked: %(why)s",
                    address=addresses.shown(url),
                    why=error.what,
                ),
                wait=politeness.AFTER_A_FAILURE,
            ) from error

    def _patiently(self, asking: _Asking, url: str) -> Answer:
        """Ask one address, again where a second try may help and the time allows it."""
        for tried in range(_MOST_RETRIES + 1):
            pause = (tried + self.jitter()) / 2
            last = tried == _MOST_RETRIES
            try:
                answer = self._once(asking, url)
            except NeverSent as error:
                if last or pause >= _left(asking.limit) or isinstance(error, NotAllowed):
                    raise _no_answer(url, error) from error
            else:
                asked = politeness.retry_after(answer.headers, now=self.clock.now())
                pause = max(pause, asked.total_seconds() if asked else 0)
                if answer.status not in _BUSY or last or pause >= _left(asking.limit):
                    return answer
            self.clock.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _once(self, asking: _Asking, url: str) -> Answer:
        try:
            return self.wire.exchange(
                "GET",
                url,
                headers=asking.headers_for(url),
                timeout=max(round(asking.limit.left(), 1), 0.1),  # it is told in sentences
                most_bytes=asking.most_bytes,
            )
        except (NoAnswer, TimeoutError) as error:
            raise _no_answer(url, error) from error

    def _refusal(self, url: str, answer: Answer) -> _Refused:
        now = self.clock.now()
        wait = politeness.after_refusal(answer.status, answer.headers, now=now)
        if answer.status == 410:
            return _Refused(
                said(
                    "%(address)s answered 410: it is gone for good, and not asked again.",
                    address=addresses.shown(url),
                ),
                wait=wait,
                hint="Take it out of its chain in [sources], or name its new address there.",
            )
        return _Refused(
            said(
                "%(address)s answered %(status)s; it is not asked again before %(at)s UTC.",
                address=addresses.shown(url),
                status=answer.status,
                at=f"{now + wait:%H:%M}",
            ),
            wait=wait,
            hint=said("Open it in a browser: it may have moved, or refuse machines."),
        )


def _left(limit: Deadline) -> float:
    try:
        return limit.left()
    except TimeoutError:
        return 0.0


def _no_answer(url: str, error: HttpFailure | TimeoutError) -> _Refused:
    # What the configuration forbids is not remembered: the operator may just be changing it.
    wait = timedelta(0) if isinstance(error, NotAllowed) else politeness.AFTER_A_FAILURE
    return _Refused(
        said("%(address)s gave no answer: %(why)s.", address=addresses.shown(url), why=error),
        wait=wait,
    )


def _validators(stored: StoredAnswer | None) -> dict[str, str]:
    if stored is None:
        return {}
    found = {"If-None-Match": stored.etag, "If-Modified-Since": stored.last_modified}
    return {name: value for name, value in found.items() if value and value.isascii()}


def _body(url: str, answer: Answer, most_bytes: int) -> bytes:
    packed = answer.headers.get("content-encoding", "")
    try:
        return unpacked(answer.body, packed, most_bytes=most_bytes)
    except SourceError as error:
        raise _Refused(
            said("%(address)s: %(why)s.", address=addresses.shown(url), why=error.what),
            wait=politeness.AFTER_A_FAILURE,
        ) from error


def _stored(answer: StoredAnswer) -> Fetched:
    """Return a stored answer; a failure that was remembered is raised again."""
    if answer.refusal is not None:
        raise SourceError(answer.refusal)
    return Fetched(
        url=answer.found_at,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        at=answer.at,
        moved_to=answer.found_at if answer.moved >= _BELIEVED else None,
    )
