"""Ask the addresses of a message whether they answer: bounded, politely, one at a time a host.

First HEAD; a server that refuses it is asked for the first byte by GET. Redirects are followed,
each to an address that may be asked. Nothing is kept, and nothing is asked twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from newsletter.core.errors import SourceError
from newsletter.core.http import addresses
from newsletter.core.http.answer import Answer, HttpFailure, NoAnswer
from newsletter.core.http.client import HttpClient
from newsletter.core.http.sockets import Deadline
from newsletter.message.external import Reached

MOST = 100  # addresses
SECONDS = 10.0  # for one address, redirects included
_HOSTS_AT_ONCE = 8
_MOST_REDIRECTS = 5
_MOST_BYTES = 65_536  # of an answer, where a server ignores the range
_MOVED_FOR_GOOD = frozenset({301, 308})
_REDIRECTS = _MOVED_FOR_GOOD | {302, 303, 307}
# These servers are there; they only want no machine, or no stranger.
_RESERVED = frozenset({401, 403, 405, 406, 429, 451, 999})
_TOTAL = re.compile(r"/(\d+)$")

Progress = Callable[[int, int], None]  # done, of all


def worth_asking(found: Iterable[str]) -> tuple[str, ...]:
    """Choose what is asked: web addresses, each once, the first hundred."""
    unique = dict.fromkeys(url.partition("#")[0] for url in found)
    return tuple(islice((url for url in unique if url.startswith(("https://", "http://"))), MOST))


def reach(
    chosen: Iterable[str], *, wire: HttpClient, agent: str, any_port: bool, progress: Progress
) -> Mapping[str, Reached]:
    """Ask addresses; several hosts at once, each host one address after the other."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in chosen:
        hosts[urlsplit(url).netloc].append(url)
    asker = _Asker(wire, agent, any_port=any_port)
    found: dict[str, Reached] = {}
    total = sum(map(len, hosts.values()))
    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        futures = [pool.submit(_in_turn, asker, urls) for urls in hosts.values()]
        for future in as_completed(futures):
            found |= future.result()
            progress(len(found), total)
    return found


def _in_turn(asker: _Asker, urls: Iterable[str]) -> dict[str, Reached]:
    return {url: asker.reach(url) for url in urls}


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks one address at a time."""

    wire: HttpClient
    agent: str
    any_port: bool

    def reach(self, url: str) -> Reached:
        """Say what came of asking an address, wherever it leads."""
        limit, here, seen, moved = Deadline(SECONDS), url, {url}, ""
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                address = addresses.normal(here, any_port=self.any_port)
                answer = self._ask(address, limit)
                target = answer.headers.get("location", "")
                if answer.status not in _REDIRECTS or not target:
                    return _judged(answer, moved_to=moved)
                here = urljoin(address, addresses.from_header(target))
                if here in seen:
                    return Reached(problem="it redirects in a circle", status=answer.status)
                seen.add(here)
                moved = here if answer.status in _MOVED_FOR_GOOD and len(seen) == 2 else moved
        except SourceError as error:
            return Reached(problem=error.what.rstrip("."))
        except (HttpFailure, TimeoutError, ValueError) as error:
            return Reached(problem=f"it gave no answer: {error}")
        return Reached(problem=f"it redirects more than {_MOST_REDIRECTS} times")

    def _ask(self, address: str, limit: Deadline) -> Answer:
        try:
            answer = self._once("HEAD", address, limit, {})
            if answer.status < 400:
                return answer
        except NoAnswer:
            pass  # some servers hang up on HEAD
        return self._once("GET", address, limit, {"Range": "bytes=0-0"})

    def _once(
        self, method: str, address: str, limit: Deadline, headers: Mapping[str, str]
    ) -> Answer:
        """Send one request; an answer that is too long to read is one all the same."""
        named = {"User-Agent": self.agent, "Accept": "*/*", **headers}
        try:
            return self.wire.exchange(
                method, address, headers=named, timeout=limit.left(), most_bytes=_MOST_BYTES
            )
        except NoAnswer as error:
            if error.status is None or method == "HEAD":
                raise
            return Answer(status=error.status, headers={}, body=b"")


def _judged(answer: Answer, *, moved_to: str) -> Reached:
    headers = answer.headers
    fine = answer.status < 400 or answer.status in _RESERVED
    total = _TOTAL.search(headers.get("content-range", ""))
    length = headers.get("content-length", "")
    size = int(total[1]) if total else int(length) if length.isdecimal() else None
    return Reached(
        problem="" if fine else f"it answered {answer.status}",
        status=answer.status,
        kind=headers.get("content-type", "").partition(";")[0].strip().lower(),
        bytes=size if answer.status != 206 or total else None,
        moved_to=moved_to,
    )
