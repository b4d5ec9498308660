"""What happens to a request on its connection: pages, the API, and the faults in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from newsletter.sandbox import api, views
from newsletter.sandbox.account import Account, RecordedRequest
from newsletter.sandbox.api import Outcome
from newsletter.sandbox.connection import Connection
from newsletter.sandbox.exchange import Answer, Problem, Request, refusal
from newsletter.sandbox.fault_answers import headers_of, made_up
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.loopback import names_this_machine
from newsletter.sandbox.ratelimit import Budget
from newsletter.sandbox.rules_addresses import people_in

_NOT_OURS = Answer(status=421, body=b"The sandbox answers to this machine's own names only.\n")
_NO_BODY_KEPT = 0
_NOTHING = Outcome(answer=Answer(status=0))  # the request was not carried out


class Line(Protocol):
    """What carries one request and its answer: a socket, or nothing but a call."""

    async def read_body(self, *, keep: int) -> tuple[bytes, int]:
        """Read the whole body; give its first `keep` bytes and its full length."""
        ...

    async def read_some(self, least: int) -> bytes:
        """Read `least` bytes of the body, or all of it where it is shorter."""
        ...

    async def send(self, answer: Answer) -> None:
        """Write an answer."""
        ...

    async def dribble(self, answer: Answer, interval: float) -> None:
        """Write an answer byte by byte."""
        ...

    async def send_garbage(self) -> None:
        """Write what is no HTTP answer, and close."""
        ...

    async def hold(self) -> None:
        """Stay silent until the client goes away."""
        ...

    async def wait(self, seconds: float) -> None:
        """Let time go by."""
        ...

    def reset(self) -> None:
        """End the connection with RST."""
        ...

    def close(self) -> None:
        """End the connection with FIN, after what is written."""
        ...


async def converse(connection: Connection, account: Account) -> None:
    """Answer requests on one connection until either side ends it. Raises `Ended`."""
    while (head := await connection.next_request()) is not None:
        if not names_this_machine(head.headers.get("host", "")):
            await connection.read_body(keep=_NO_BODY_KEPT)
            await connection.send(_NOT_OURS)
        elif head.path.startswith(api.PREFIX):
            await Exchange(connection, account, head).run()
        else:
            await connection.read_body(keep=_NO_BODY_KEPT)
            account.deliver_due()
            await connection.send(await views.answer(head, account))


class Exchange:
    """One request to the API, from its head to its answer or the lack of one."""

    def __init__(self, connection: Line, account: Account, head: Request) -> None:
        self._connection = connection
        self._account = account
        self._request = head
        self._number = account.faults.number(head.path)
        self._budget: Budget = account.limit.take(account.now())

    async def run(self) -> None:
        """Carry it out, or break off as a fault wants it."""
        rule = self._account.faults.draw(self._request.path, self._number)
        if rule and rule.fault in {"reset-before-body", "reset-in-body"}:
            await self._break_off(rule)
            return
        await self._read_body()
        body = _parsed(self._request.body)
        rule = rule or self._rule_for_people(body)
        outcome = self._outcome(rule, body)
        self._record(outcome.answer.status if _is_answered(rule) else None, rule, outcome)
        await self._reply(rule, outcome.answer)

    async def _break_off(self, rule: Rule) -> None:
        if rule.fault == "reset-in-body":
            length = int(self._request.headers.get("content-length", "0"))
            half = length // 2 if rule.pace.after is None else min(rule.pace.after, length)
            part = await self._connection.read_some(half)
            self._request = replace(self._request, body=part, size=len(part))
        self._record(None, rule, _NOTHING)
        self._connection.reset()

    async def _read_body(self) -> None:
        largest = self._account.settings.largest_request
        body, size = await self._connection.read_body(keep=largest)
        self._request = replace(self._request, body=body, size=size)

    def _rule_for_people(self, body: Any) -> Rule | None:
        blocks = body.get("personalizations") if isinstance(body, dict) else None
        people = {
            address
            for block in (blocks if isinstance(blocks, list) else ())
            for address, _ in people_in(block)
        }
        if not people:
            return None
        return self._account.faults.draw(self._request.path, self._number, people)

    def _outcome(self, rule: Rule | None, body: Any) -> Outcome:
        """Carry the request out where the rule lets it, and answer as the rule wants."""
        self._account.deliver_due()
        if not self._budget.allowed:
            return Outcome(answer=refusal(429, Problem("too many requests")))
        taken = _NOTHING
        if rule is None or rule.accepts:
            taken = api.answer(self._request, self._account, number=self._number)
        invented = made_up(rule, body) if rule else None
        if invented is None:
            return taken
        if invented.status == 202 and taken.accepted:
            invented = replace(invented, headers=taken.answer.headers)
        return replace(taken, answer=invented)

    async def _reply(self, rule: Rule | None, answer: Answer) -> None:
        if rule is None:
            await self._connection.send(_with(answer, self._budget.headers))
            return
        shown = _with(answer, headers_of(rule, self._budget, now=self._account.now()))
        match rule.fault:
            case "reset-after-body":
                self._connection.reset()
            case "close":
                self._connection.close()
            case "lost":
                await self._connection.hold()
            case "garbage":
                await self._connection.send_garbage()
            case "dribble":
                await self._connection.dribble(shown, rule.pace.interval)
            case "slow":
                await self._connection.wait(rule.pace.seconds)
                await self._connection.send(shown)
            case _:
                await self._connection.send(shown)

    def _record(self, status: int | None, rule: Rule | None, outcome: Outcome) -> None:
        self._account.record(
            RecordedRequest(
                number=self._number,
                at=datetime.fromtimestamp(self._account.now(), UTC),
                method=self._request.method,
                path=self._request.path,
                headers=_without_key(self._request.headers),
                raw=self._request.body,
                status=status,
                accepted=outcome.accepted,
                message_id=outcome.message_id,
                fault=rule.fault if rule else None,
                problems=outcome.problems,
            )
        )


def _is_answered(rule: Rule | None) -> bool:
    silent = {"reset-after-body", "close", "lost", "garbage"}
    return rule is None or rule.fault not in silent


def _with(answer: Answer, headers: tuple[tuple[str, str], ...]) -> Answer:
    return replace(answer, headers=(*answer.headers, *headers))


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _without_key(headers: Mapping[str, str]) -> dict[str, str]:
    """Keep whether there was a key, never the key."""
    shown = dict(headers)
    if "authorization" in shown:
        scheme, _, key = shown["authorization"].partition(" ")
        shown["authorization"] = f"{scheme} {'***' if key.strip() else ''}".strip()
    return shown
