"""Render an edition into its message, once, for everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter import merge
from newsletter.config import Settings
from newsletter.model import Edition, Message
from newsletter.render.engine import to_html
from newsletter.render.guard import first_fault
from newsletter.render.inline import inline
from newsletter.render.lines import wrap_html
from newsletter.render.plain import wrap
from newsletter.render.templates import Template
from newsletter.render.variables import Fields, html_paragraphs, shared, text_paragraphs


@dataclass(frozen=True, slots=True)
class Rendered:
    """The message, and the MJML it was made from (with placeholders), for the editor's eyes."""

    message: Message
    mjml: str


def render(edition: Edition, settings: Settings, *, folders: Sequence[Path]) -> Rendered:
    """Give the sealed message; the same edition, settings and templates give the same bytes.

    `folders` are template folders, the publication's own first. Raises `TemplateError` with file
    and line, `ConfigError` where the template's name or the language is unknown.
    """
    template = Template(settings.template.name, folders, language=settings.publication.language)
    fields = Fields(edition)
    variables = shared(edition, settings)
    mjml_variables = {
        **variables,
        "paragraphs": html_paragraphs,
        "merge": fields.asker(escaped=True),
    }
    mjml = template.mjml(mjml_variables)
    fault = first_fault(mjml)
    if fault:
        raise template.error(fault, mjml, mjml_variables)
    text = template.text(
        {**variables, "paragraphs": text_paragraphs, "merge": fields.asker(escaped=False)}
    )
    message = Message(
        subject=variables["subject"],
        preheader=variables["preheader"],
        html=wrap_html(inline(to_html(mjml), template.base_css(variables))),
        text=wrap(text),
    )
    return Rendered(merge.seal(message, fields.fallbacks, salt=fields.salt), mjml)
