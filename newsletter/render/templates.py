"""The templates of an edition: where they lie, what they may include, what their errors say.

Templates lie in `email/` of each template folder: `NAME.mjml.j2`, `NAME.txt.j2`, `base.css`,
`client.css`, and `partials/`. The first folder that has a file wins, so a publication replaces
one partial and keeps the rest.
"""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2
from markupsafe import Markup

from newsletter.errors import ConfigError, TemplateError
from newsletter.render.plain import attribute, clean

_HTML, _TEXT = ".mjml.j2", ".txt.j2"
_BASE_CSS, _CLIENT_CSS = "base.css", "client.css"
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
# What a template's own expressions can raise, besides Jinja's errors.
_FAULTS = (
    jinja2.TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
)


class Template:
    """One template by its name: an MJML part, a text part and two style sheets."""

    def __init__(self, name: str, folders: Sequence[Path]) -> None:
        """Find the template in the first of `folders` that has it.

        Raises `ConfigError` that lists the valid names, `TemplateError` where a part is missing.
        """
        self._places = [folder / "email" for folder in folders]
        self._html, self._text = name + _HTML, name + _TEXT
        if not self._has(self._html):
            raise _unknown(name, available(folders))
        for part in (self._text, _BASE_CSS, _CLIENT_CSS):
            if not self._has(part):
                raise TemplateError(
                    f"The template “{name}” has no {part}.",
                    hint=f"Put it beside {self._html}.",
                )
        self._environment = _environment(tuple(self._places), frozenset({self._html, self._text}))

    def mjml(self, variables: Mapping[str, Any]) -> str:
        """Render the MJML part. Raises `TemplateError` with file, line and sentence."""
        css = Markup(self._style(_CLIENT_CSS))  # noqa: S704  # a file of the template itself
        return self._render(self._html, {**variables, "client_css": css})

    def text(self, variables: Mapping[str, Any]) -> str:
        """Render the text part, unwrapped. Raises `TemplateError` with file, line and sentence."""
        return self._render(self._text, variables)

    @property
    def base_css(self) -> str:
        """Give the rules that are put into the elements' style attributes."""
        return self._style(_BASE_CSS)

    def _has(self, name: str) -> bool:
        return any((place / name).is_file() for place in self._places)

    def _style(self, name: str) -> str:
        file = next(place / name for place in self._places if (place / name).is_file())
        try:
            return _COMMENT.sub("", file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(f"{file} cannot be read: {error}.") from error

    def _render(self, name: str, variables: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(variables)
        except _FAULTS as error:
            raise self._explained(error, name) from error

    def _explained(self, error: Exception, name: str) -> TemplateError:
        file, line = self._where(error)
        place = f"{file}, line {line}" if file else name
        sentence = str(error).strip().rstrip(".") or type(error).__name__
        return TemplateError(f"{place}: {sentence}.", hint=_hint(error))

    def _where(self, error: Exception) -> tuple[str | None, int]:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return error.filename or error.name, error.lineno
        return _last_frame(error.__traceback__, self._places)


def available(folders: Sequence[Path]) -> list[str]:
    """List the names of all templates in the folders, sorted."""
    files = [file for folder in folders for file in (folder / "email").glob(f"*{_HTML}")]
    return sorted({file.name.removesuffix(_HTML) for file in files})


class _Loader(jinja2.FileSystemLoader):
    """Serves the template itself and partials, nothing else."""

    def __init__(self, places: Sequence[Path], *, roots: frozenset[str]) -> None:
        super().__init__(places)
        self._places = places
        self._roots = roots

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._roots and not template.startswith("partials/"):
            raise jinja2.TemplateNotFound(
                template, f"“{template}” is not in partials/, and only partials may be included"
            )
        try:
            source, file, unchanged = super().get_source(environment, template)
        except jinja2.TemplateNotFound:
            raise jinja2.TemplateNotFound(template, f"there is no “{template}”") from None
        return source, file, lambda: unchanged() and self._first(template) == Path(file)

    def _first(self, template: str) -> Path | None:
        """Find the file again: a publication may have put its own in front meanwhile."""
        return next((p / template for p in self._places if (p / template).is_file()), None)


@lru_cache(maxsize=8)  # compiling is most of the work; Jinja2 looks whether a file has changed
def _environment(places: tuple[Path, ...], roots: frozenset[str]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=_Loader(places, roots=roots),
        autoescape=jinja2.select_autoescape(enabled_extensions=(_HTML[1:],), default=False),
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["attribute"] = attribute
    return environment


def _printable(value: Any) -> Any:
    """Let through what may be printed: no control characters, and never the word None."""
    if value is None:
        raise jinja2.TemplateRuntimeError("this prints nothing: the value is None")
    if isinstance(value, Markup):
        return Markup(clean(value))  # noqa: S704  # it was markup before
    return clean(value) if isinstance(value, str) else value


def _last_frame(trace: TracebackType | None, places: Sequence[Path]) -> tuple[str | None, int]:
    inside = [
        (frame.filename, frame.lineno or 1)
        for frame in traceback.extract_tb(trace)
        if any(Path(frame.filename).is_relative_to(place) for place in places)
    ]
    return inside[-1] if inside else (None, 1)


def _hint(error: Exception) -> str:
    if isinstance(error, jinja2.UndefinedError):
        return (
            "docs/templates.md lists the variables; ask `{% if … %}` where a part may be missing."
        )
    if isinstance(error, jinja2.TemplateRuntimeError):
        return "Put it into `{% if … %}`, or give the reader's field a fallback."
    return "Correct the template; docs/templates.md has the rules."


def _unknown(name: str, valid: Sequence[str]) -> ConfigError:
    close = difflib.get_close_matches(name, valid, n=1)
    return ConfigError(
        f"There is no template called “{name}”.",
        hint=(f"Did you mean “{close[0]}”? " if close else "") + f"Valid: {', '.join(valid)}.",
    )
