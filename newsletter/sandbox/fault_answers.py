"""The answers that faults make up. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from newsletter.sandbox.exchange import Answer, Headers, Problem, bare, refusal
from newsletter.sandbox.faults import Reply, Rule
from newsletter.sandbox.ratelimit import Budget
from newsletter.sandbox.rules_addresses import people_in

_HTML = b"<html><body><h1>%d %s</h1><p>The gateway made this page.</p></body></html>\n"


def made_up(rule: Rule, body: Any) -> Answer | None:
    """Return the answer instead of the true one; None where the true one is given (or none)."""
    match rule.fault:
        case "status":
            return _status(rule.reply.status or 500, rule.reply)
        case "throttle":
            return refusal(429, Problem("too many requests"))
        case "redirect":
            return _redirect(rule.reply)
        case "bad-request":
            return refusal(400, bare("A fault rule asked for this."))
        case "refuse-recipient":
            return refusal(400, *_refused_people(rule, body))
        case _:
            return None


def headers_of(rule: Rule, budget: Budget, *, now: float) -> Headers:
    """Return the headers of an answer with a fault: rate limit first, then the rule's own."""
    told, reply, is_throttled = dict(budget.headers), rule.reply, rule.fault == "throttle"
    if reply.reset is not None or is_throttled:
        told["X-RateLimit-Reset"] = str(int(-(-(now + (reply.reset or 1.0)) // 1)))
    if reply.remaining is not None or is_throttled:
        told["X-RateLimit-Remaining"] = str(reply.remaining or 0)
    if reply.retry_after is not None:
        told["Retry-After"] = reply.retry_after
    return (*told.items(), *reply.headers.items())


def _redirect(reply: Reply) -> Answer:
    return Answer(status=reply.status or 302, headers=(("Location", reply.location),))


def _status(status: int, reply: Reply) -> Answer:
    if reply.body == "empty" or status in {202, 204, 304}:
        return Answer(status=status)
    words = _phrase(status)
    if reply.body == "html":
        page = _HTML % (status, words.encode())
        return Answer(status=status, body=page, headers=(("Content-Type", "text/html"),))
    return refusal(status, Problem(words.lower()))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _refused_people(rule: Rule, body: Any) -> list[Problem]:
    wanted = {address.lower() for address in rule.which.address}
    return [
        Problem("Does not contain a valid address.", f"personalizations.{number}.{place}.email")
        for number, block in enumerate(body["personalizations"])
        for address, place in people_in(block)
        if address in wanted
    ]
