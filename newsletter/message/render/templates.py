"""The templates of a mail, in `email/`: `NAME.mjml.j2`, `NAME.txt.j2`, `base.css`, `client.css`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from newsletter.core.errors import ConfigError, TemplateError, Where
from newsletter.message.render.files import TemplateFiles
from newsletter.message.render.mjml import Fault
from newsletter.message.render.origin import Marked, origin

DIGEST = "weekly"  # the template of the digest of the week; no edition is made with it
_KIND = "email"
_HTML, _TEXT = ".mjml.j2", ".txt.j2"
_BASE_CSS, _CLIENT_CSS = "base.css", "client.css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VARIABLE = re.compile(r"var\(\s*--([^)\s]*)\s*\)")
_LOGICAL = re.compile(r"\b(border|margin|padding)-inline-(start|end)\b")
_ALIGNED = re.compile(r"\btext-align:\s*(start|end)\b")


class Template:
    """One template by its name: an MJML part, a text part and two style sheets."""

    def __init__(self, name: str, folders: Sequence[Path], *, language: str) -> None:
        """Find the template in the first of `folders` that has it.

        Raises `ConfigError` that lists the valid names, `TemplateError` where a part is missing.
        """
        self._html, self._text = name + _HTML, name + _TEXT
        roots = frozenset({self._html, self._text})
        self._files = TemplateFiles(_KIND, folders, roots=roots, language=language)
        if not self._files.has(self._html):
            raise _unknown(name, available(folders))
        for part in (self._text, _BASE_CSS, _CLIENT_CSS):
            if not self._files.has(part):
                raise TemplateError(
                    f"The template “{name}” has no {part}.",
                    hint=f"Put it beside {self._html}.",
                )

    def mjml(self, variables: Mapping[str, Any]) -> str:
        """Render the MJML part. Raises `TemplateError` with file, line and sentence."""
        return self._mjml(variables, marked=False)

    def text(self, variables: Mapping[str, Any]) -> str:
        """Render the text part, unwrapped. Raises `TemplateError` with file, line and sentence."""
        return self._files.render(self._text, variables)

    def base_css(self, variables: Mapping[str, Any]) -> str:
        """Return the rules that are put into the elements' style attributes."""
        return self._style(_BASE_CSS, variables)

    def marked(self, variables: Mapping[str, Any]) -> Marked:
        """Render the MJML part so that the file and the line of each piece are known."""
        return Marked(self._mjml(variables, marked=True))

    def error(self, fault: Fault, mjml: str, variables: Mapping[str, Any]) -> TemplateError:
        """Tell a fault of the rendered MJML with the file and line of the template it is from."""
        return origin(fault, mjml, marked=self.marked(variables))

    def _mjml(self, variables: Mapping[str, Any], *, marked: bool) -> str:
        css = Markup(self._style(_CLIENT_CSS, variables))  # noqa: S704  # the template's own file
        return self._files.render(self._html, {**variables, "client_css": css}, marked=marked)

    def _style(self, name: str, variables: Mapping[str, Any]) -> str:
        file, css = self._files.read(name)
        values = {key: variables[key] for key in ("tokens", "start", "end")}
        return written_out(css, file=file, **values)


def available(folders: Sequence[Path]) -> list[str]:
    """List the names of all templates for editions in the folders, sorted."""
    files = [file for folder in folders for file in (folder / _KIND).glob(f"*{_HTML}")]
    return sorted({file.name.removesuffix(_HTML) for file in files} - {DIGEST})


def _unknown(name: str, valid: Sequence[str]) -> ConfigError:
    close = difflib.get_close_matches(name, valid, n=1)
    return ConfigError(
        f"There is no template called “{name}”.",
        hint=(f"Did you mean “{close[0]}”? " if close else "") + f"Valid: {', '.join(valid)}.",
    )


def written_out(css: str, *, file: Path, tokens: Mapping[str, str], start: str, end: str) -> str:
    """Return the rules of a style sheet as mail programs understand them.

    They know neither custom properties nor logical ones, so `var(--light-paper)` becomes a colour,
    `border-inline-start` the left or the right border, and `text-align: end` the other side;
    comments are left out.

    `tokens` has a value for each name a `var()` may have; `start` and `end` are `left` and
    `right`, or the other way round. Raises `TemplateError` for another name, with file and line.
    """
    lines = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), css)

    def token(match: re.Match[str]) -> str:
        if match[1] in tokens:
            return tokens[match[1]]
        line = lines.count("\n", 0, match.start()) + 1
        raise TemplateError(
            f"there is no colour or font --{match[1]}.",
            hint=f"Valid: {', '.join(f'--{name}' for name in tokens)}.",
            where=Where(file=str(file), line=line),
        )

    sides = {"start": start, "end": end}
    physical = _LOGICAL.sub(lambda match: f"{match[1]}-{sides[match[2]]}", lines)
    physical = _ALIGNED.sub(lambda match: f"text-align: {sides[match[1]]}", physical)
    return _VARIABLE.sub(token, physical).strip()
