"""The desk's pages: plain templates, filled with what a view model says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

FOLDER = Path(__file__).parent / "pages"


def page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill one of the page templates; what is put in is text, never markup."""
    return HTMLResponse(text(name, **values), status_code=status)


def text(name: str, **values: Any) -> str:
    """Fill one of the page templates, and return its text."""
    return _environment().get_template(f"{name}.html.j2").render(values)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
