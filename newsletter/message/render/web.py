"""Render an edition as a page for the web: the mail's family, without anybody's merge fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from markupsafe import Markup

from newsletter.core.config.settings import Settings
from newsletter.core.model import Edition
from newsletter.message.render.files import TemplateFiles
from newsletter.message.render.variables import html_paragraphs, shared

_PAGE, _STYLE = "edition.html.j2", "style.css"


def render_web(edition: Edition, settings: Settings, *, folders: Sequence[Path]) -> str:
    """Return the page's HTML; the same edition, settings and templates give the same text.

    It needs no other file. `folders` are template folders, the publication's own first. Raises
    `TemplateError` with file and line.
    """
    language = settings.publication.language
    files = TemplateFiles("web", folders, roots=frozenset({_PAGE}), language=language)
    css = Markup(files.read(_STYLE)[1])  # noqa: S704  # the template's own file
    variables = shared(edition, settings)
    paragraphs = partial(html_paragraphs, runs=variables["direction"])
    variables |= {"paragraphs": paragraphs, "css": css}
    return files.render(_PAGE, variables).strip() + "\n"
