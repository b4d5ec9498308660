"""The answers that faults make up. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from newsletter.sandbox.exchange import Answer, Headers, refusal
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.problems import Problem, bare
from newsletter.sandbox.ratelimit import Budget
from newsletter.sandbox.rules_addresses import people_in

_HTML = b"<html><body><h1>%d %s</h1><p>The gateway made this page.</p></body></html>\n"


def made_up(rule: Rule, body: Any) -> Answer | None:
    """Give the answer instead of the true one; None where the true one is given (or none)."""
    match rule.fault:
        case "status":
            return _status(rule.status or 500, rule)
        case "throttle":
            return refusal(429, Problem("too many requests"))
        case "redirect":
            return Answer(status=rule.status or 302, headers=(("Location", rule.location),))
        case "bad-request":
            return refusal(400, bare("A fault rule asked for this."))
        case "refuse-recipient":
            return refusal(400, *_refused_people(rule, body))
        case _:
            return None


def headers_of(rule: Rule, budget: Budget, *, now: float) -> Headers:
    """Give the headers of an answer with a fault: rate limit first, then the rule's own."""
    told = dict(budget.headers)
    if rule.reset is not None or rule.fault == "throttle":
        told["X-RateLimit-Reset"] = str(int(-(-(now + (rule.reset or 1.0)) // 1)))
    if rule.remaining is not None or rule.fault == "throttle":
        told["X-RateLimit-Remaining"] = str(rule.remaining or 0)
    if rule.retry_after is not None:
        told["Retry-After"] = rule.retry_after
    return (*told.items(), *rule.headers.items())


def _status(status: int, rule: Rule) -> Answer:
    if rule.body == "empty" or status in {202, 204, 304}:
        return Answer(status=status)
    words = _phrase(status)
    if rule.body == "html":
        page = _HTML % (status, words.encode())
        return Answer(status=status, body=page, headers=(("Content-Type", "text/html"),))
    return refusal(status, Problem(words.lower()))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _refused_people(rule: Rule, body: Any) -> list[Problem]:
    wanted = {address.lower() for address in rule.address}
    return [
        Problem("Does not contain a valid address.", f"personalizations.{number}.{place}.email")
        for number, block in enumerate(body["personalizations"])
        for address, place in people_in(block)
        if address in wanted
    ]
