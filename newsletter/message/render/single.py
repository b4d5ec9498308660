"""Render a mail to one person from `templates/email/single/`: a few lines, in both parts.

`NAME.txt.j2` begins with the subject and an empty line; `NAME.html.j2` stands in a frame of the
mail's colours, with its style in it, since it is too small for MJML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from time import monotonic
from typing import Any

from markupsafe import escape

from newsletter.core.config.settings import Settings
from newsletter.message.render.files import TemplateFiles
from newsletter.message.render.language import direction
from newsletter.message.render.plain import clean, one_line

KIND = "email/single"
_HTML, _TEXT = ".html.j2", ".txt.j2"
_KEPT_FOR = 60.0  # seconds
_MARK = token_hex(8)  # stands for a value in what is kept; nobody can write one


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
        self._kept: dict[tuple[str, str], tuple[float, SingleText]] = {}

    def render(self, name: str, *, language: str, **values: Any) -> SingleText:
        """Fill both parts of a mail; what is put in is text. Raises `TemplateError`."""
        files = self._of(language)
        variables = self._shared(language) | values
        subject, _, text = files.render(name + _TEXT, variables).lstrip().partition("\n")
        html = files.render(name + _HTML, variables | {"subject": one_line(subject)})
        return SingleText(subject=one_line(subject), html=html, text=text.strip() + "\n")

    def filled(self, name: str, *, language: str, **values: str) -> SingleText:
        """Fill a mail whose templates only print their values, from a rendering that is kept.

        To render costs far more than to put values into what was rendered; it is done anew once a
        minute at most.
        """
        key, now = (name, language), monotonic()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] > _KEPT_FOR:
            marks = {one: f"mark{one}{_MARK}" for one in values}
            kept = (now, self.render(name, language=language, **marks))
            self._kept[key] = kept
        plain = {f"mark{one}{_MARK}": value for one, value in values.items()}
        escaped = {mark: str(escape(clean(value))) for mark, value in plain.items()}
        said = kept[1]
        return SingleText(
            subject=said.subject, html=_put(said.html, escaped), text=_put(said.text, plain)
        )

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


def _put(text: str, values: Mapping[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text
