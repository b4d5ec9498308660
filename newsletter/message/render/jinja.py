"""Jinja2 as all templates have it: strict, escaped, translated, partials only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from newsletter.message.render.citation import cite
from newsletter.message.render.plain import attribute, clean

_ESCAPED = ("mjml.j2", "html.j2")
_PARTIALS = "partials/"
# What is printed as it is; an undefined name raises its own error when it is printed.
_PLAIN = (int, float, date, time, jinja2.Undefined)
# Private characters around a template's path and line; no text of an edition gets into templates.
MARK = "\ue000{file}\ue001{line}\ue002"


class _Loader(jinja2.FileSystemLoader):
    """Serves the template itself and partials, nothing else."""

    def __init__(self, places: Sequence[Path], *, roots: frozenset[str]) -> None:
        super().__init__(places)
        self._places = places
        self._roots = roots

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._roots and not template.startswith(_PARTIALS):
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


class _Marking(Extension):
    """Writes the place each line of the output comes from in front of it."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            yield self._marked(token, stream.filename) if token.type == "data" else token

    def _marked(self, token: Token, file: str | None) -> Token:
        lines = token.value.split("\n")
        marked = (
            MARK.format(file=file, line=number) + line
            for number, line in enumerate(lines, start=token.lineno)
        )
        return Token(token.lineno, token.type, "\n".join(marked))


# One for each language. Compiling is most of the work; Jinja2 looks whether a file has changed.
@lru_cache(maxsize=64)
def environment(
    places: tuple[Path, ...],
    roots: frozenset[str],
    words: NullTranslations,
    *,
    marked: bool = False,
) -> jinja2.Environment:
    """Make the environment of the templates `roots` and their partials.

    `places` are searched in order; `words` translates `_()`. With `marked`, the output says where
    each piece of it comes from.
    """
    made = jinja2.Environment(
        loader=_Loader(places, roots=roots),
        extensions=["jinja2.ext.i18n", *([_Marking] if marked else [])],
        autoescape=jinja2.select_autoescape(enabled_extensions=_ESCAPED, default=False),
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["attribute"] = attribute
    made.filters["cite"] = cite
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]  # of i18n
    return made


def _printable(value: Any) -> Any:
    """Let through what may be printed: no control characters, and nothing as Python writes it."""
    if value is None:
        raise jinja2.TemplateRuntimeError("this prints nothing: the value is None")
    if isinstance(value, Markup):
        return Markup(clean(value))  # noqa: S704  # it was markup before
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or not isinstance(value, _PLAIN):
        raise jinja2.TemplateRuntimeError(_unprintable(value))
    return value


def _unprintable(value: Any) -> str:
    """Say what to print instead of a value that would come out as Python writes it."""
    if isinstance(value, bool):
        return "this prints a yes or no; ask for it with {% if … %}"
    if callable(value):
        return "this prints a function and not what it returns; call it: name(…)"
    if isinstance(value, Mapping):
        return "this prints a whole table; print one of its entries"
    if isinstance(value, Iterable):
        return "this prints a whole list; go through it with {% for one in … %} and print each"
    return f"this prints a whole {type(value).__name__.lower()}; print one of its fields"
