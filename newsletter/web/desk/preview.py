"""The desk's viewing side: one edition as its readers will get it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from newsletter.core.model import Message
from newsletter.core.model.findings import Finding, Severity
from newsletter.editions.proofs import Preview
from newsletter.message import merge, sample_readers
from newsletter.message.checks import size_clip, style_budget
from newsletter.message.clients import inbox_rows
from newsletter.message.sample_readers import ROBIN, SAMPLES, SampleReader, substitutions
from newsletter.web.desk import lenses
from newsletter.web.desk.error_words import SET_UP, spoken
from newsletter.web.desk.finding_words import field_of, in_words
from newsletter.web.desk.header import header
from newsletter.web.desk.renders import Problem, Stages, View
from newsletter.web.desk.security import MAIL_POLICY
from newsletter.web.desk.session import day_of
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import _

_BEAT = 0.5  # seconds after which an idle stream looks whether the desk is closing


class Looking:
    """Answers what the viewing page asks, over the stages."""

    def __init__(self, stages: Stages, *, is_closing: Callable[[], bool]) -> None:
        self._stages = stages
        self._is_closing = is_closing

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        return [
            Route("/", self.page),
            Route("/state", self.state),
            Route("/mail", self.mail),
            Route("/events", self.events),
        ]

    async def page(self, request: Request) -> Response:
        """Return the page."""
        return page("look", **header("look", day_of(request)), readers=SAMPLES)

    async def state(self, request: Request) -> Response:
        """Return everything the page shows."""
        stage = await self._stages.at(day_of(request))
        return JSONResponse(describe(stage.view, reader_named(request.query_params.get("reader"))))

    async def mail(self, request: Request) -> Response:
        """Return the mail as one reader gets it, through a lens, for the sandboxed frames."""
        lens = lenses.LENSES.get(request.query_params.get("lens", "whole"))
        if lens is None:
            return PlainTextResponse(f"The lenses are {', '.join(lenses.LENSES)}.", status_code=404)
        preview = (await self._stages.shown(day_of(request))).view.mail
        if preview is None:
            return PlainTextResponse("Nothing is rendered yet.", status_code=404)
        reader = reader_named(request.query_params.get("reader"))
        tags = substitutions(reader, preview.message, unsubscribe_url=preview.unsubscribe_url)
        html = lenses.with_own_pictures(merge.fill(preview.message.html, tags), preview.media_url)
        headers = {"Content-Security-Policy": MAIL_POLICY, "Referrer-Policy": "no-referrer"}
        return HTMLResponse(lens(html), headers=headers)

    async def events(self, request: Request) -> Response:
        """Tell each new view, as server-sent events."""
        told = self._told(day_of(request))
        return StreamingResponse(told, media_type="text/event-stream")

    async def _told(self, day: date) -> AsyncIterator[str]:
        async with self._stages.followed(day) as stage:
            view = None
            while not self._is_closing():
                newest = await stage.after(view, seconds=_BEAT)
                words = {"version": newest.version, "mail": newest.mails, "busy": newest.is_busy}
                yield ": \n\n" if newest is view else f"data: {json.dumps(words)}\n\n"
                view = newest


_SHOWN = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def describe(view: View, reader: SampleReader = ROBIN) -> dict[str, Any]:
    """Return everything the page shows as one JSON document."""
    return {
        "version": view.version,
        "busy": view.is_busy,
        "problem": _problem(view.problem) if view.problem else None,
        "preview": _preview(view.preview, reader) if view.preview else None,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    hint = "" if SET_UP.search(problem.hint) else spoken(problem.hint)
    return {**asdict(problem), "message": spoken(problem.message), "hint": hint}


def reader_named(key: str | None) -> SampleReader:
    """Find a sample reader by its key; the first one for any other."""
    return sample_readers.find(key or "") or ROBIN


def _preview(preview: Preview, reader: SampleReader) -> dict[str, Any]:
    message = preview.message
    tags = substitutions(reader, message, unsubscribe_url=preview.unsubscribe_url)
    subject, preheader, html, text = (
        merge.fill(part, tags)
        for part in (message.subject, message.preheader, message.html, message.text)
    )
    return {
        "publication": preview.publication,
        "sender": preview.sender,
        "date": preview.edition.date.isoformat(),
        "subject": subject,
        "preheader": preheader,
        "html": html,
        "text": text,
        "meters": meters(message),
        "text_bytes": message.text_bytes,
        "digest": message.digest,
        "groups": [group for group in _groups(preview.findings) if group["count"]],
        "holds": any(finding.holds for finding in preview.findings),
        "inboxes": [
            asdict(inbox_rows.row(inbox, subject=subject, preheader=preheader))
            for inbox in inbox_rows.INBOXES
        ],
        "advice": list(inbox_rows.advice(subject=subject, preheader=preheader)),
    }


def meters(message: Message) -> list[dict[str, Any]]:
    """Measure what Gmail limits: the whole HTML, and all style elements together."""
    used = style_budget.used(message.html)
    return [
        _meter("size", "HTML", message.html_bytes, size_clip.LIMIT)
        | {"note": _("Gmail cuts a mail off above this size, footer and all.")},
        _meter("styles", "Styles", used, style_budget.LIMIT)
        | {"note": _("Gmail drops all style elements above this.")},
    ]


def _meter(key: str, name: str, used: int, limit: int) -> dict[str, Any]:
    share = used / limit
    level = "over" if share >= 1 else "high" if share > 0.8 else "fine"
    return {"key": key, "name": name, "used": used, "limit": limit, "level": level}


def _groups(findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Group findings, the gravest first; what was accepted for this edition comes last."""
    for severity in _SHOWN:
        yield _group(severity, [one for one in findings if _is_open(one, severity)])
    yield _group("accepted", [one for one in findings if one.accepted])


def _is_open(finding: Finding, severity: Severity) -> bool:
    return finding.severity is severity and not finding.accepted


def _group(key: str, findings: Sequence[Finding]) -> dict[str, Any]:
    return {"key": key, "count": len(findings), "findings": [_told(one) for one in findings]}


def _told(one: Finding) -> dict[str, Any]:
    """Return a finding as it is, and as an editor reads it, with where it is put right."""
    return {**asdict(one), **in_words(one), "path": field_of(one)}
