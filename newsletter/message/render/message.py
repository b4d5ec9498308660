"""Render an edition into its message, once, for everyone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from newsletter.core.config.settings import Settings
from newsletter.core.model import Edition, Message
from newsletter.message import merge
from newsletter.message.render.lines import wrap_html
from newsletter.message.render.mjml import first_fault, to_html
from newsletter.message.render.plain import wrap
from newsletter.message.render.templates import Template
from newsletter.message.render.tracing import Traced, labelled
from newsletter.message.render.variables import (
    Fields,
    html_paragraphs,
    shared,
    text_paragraphs,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The message, and the MJML it was made from (with placeholders), for the editor's eyes."""

    message: Message
    mjml: str


Inline = Callable[[str, str], str]  # HTML and the base style sheet → the HTML with its rules


def here(html: str, base_css: str) -> str:
    """Inline in this process; see `inline.inline`."""
    from newsletter.message.render.inline import inline

    return inline(html, base_css)


def render(
    edition: Edition,
    settings: Settings,
    *,
    folders: Sequence[Path],
    inline: Inline = here,
    has_text: bool = True,
) -> Rendered:
    """Return the sealed message; the same edition, settings and templates give the same bytes.

    `folders` are template folders, the publication's own first. Without `has_text` the text part
    stays empty, for who looks at the HTML alone. Raises `TemplateError` with file and line,
    `ConfigError` where the template's name or the language is unknown.
    """
    template = _template(settings, folders)
    fields = Fields(edition)
    variables = shared(edition, settings)
    mjml_variables = _for_mjml(variables, fields)
    mjml = template.mjml(mjml_variables)
    fault = first_fault(mjml)
    if fault:
        raise template.error(fault, mjml, mjml_variables)
    plain = {**variables, "paragraphs": text_paragraphs, "merge": fields.asker(escaped=False)}
    text = wrap(template.text(plain)) if has_text else ""
    message = Message(
        subject=variables["subject"],
        preheader=variables["preheader"],
        html=wrap_html(inline(to_html(mjml), template.base_css(variables))),
        text=text,
    )
    return Rendered(merge.seal(message, fields.fallbacks, salt=fields.salt), mjml)


def trace(edition: Edition, settings: Settings, *, folders: Sequence[Path]) -> Traced:
    """Render once more, so that each element of the HTML tells the line it was written in.

    The elements are those of `render`; addresses and words are the same, style attributes are not.
    """
    variables = _for_mjml(shared(edition, settings), Fields(edition))
    mjml, places = labelled(_template(settings, folders).marked(variables))
    return Traced(to_html(mjml), places)


def _template(settings: Settings, folders: Sequence[Path]) -> Template:
    return Template(settings.template.name, folders, language=settings.publication.language)


def _for_mjml(variables: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    merged = fields.asker(escaped=True)
    paragraphs = partial(html_paragraphs, runs=variables["direction"])
    return {**variables, "paragraphs": paragraphs, "merge": merged}
