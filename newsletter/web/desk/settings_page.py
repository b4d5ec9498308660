"""The page of settings: what is set, what would be another, and then writing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, NewsletterError
from newsletter.web.desk import palettes, settings_file, settings_form
from newsletter.web.desk.header import room_header
from newsletter.web.desk.session import Opener, with_app
from newsletter.web.desk.settings_form import APPROVALS, BLOCKS, DAYS, GROUPS, Change
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import _

Texts = Mapping[str, str]


class Arranging:
    """Answers the page of settings."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below `settings/`."""
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/", self.save, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show what is set."""
        return await self._shown({}, did=request.query_params.get("did", ""))

    async def save(self, request: Request) -> Response:
        """Show what would be another; with `_do` = save, write it."""
        try:
            async with submitted(request) as form:
                told, before = _told(form), _before(form)
                is_meant = form.get("_do") == "save"
        except NewsletterError as error:
            return await self._shown({}, error=error)

        def write(app: App) -> int:
            settings = app.settings
            now = settings_form.texts(settings)
            found = settings_form.changes(now, told)
            keys = {one.key: now[one.name] for one in settings_form.fields()}
            were = {key: before[".".join(key)] for key in keys if ".".join(key) in before}
            _refuse_fixed(settings, found)
            settings_file.write(settings, settings_form.values(found), before=were, as_text=keys)
            return len(found)

        if not is_meant:
            return await self._shown(told)
        try:
            count = await with_app(self._opened, write)
        except NewsletterError as error:
            return await self._shown(told, error=error)
        return RedirectResponse(f"./?did={'saved' if count else 'same'}", status_code=303)

    async def _shown(
        self, told: Texts, *, did: str = "", error: NewsletterError | None = None
    ) -> Response:
        def read(app: App) -> dict[str, Any]:
            return shown(app.settings, told, error)

        done = {"saved": _("Saved."), "same": _("Nothing was new, so nothing was written.")}
        values = await with_app(self._opened, read)
        framed = room_header("settings", _("Settings"))
        status = 422 if values["error"] else 200
        return page("settings", status=status, **framed, **values, told=done.get(did, ""))


def _refuse_fixed(settings: Settings, found: list[Change]) -> None:
    """Refuse what a variable of the environment fixes: the file would not count."""
    for one in found:
        variable = settings.written.overridden.get(one.field.key)
        if variable:
            raise ConfigError(
                _("“%(label)s” is fixed for this desk.", label=one.label),
                hint=_("The environment variable %(name)s says it.", name=variable),
            )


def shown(settings: Settings, told: Texts, error: NewsletterError | None) -> dict[str, Any]:
    """Return what the page shows: the form as it was filled in, and what is new in it."""
    now = settings_form.texts(settings)
    found: list[Change] = []
    try:
        found = settings_form.changes(now, told)
    except NewsletterError as refused:
        error = error or refused
    filled = {**now, **told}
    fields = settings_form.fields()
    chosen = filled.get("template.sections", "").split()
    return {
        "now": now,
        "filled": filled,
        "changes": found,
        "groups": [
            (name, _(label), [one for one in fields if one.group == name])
            for name, label in GROUPS.items()
        ],
        "days": [(name, _(label)) for name, label in DAYS.items()],
        "blocks": [(name, _(BLOCKS[name])) for name in dict.fromkeys((*chosen, *BLOCKS))],
        "approvals": [(name, _(label)) for name, label in APPROVALS.items()],
        "swatches": palettes.swatches(),
        "fixed": {".".join(key): name for key, name in settings.written.overridden.items()},
        "wrong": error.where.key if error else "",
        "error": error,
    }


def _told(form: FormData) -> dict[str, str]:
    texts = {name: text for name, text in form.items() if isinstance(text, str)}
    return settings_form.submitted(texts, lambda name: _ticked(form, name))


def _ticked(form: FormData, name: str) -> list[str]:
    """Return what was ticked, in the order of `NAME-order` where somebody moved something."""
    ticked = [text for text in form.getlist(name) if isinstance(text, str)]
    order = str(form.get(f"{name}-order", "")).split()
    return sorted(ticked, key=lambda one: order.index(one) if one in order else len(order))


def _before(form: FormData) -> dict[str, str]:
    """Return the texts that the form began with."""
    prefix = "was:"
    return {
        name.removeprefix(prefix): text
        for name, text in form.items()
        if name.startswith(prefix) and isinstance(text, str)
    }
