"""Bring in a list: put it here, see what would happen, answer what is asked, apply, take back."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core import private
from newsletter.core.errors import InputError, NewsletterError
from newsletter.subscribers import register
from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.importer import ImportRequest, Report
from newsletter.subscribers.imports.questions import Asked
from newsletter.subscribers.model import ImportRun
from newsletter.web.desk import bringing_in, readers
from newsletter.web.desk.header import room_header
from newsletter.web.desk.session import Opener, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import _

_MOST_WAITING = 6  # files that were put here and not brought in yet
_MOST_BYTES = 200_000_000
_BLOCK = 1024 * 1024
_SHOWN = 12  # imports of before


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that was put here, and what is known of it."""

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)  # column → what it is
    consent: str = ""
    tag: str = ""  # that everybody in it gets; several with commas between

    def request(self) -> ImportRequest:
        """Look at the file; raises what `importer.prepare` raises, `UsageError` for a bad tag."""
        tags = register.tags_of([self.tag]) if self.tag else ()
        return importer.prepare(self.path, mapping=self.mapping, consent=self.consent, tags=tags)


class Shelf:
    """Files that wait to be brought in: its owner's alone, and gone with the desk."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    @cached_property
    def _folder(self) -> Path:
        made = tempfile.mkdtemp(prefix="newsletter-lists-")
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return Path(made)

    def put(self, name: str) -> tuple[str, Path]:
        """Make room for a file of a name; return its key and where to write it."""
        while len(self._waiting) >= _MOST_WAITING:
            self.drop(next(iter(self._waiting)))
        key = secrets.token_urlsafe(9)
        path = self._folder / key / file_name(name)
        private.folder(path.parent)
        self._waiting[key] = Waiting(path=path)
        return key, path

    def find(self, key: str) -> Waiting:
        """Return a file by its key. Raises 404 when it waits no longer."""
        if key not in self._waiting:
            raise HTTPException(404, _("This list waits here no longer. Bring it in anew."))
        return self._waiting[key]

    def tell(self, key: str, waiting: Waiting) -> None:
        """Keep what was said of a file."""
        self._waiting[key] = waiting

    def drop(self, key: str) -> None:
        """Delete a file."""
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            shutil.rmtree(waiting.path.parent, ignore_errors=True)


def file_name(text: str) -> str:
    """Return the name of a file as it may stand in a folder; it may say who is in the list."""
    bare = text.replace("\\", "/").rpartition("/")[2]
    kept = "".join(one if one.isprintable() and one not in ':*?"<>|' else "_" for one in bare)
    return kept.strip(". ").encode()[-120:].decode(errors="ignore") or "list.csv"


class BringingIn:
    """Answers the pages about lists that are brought in."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened
        self._shelf = Shelf()

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below `readers/bring-in/`."""
        return [
            Route("/", self.begin, methods=["GET"]),
            Route("/", self.put, methods=["POST"]),
            Route("/undo", self.undo, methods=["POST"]),
            Route("/{key}", self.plan, methods=["GET"]),
            Route("/{key}", self.tell, methods=["POST"]),
            Route("/{key}/apply", self.apply, methods=["POST"]),
        ]

    async def begin(self, _request: Request) -> Response:
        """Return the page where a file is put."""
        return await self._first()

    async def put(self, request: Request) -> Response:
        """Take a file and lead to its plan."""
        try:
            async with submitted(request, most=_MOST_BYTES) as form:
                key = await self._kept(form)
        except InputError as error:
            return await self._first(error)
        return RedirectResponse(f"./{key}", status_code=303)

    async def _kept(self, form: FormData) -> str:
        given = form.get("file")
        if not isinstance(given, UploadFile) or not given.filename:
            raise InputError(_("No file was chosen."), hint=_("Choose a file that ends in .csv."))
        key, path = self._shelf.put(given.filename)
        with private.opened(path, "wb") as kept:
            while block := await given.read(_BLOCK):
                kept.write(block)
        return key

    async def plan(self, request: Request) -> Response:
        """Show what would happen; nothing is written."""
        return await self._planned(request.path_params["key"])

    async def tell(self, request: Request) -> Response:
        """Keep what columns mean, and plan anew."""
        key = request.path_params["key"]
        waiting = self._shelf.find(key)
        async with submitted(request) as form:
            texts = {name: text for name, text in form.items() if isinstance(text, str)}
        consent = " ".join(texts.get("consent", waiting.consent).split())
        mapping = bringing_in.answered(texts, waiting.mapping)
        tag = " ".join(texts.get("tag", waiting.tag).split())
        self._shelf.tell(key, replace(waiting, mapping=mapping, consent=consent, tag=tag))
        return RedirectResponse(f"./{key}", status_code=303)

    async def apply(self, request: Request) -> Response:
        """Bring the list in, as the plan said."""
        key = request.path_params["key"]
        waiting = self._shelf.find(key)

        def bring(app: App) -> Report:
            wish = waiting.request()
            return importer.run(app.subscribers, wish, now=app.clock.now())

        try:
            report = await with_app(self._opened, bring)
        except NewsletterError as error:
            return await self._planned(key, error)
        self._shelf.drop(key)
        done = report.import_id or ""
        return RedirectResponse(f"../../?done={done}", status_code=303)

    async def undo(self, request: Request) -> Response:
        """Take a list back that was brought in."""
        async with submitted(request) as form:
            number = readers.number_of(str(form.get("import", "")))

        def take_back(app: App) -> None:
            if number is None:
                raise InputError(_("There is no such list."))
            app.imports.undo(number, now=app.clock.now())

        try:
            await with_app(self._opened, take_back)
        except NewsletterError as error:
            return await self._first(error)
        return RedirectResponse("../?did=undone", status_code=303)

    async def _first(self, error: NewsletterError | None = None) -> Response:
        def read(app: App) -> list[dict[str, Any]]:
            return [_of_before(app, run) for run in app.imports.all()[:_SHOWN]]

        before = await with_app(self._opened, read)
        framed = room_header("readers", _("Bring in a list"), root="../..")
        status = 422 if error else 200
        return page("bring_in", status=status, **framed, before=before, error=error)

    async def _planned(self, key: str, error: NewsletterError | None = None) -> Response:
        waiting = self._shelf.find(key)
        values: dict[str, Any] = {"report": None, "doubts": (), "columns": (), "tags": ""}
        values["error"] = error

        def read(app: App) -> dict[str, Any]:
            wish = waiting.request()
            found = {"columns": bringing_in.columns(wish.columns), "of": wish.columns.export}
            found["tags"] = ", ".join(wish.tags)
            now = app.clock.now()
            with importer.planned(app.subscribers, wish, now=now) as plan:
                return found | _shown(plan.report)

        try:
            values |= await with_app(self._opened, read)
        except Asked as asked:
            values["doubts"] = bringing_in.doubts(asked)
        except NewsletterError as wrong:
            values["error"] = error or wrong
        name = waiting.path.name
        framed = room_header("readers", _("Bring in “%(file)s”?", file=name), root="../..")
        values |= {
            "consent": waiting.consent,
            "tag": waiting.tag,
            "key": key,
            "choices": bringing_in.choices(),
        }
        status = 422 if values["error"] else 200
        return page("bring_in_plan", status=status, **framed, **values)


def _shown(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "lines": bringing_in.lines(report),
        "button": bringing_in.button(report),
        "rejected": list(bringing_in.rejected(report)),
    }


def _of_before(app: App, run: ImportRun) -> dict[str, Any]:
    zone, today = app.settings.publication.zone, app.today()
    return {
        "id": run.id,
        "file": run.file,
        "at": readers.moment(run.at, today=today, zone=zone),
        "state": run.state,
        "new": run.counts.get("new", 0),
        "updated": run.counts.get("updated", 0),
    }
