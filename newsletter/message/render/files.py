"""The template files of one kind: where they lie, and what their errors say.

They lie in a folder of their kind (`email/`, `web/`) of each template folder. The first folder that
has a file wins, so a publication replaces one partial and keeps the rest.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2

from newsletter.core.errors import TemplateError, Where
from newsletter.message.render.jinja import environment
from newsletter.message.render.language import words

# Jinja2's words for a section without a block.
_NO_BLOCK = re.compile(r"'jinja2\.runtime\.TemplateReference object' has no attribute '(\w+)'")
# What a template's own expressions can raise, besides Jinja's errors.
_FAULTS = (
    jinja2.TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
)


class TemplateFiles:
    """The files of one kind, across the template folders."""

    def __init__(
        self, kind: str, folders: Sequence[Path], *, roots: frozenset[str], language: str
    ) -> None:
        """Look in `kind` of each of `folders`; only `roots` and partials are ever rendered."""
        self._places = tuple(folder / kind for folder in folders)
        self._roots = roots
        self._words = words(language, folders)

    def has(self, name: str) -> bool:
        """Say whether any folder has the file."""
        return any((place / name).is_file() for place in self._places)

    def render(self, name: str, variables: Mapping[str, Any], *, marked: bool = False) -> str:
        """Fill a template. Raises `TemplateError` with file, line and sentence."""
        # What is compiled is shared by publications that have no folder of their own.
        places = tuple(place for place in self._places if place.is_dir())
        jinja = environment(places, self._roots, self._words, marked=marked)
        try:
            return jinja.get_template(name).render(variables)
        except _FAULTS as error:
            raise self._explained(error, name) from error

    def read(self, name: str) -> tuple[Path, str]:
        """Return the path and the text of a file that is no template."""
        file = next(place / name for place in self._places if (place / name).is_file())
        try:
            return file, file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            where = Where(file=str(file), leads=False)
            raise TemplateError(f"{file} cannot be read: {error}.", where=where) from error

    def _explained(self, error: Exception, name: str) -> TemplateError:
        sentence = str(error).strip().rstrip(".") or type(error).__name__
        sentence = _NO_BLOCK.sub(r"the template has no block “\1”", sentence)
        where = self._where(error) or Where(file=name)
        return TemplateError(f"{sentence}.", hint=_hint(error), where=where)

    def _where(self, error: Exception) -> Where | None:
        if isinstance(error, jinja2.TemplateSyntaxError):
            file = error.filename or error.name
            return Where(file=file, line=error.lineno) if file else None
        return _last_frame(error.__traceback__, self._places)


def _last_frame(trace: TracebackType | None, places: Sequence[Path]) -> Where | None:
    inside = [
        Where(file=frame.filename, line=frame.lineno or 1)
        for frame in traceback.extract_tb(trace)
        if any(Path(frame.filename).is_relative_to(place) for place in places)
    ]
    return inside[-1] if inside else None


def _hint(error: Exception) -> str:
    if isinstance(error, jinja2.UndefinedError):
        return (
            "`newsletter help templates` lists the variables; ask `{% if … %}` where a part may be "
            "missing."
        )
    if isinstance(error, jinja2.TemplateRuntimeError):
        return "Put it into `{% if … %}`, or give the reader's field a fallback."
    return "Correct the template; `newsletter help templates` has the rules."
