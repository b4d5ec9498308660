"""The page of readers: found, looked at, added, changed, paused, taken off, written to a file."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import IO, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.errors import InputError, NewsletterError, NothingToDo
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers import export, register
from newsletter.subscribers.addresses import Address
from newsletter.subscribers.circles import Circle
from newsletter.web.desk import readers
from newsletter.web.desk.header import room_header
from newsletter.web.desk.readers import Question
from newsletter.web.desk.session import Opener, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import N_, _, counted

_COPIES = 5  # editions that a history looks back on
_BLOCK = 256 * 1024
_DID: Mapping[str, str] = {
    "added": N_("Added to the list."),
    "changed": N_("Changed."),
    "left": N_("Taken off the list. No more mail goes to them."),
    "same": N_("Nothing was new, so nothing was changed."),
    "undone": N_("The list is as it was before, but for who changed since."),
}
Form = Mapping[str, str]
Act = Callable[[App, Form], tuple[str, int | None]]


class Readership:
    """Answers the pages about readers."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below `readers/`."""
        acts: Mapping[str, Act] = {"add": add, "change": change, "back": back, "leave": leave}
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/list.csv", self.file, methods=["GET"]),
            *(Route(f"/{name}", self._doing(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def page(self, request: Request) -> Response:
        """Return a part of the list, and somebody's history where that is asked for."""
        params = request.query_params
        question = readers.question_of(params)
        brought_in = readers.number_of(params.get("done", ""))
        return await self._shown(question, did=params.get("did", ""), brought_in=brought_in)

    async def file(self, request: Request) -> Response:
        """Return a part of the list as a CSV file that an import takes back."""
        question = readers.question_of(request.query_params)
        wanted = None if "everyone" in request.query_params else question.circle

        def write(app: App) -> IO[bytes]:
            kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was read
            stream = io.TextIOWrapper(kept, encoding="utf-8-sig", newline="")
            segment = _segment(question)
            with app.circles.listed(wanted, today=app.today(), segment=segment) as listing:
                export.write(listing, stream, progress=lambda _: None)
            stream.flush()
            stream.detach()
            return kept

        written = await with_app(self._opened, write)
        name = f"readers-{wanted or 'everyone'}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(_blocks(written), media_type="text/csv", headers=headers)

    def _doing(self, act: Act) -> Callable[[Request], object]:
        async def do(request: Request) -> Response:
            question = readers.question_of(request.query_params)
            try:
                async with submitted(request) as form:
                    texts = {name: text for name, text in form.items() if isinstance(text, str)}
                did, reader = await with_app(self._opened, lambda app: act(app, texts))
            except NothingToDo:
                return _led(question, did="same")
            except NewsletterError as error:
                return await self._shown(question, error=error)
            return _led(Question(circle=question.circle, reader=reader), did=did)

        return do

    async def _shown(
        self,
        question: Question,
        *,
        did: str = "",
        brought_in: int | None = None,
        error: NewsletterError | None = None,
    ) -> Response:
        def read(app: App) -> dict[str, Any]:
            run = app.imports.find(brought_in) if brought_in else None
            return shown(app, question) | {"brought_in": run}

        values = await with_app(self._opened, read)
        told = _(_DID[did]) if did in _DID else ""
        status = 422 if error else 200
        framed = room_header("readers", values.pop("title"))
        return page("readers", status=status, **framed, **values, told=told, error=error)


def shown(app: App, question: Question) -> dict[str, Any]:
    """Read what the page shows."""
    today, zone, segment = app.today(), app.settings.publication.zone, _segment(question)
    counts = app.circles.counts(today=today, segment=segment)
    everyone = app.circles.counts(today=today) if segment else counts
    offset = (question.page - 1) * readers.PAGE
    found = app.circles.page(
        question.circle, today=today, segment=segment, limit=readers.PAGE, offset=offset
    )
    beside = app.circles.find(question.reader) if question.reader else None
    return {
        "title": counted("%(count)s reader", "%(count)s readers", everyone[Circle.READING]),
        "question": question,
        "circles": [(one, _(readers.CIRCLES[one]), counts[one]) for one in Circle],
        "rows": [readers.row(one, today=today, zone=zone) for one in found],
        "until": offset + len(found),
        "total": counts[question.circle],
        "is_empty": not any(everyone.values()),
        "frequencies": [(one, _(word)) for one, word in readers.FREQUENCIES.items()],
        "beside": _beside(app, beside, today=today) if beside else None,
        "today": today,
    }


def _beside(app: App, found: Subscriber, *, today: date) -> dict[str, Any]:
    zone = app.settings.publication.zone
    circle = app.circles.circle_of(found, today=today)
    happened = readers.events(
        app.subscribers.history(found.id), app.recent_sends.copies_of(found.id, limit=_COPIES)
    )
    return {
        "one": found,
        "circle": circle,
        "standing": readers.standing(found, circle),
        "tags": ", ".join(readers.tags_of(found)),
        "is_wanting": found.state in {SubscriberState.ACTIVE, SubscriberState.PENDING},
        "may_come_back": found.state
        in {SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED, SubscriberState.PENDING},
        "events": [
            (one.title, one.text, readers.moment(one.at, today=today, zone=zone))
            for one in happened
        ],
    }


def add(app: App, form: Form) -> tuple[str, int]:
    """Add a reader by hand, or tell what is new of one who is known."""
    person = register.person_of(
        form.get("address", ""),
        name=form.get("name", ""),
        frequency=form.get("frequency") or None,
    )
    added = register.add(
        app.subscribers,
        person,
        tags=register.tags_of([form.get("tags", "")]),
        consent=form.get("consent", "").strip(),
        now=app.clock.now(),
    )
    return "added", added.subscriber.id


def change(app: App, form: Form) -> tuple[str, int]:
    """Put a reader's values right: name, how often, pause, tags."""
    found = _asked(app, form)
    names = ("name", "frequency", "paused_until", "zone")
    told = {name: form[name].strip() for name in names if name in form}
    tags = register.tags_of([form["tags"]]) if "tags" in form else None
    register.change(app.subscribers, _address(found), told=told, tags=tags, now=app.clock.now())
    return "changed", found.id


def back(app: App, form: Form) -> tuple[str, int]:
    """Bring back who left, by their own words; or confirm who has not said yes yet."""
    found, words = _asked(app, form), form.get("consent", "").strip()
    if not words:
        raise InputError(
            _("Only their own words bring somebody back."),
            hint=_("Write how and when they asked for it."),
        )
    person = register.person_of(found.address)
    register.add(app.subscribers, person, consent=words, now=app.clock.now())
    return "changed", found.id


def leave(app: App, form: Form) -> tuple[str, int]:
    """Take a reader off the list; they stay on record, so that no file brings them back."""
    found = _asked(app, form)
    reason = " ".join(form.get("reason", "").split()) or said("asked to leave")
    register.remove(app.subscribers, _address(found), reason=reason, now=app.clock.now())
    return "left", found.id


def _asked(app: App, form: Form) -> Subscriber:
    number = readers.number_of(form.get("reader", ""))
    found = app.circles.find(number) if number else None
    if found is None:
        raise InputError(_("This reader is not on the list any more."), hint=_("Search anew."))
    return found


def _address(found: Subscriber) -> Address:
    return register.address_of(found.address)


def _segment(question: Question) -> Any:
    return register.filtered(
        segment=None,
        tags=[question.tag] if question.tag else [],
        zone=None,
        since=None,
        search=question.search or None,
    )


def _led(question: Question, *, did: str) -> Response:
    query = question.query
    return RedirectResponse(f"./{query}{'&' if len(query) > 1 else ''}did={did}", status_code=303)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        stream.seek(0)
        while block := stream.read(_BLOCK):
            yield block
