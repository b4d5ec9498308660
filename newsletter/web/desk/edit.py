"""The desk's writing side: an edition corrected in a form, which writes `edition.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.content.source import Picture
from newsletter.core.errors import NewsletterError, NothingToDo, Overtaken
from newsletter.core.model import Part
from newsletter.core.sentences import said
from newsletter.editions.editor import Opened, with_kept
from newsletter.editions.fields import FieldFault, FieldsError, as_fields, tidied
from newsletter.web.desk import shell
from newsletter.web.desk.approval import moment
from newsletter.web.desk.edit_form import differences, groups, labels, without
from newsletter.web.desk.error_words import spoken, what
from newsletter.web.desk.header import header
from newsletter.web.desk.morning import clock
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import N_, _

_DONE = {
    "saved": N_("Saved"),
    "unapproved": N_("Saved. It waits for an approval again."),
    "swapped": N_("Another one is in its place."),
    "kept": N_("The page is kept"),
    "pictured": N_("The picture is in its place."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a submitted form asks for."""

    fields: Mapping[str, str]
    seen: str  # the fingerprint of the file the form was made from
    is_quiet: bool  # saved by itself: what is wrong is told, and the form stays as it is
    puts_aside: bool  # what is in the file now is replaced knowingly
    action: str  # "save", "next", "before", "add", "remove" or "show"
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
            is_quiet="_quiet" in texts,
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
        """Tell which state of the file there is, so that an open form notices a change.

        With `?who`, tell who changed it, for a form with words that are not saved.
        """
        day = day_of(request)
        if "who" in request.query_params:
            opened = await with_app(self._opened, lambda app: app.editor.open(day))
            return PlainTextResponse(_see_both(opened))
        found = await with_app(self._opened, lambda app: app.assembler.look(day).fingerprint)
        return PlainTextResponse(found)

    async def form(self, request: Request) -> Response:
        """Return the form as the file is now."""
        day = day_of(request)
        try:
            opened = await with_app(self._opened, lambda app: app.editor.open(day))
        except NewsletterError as error:
            return _page(day, error=error)
        told = _(_DONE[did]) if (did := request.query_params.get("did", "")) in _DONE else ""
        return _form(day, opened, as_fields(opened.edition), told=told)

    async def submit(self, request: Request) -> Response:
        """Do what the form asks for; nothing is lost of what was written in it."""
        day = day_of(request)
        async with submitted(request) as form:
            asked = await Asked.of(form)
        if asked.action in {"add", "remove", "show"}:
            return await self._laid_out(day, asked)
        try:
            done = await with_app(self._opened, lambda app: carry_out(app, day, asked))
        except NewsletterError as error:
            if asked.is_quiet and isinstance(error, Overtaken):
                opened = await with_app(self._opened, lambda app: app.editor.open(day))
                return JSONResponse({"waits": _see_both(opened)}, status_code=_status(error))
            if asked.is_quiet:
                return _quietly(error)
            return await self._laid_out(day, asked, error)
        place = f"#{asked.target}" if asked.target else ""
        if request.headers.get("accept") != "application/json":
            return RedirectResponse(f"write?did={done.did}{place}", status_code=303)
        leads_to = "" if done.is_as_written else f"write?did={done.did}{place}"
        told = {"told": _(_DONE[done.did]), "seen": done.seen, "leadsTo": leads_to}
        return JSONResponse(told)

    async def _laid_out(
        self, day: date, asked: Asked, error: NewsletterError | None = None
    ) -> Response:
        """Return the form again with what was written in it."""
        opened = await with_app(self._opened, lambda app: app.editor.open(day))
        fields = tidied(asked.fields)
        if opened.is_frozen:
            fields = with_kept(fields, as_fields(opened.edition))
        if asked.action == "remove":
            fields = tidied(without(fields, asked.target))
        if asked.action == "add" and asked.target == "corrections":
            number = sum(name.startswith("corrections.") for name in fields)
            fields = fields | {f"corrections.{number}.date": f"{opened.today}"}
        return _form(
            day,
            opened,
            tidied(fields),
            seen=asked.seen,
            added=asked.target if asked.action == "add" and asked.target != "corrections" else "",
            error=error,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a form."""

    did: str  # a key of `_DONE`
    seen: str  # the fingerprint of what was saved
    is_as_written: bool  # the file holds what the form does


def carry_out(app: App, day: date, asked: Asked) -> Done:
    """Save the form, then swap a part where it asks for that; say which of the two was done."""
    editor = app.editor
    fields = dict(asked.fields)
    approval = app.assembler.approval(day)
    for table, upload in asked.uploads.items():
        refuse_without_words(fields, table)
        fields |= placed(editor.keep_picture(upload[1], name=upload[0]), table)
    seen = editor.save(day, fields, seen=asked.seen, put_aside=asked.puts_aside)
    if seen != asked.seen:
        editor.sign(day, shell.current().editor)
    if asked.action in {"next", "before"} and asked.target in set(Part):
        editor.swap(day, Part(asked.target), seen=seen, back=asked.action == "before")
        editor.sign(day, shell.current().editor)
        return Done(did="swapped", seen="", is_as_written=False)
    is_stopped = editor.is_stopped(day)
    is_undone = (
        approval is not None
        and not is_stopped
        and seen != asked.seen
        and not app.assembler.is_frozen(day)
    )
    did = "unapproved" if is_undone else "saved"
    return Done(did=did, seen=seen, is_as_written=not asked.uploads)


def refuse_without_words(fields: Mapping[str, str], table: str) -> None:
    """Refuse a picture without alternative text or credit. Raises `FieldsError`."""
    needed = {
        "alt": said("is needed for those who do not see it"),
        "credit": said("is needed: who took it"),
    }
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
        is_frozen=opened.is_frozen,
        approved="" if opened.is_stopped else _approved(opened),
        is_stopped=opened.is_stopped,
        draft=f"{opened.publication}/{day}",
        seen=opened.seen if seen is None or is_overtaken else seen,
        is_edited=opened.is_edited,
        is_unsaved=seen is not None,
        told=told,
        differences=differences(fields, as_fields(opened.edition)) if is_overtaken else (),
        is_overtaken=is_overtaken,
        overtaken_by=_who(opened),
        theirs=opened.saved.by if opened.saved else "",
    )


def _quietly(error: NewsletterError) -> Response:
    """Tell in a line why a form that is saved by itself is not."""
    if isinstance(error, FieldsError):
        named = labels(groups({}, faults=error.faults))
        first = error.faults[0]
        told = _(
            "Not saved yet: %(field)s.",
            field=f"{named.get(first.name, first.name)} {spoken(first.sentence)}",
        )
    else:
        told = what(error)
    return JSONResponse({"waits": told}, status_code=_status(error))


def _who(opened: Opened) -> str:
    """Say who changed the file, and when; nothing where nobody gave a name."""
    if opened.saved is None:
        return ""
    at = clock(opened.saved.at, opened.zone)
    return _("%(by)s changed this at %(at)s", by=opened.saved.by, at=at)


def _see_both(opened: Opened) -> str:
    """Tell somebody with words that are not saved that they come second."""
    if opened.saved is None:
        return _("Somebody else saved first. Save to see both.")
    at = clock(opened.saved.at, opened.zone)
    return _("%(by)s changed this at %(at)s. Save to see both.", by=opened.saved.by, at=at)


def _approved(opened: Opened) -> str:
    """Say who gave their word for the edition, and when."""
    approval = opened.approval
    if approval is None:
        return ""
    at = moment(approval.at, opened.zone)
    return _("%(by)s approved it at %(at)s.", by=approval.by, at=at)


def _page(day: date, *, error: NewsletterError | None, **values: Any) -> Response:
    """Return the page; what is not said of it is not so."""
    nothing: dict[str, Any] = {"groups": (), "faults": (), "labels": {}, "differences": ()}
    nothing |= {"seen": "", "told": "", "is_edited": True, "is_unsaved": False}
    nothing |= {
        "is_stopped": False,
        "is_frozen": False,
        "approved": "",
        "draft": str(day),
        "is_overtaken": False,
        "overtaken_by": "",
        "theirs": "",
    }
    shown = {**nothing, **values, "error": error, "is_quiet": isinstance(error, NothingToDo)}
    return page("write", status=_status(error), **header("write", day), **shown)


def _status(error: NewsletterError | None) -> int:
    if error is None or isinstance(error, NothingToDo):
        return 200
    return 409 if isinstance(error, Overtaken) else 422
