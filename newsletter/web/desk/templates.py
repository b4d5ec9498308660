"""The desk's pages: plain templates, filled with what a view model says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from newsletter.web.desk import languages, shell, words
from newsletter.web.desk.error_words import hint, spoken, what
from newsletter.web.desk.header import ROOMS

FOLDER = Path(__file__).parent / "pages"


def page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill one of the page templates; what is put in is text, never markup."""
    return HTMLResponse(text(name, **values), status_code=status)


def text(name: str, **values: Any) -> str:
    """Fill one of the page templates, and return its text."""
    frame = shell.current()
    spoken = languages.of_scripts(frame.language)
    framed = {"shell": frame, "rooms": ROOMS, "words": spoken, **values}
    return _environment().get_template(f"{name}.html.j2").render(framed)


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.filters.update(spoken=spoken, what=what, hint=hint)
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    return made
