"""Render a mail to one person from `templates/email/single/`: a few lines, in both parts.

`NAME.txt.j2` begins with the subject and an empty line; `NAME.html.j2` stands in a frame of the
mail's colours, with its style in it, since it is too small for MJML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.core.config.settings import Settings
from newsletter.message.render.files import TemplateFiles
from newsletter.message.render.language import direction
from newsletter.message.render.plain import one_line

KIND = "email/single"
_HTML, _TEXT = ".html.j2", ".txt.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleText:
    """What a mail to one person says."""

    subject: str
    html: str
    text: str


class SingleTemplates:
    """The templates of single mails, in every language that is asked for."""

    def __init__(self, settings: Settings, folders: Sequence[Path]) -> None:
        self._settings = settings
        self._folders = tuple(folders)
        self._roots = frozenset(
            file.name for folder in folders for file in (folder / KIND).glob("*.j2")
        )
        self._files: dict[str, TemplateFiles] = {}

    def render(self, name: str, *, language: str, **values: Any) -> SingleText:
        """Fill both parts of a mail; what is put in is text. Raises `TemplateError`."""
        files = self._of(language)
        variables = self._shared(language) | values
        subject, _, text = files.render(name + _TEXT, variables).lstrip().partition("\n")
        html = files.render(name + _HTML, variables | {"subject": one_line(subject)})
        return SingleText(subject=one_line(subject), html=html, text=text.strip() + "\n")

    def _of(self, language: str) -> TemplateFiles:
        if language not in self._files:
            self._files[language] = TemplateFiles(
                KIND, self._folders, roots=self._roots, language=language
            )
        return self._files[language]

    def _shared(self, language: str) -> dict[str, Any]:
        publication, template = self._settings.publication, self._settings.template
        runs = direction(language)
        return {
            "publication": publication,
            "nameplate": template.nameplate or publication.name,
            "language": language,
            "direction": runs,
            "start": "left" if runs == "ltr" else "right",
            "light": template.light.model_dump(),
            "dark": template.dark.model_dump(),
        }
