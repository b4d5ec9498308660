"""The desk's writing side: an edition corrected in a form, which writes `edition.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.content.source import Picture
from newsletter.core.errors import NewsletterError, NothingToDo, Overtaken
from newsletter.core.model import Part
from newsletter.editions.editor import Opened
from newsletter.editions.fields import FieldFault, FieldsError, as_fields, tidied
from newsletter.web.desk.edit_form import differences, groups, labels, without
from newsletter.web.desk.header import header
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page

_DONE = {
    "saved": "Saved.",
    "swapped": "Another one is in its place. Nothing is used up before a send.",
    "kept": "The page is kept, and this is the edition it gave.",
    "pictured": "The picture is in its place.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a submitted form asks for."""

    fields: Mapping[str, str]
    seen: str  # the fingerprint of the file the form was made from
    puts_aside: bool  # what is in the file now is replaced knowingly
    action: str  # "save", "next", "before", "add" or "remove"
    target: str  # of the action: a part, a list, or a table
    uploads: Mapping[str, tuple[str, bytes]]  # by table: a picture's file name and content

    @classmethod
    async def of(cls, form: FormData) -> Asked:
        """Read a submitted form; names that begin with an underscore are not fields."""
        files = {name: file for name, file in form.items() if isinstance(file, UploadFile)}
        texts = {name: text for name, text in form.items() if isinstance(text, str)}
        action, _, target = texts.get("_do", "save").partition(":")
        return cls(
            fields={name: text for name, text in texts.items() if not name.startswith("_")},
            seen=texts.get("_seen", ""),
            puts_aside="_aside" in texts,
            action=action,
            target=target,
            uploads={
                name.removeprefix("_picture."): (file.filename or "The file", await file.read())
                for name, file in files.items()
                if file.filename
            },
        )


class Writing:
    """Answers the form."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        return [
            Route("/write", self.form, methods=["GET"]),
            Route("/write", self.submit, methods=["POST"]),
            Route("/seen", self.seen),
        ]

    async def seen(self, request: Request) -> Response:
        """Tell which state of the file there is, so that an open form notices a change."""
        day = day_of(request)
        found = await with_app(self._opened, lambda app: app.files.fingerprint(day))
        return PlainTextResponse(found)

    async def form(self, request: Request) -> Response:
        """Return the form as the file is now."""
        day = day_of(request)
        try:
            opened = await with_app(self._opened, lambda app: app.editor.open(day))
        except NewsletterError as error:
            return _page(day, error=error)
        did = _DONE.get(request.query_params.get("did", ""), "")
        return _form(day, opened, as_fields(opened.edition), told=did)

    async def submit(self, request: Request) -> Response:
        """Do what the form asks for; nothing is lost of what was written in it."""
        day = day_of(request)
        async with submitted(request) as form:
            asked = await Asked.of(form)
        if asked.action in {"add", "remove"}:
            return await self._laid_out(day, asked)
        try:
            did = await with_app(self._opened, lambda app: carry_out(app, day, asked))
        except NewsletterError as error:
            return await self._laid_out(day, asked, error)
        place = f"#{asked.target}" if asked.target else ""
        return RedirectResponse(f"write?did={did}{place}", status_code=303)

    async def _laid_out(
        self, day: date, asked: Asked, error: NewsletterError | None = None
    ) -> Response:
        """Return the form again with what was written in it."""
        opened = await with_app(self._opened, lambda app: app.editor.open(day))
        fields = dict(asked.fields)
        if asked.action == "remove":
            fields = without(fields, asked.target)
        return _form(
            day,
            opened,
            tidied(fields),
            seen=asked.seen,
            added=asked.target if asked.action == "add" else "",
            error=error,
        )


def carry_out(app: App, day: date, asked: Asked) -> str:
    """Save the form, then swap a part where it asks for that; say which of the two was done."""
    editor = app.editor
    fields = dict(asked.fields)
    for table, upload in asked.uploads.items():
        refuse_without_words(fields, table)
        fields |= placed(editor.keep_picture(upload[1], name=upload[0]), table)
    seen = editor.save(day, fields, seen=asked.seen, put_aside=asked.puts_aside)
    if asked.action not in {"next", "before"} or asked.target not in set(Part):
        return "saved"
    editor.swap(day, Part(asked.target), seen=seen, back=asked.action == "before")
    return "swapped"


def refuse_without_words(fields: Mapping[str, str], table: str) -> None:
    """Refuse a picture without alternative text or credit. Raises `FieldsError`."""
    needed = {"alt": "is needed for those who do not see it", "credit": "is needed: who took it"}
    names = {f"{table}.image.{key}": sentence for key, sentence in needed.items()}
    lacking = [name for name in names if not fields.get(name, "").strip()]
    if lacking:
        raise FieldsError(tuple(FieldFault(name, names[name]) for name in lacking))


def placed(picture: Picture, table: str) -> dict[str, str]:
    """Return the fields that put a picture into a story."""
    values = {"url": picture.url, "width": picture.width, "height": picture.height}
    return {f"{table}.image.{key}": str(value) for key, value in values.items() if value}


def _form(
    day: date,
    opened: Opened,
    fields: Mapping[str, str],
    *,
    seen: str | None = None,
    told: str = "",
    added: str = "",
    error: NewsletterError | None = None,
) -> Response:
    is_overtaken = isinstance(error, Overtaken)
    faults: Sequence[FieldFault] = error.faults if isinstance(error, FieldsError) else ()
    laid_out = groups(
        fields,
        faults=faults,
        provenance=opened.edition.background.provenance,
        added=added,
        media_url=opened.media_url,
    )
    return _page(
        day,
        error=error,
        groups=laid_out,
        faults=faults,
        labels=labels(laid_out),
        seen=opened.seen if seen is None or is_overtaken else seen,
        is_edited=opened.is_edited,
        is_unsaved=seen is not None,
        told=told,
        differences=differences(fields, as_fields(opened.edition)) if is_overtaken else (),
        is_overtaken=is_overtaken,
    )


def _page(day: date, *, error: NewsletterError | None, **values: Any) -> Response:
    """Return the page; what is not said of it is not so."""
    nothing: dict[str, Any] = {"groups": (), "faults": (), "labels": {}, "differences": ()}
    nothing |= {"seen": "", "told": "", "is_edited": True, "is_unsaved": False}
    shown = {**nothing, "is_overtaken": False, **values, "error": error}
    return page("write", status=_status(error), **header("write", day), **shown)


def _status(error: NewsletterError | None) -> int:
    if error is None or isinstance(error, NothingToDo):
        return 200
    return 409 if isinstance(error, Overtaken) else 422
