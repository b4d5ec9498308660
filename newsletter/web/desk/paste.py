"""Paste a page: see what every line is read as, say what it is, then use it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.content.pasted import Page, Saying
from newsletter.content.pasted.model import PERHAPS
from newsletter.content.pasted.sayings import (
    LEARNABLE,
    Meant,
    What,
    as_written,
    meant,
    sayings_of,
)
from newsletter.content.web.copied import cleaned, read_copied
from newsletter.core.errors import InputError, NewsletterError, SourceError
from newsletter.web.desk.error_words import spoken
from newsletter.web.desk.header import header
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page
from newsletter.web.desk.words import N_, _, counted

WORDS: Mapping[What, str] = {
    What.HEADLINE: N_("Headline"),
    What.TEXT: N_("Text"),
    What.SUBHEADING: N_("Subheading"),
    What.LIST: N_("List"),
    What.BYLINE: N_("By whom"),
    What.CAPTION: N_("Caption"),
    What.CREDIT: N_("Picture credit"),
    What.FACT: N_("Fact"),
    What.QUOTE: N_("Quote"),
    What.WORD: N_("Word"),
    What.STORY: N_("New story"),
    What.OUT: N_("Left out"),
    What.SENTENCE: N_("In a sentence"),
    What.INTRO: N_("Greeting"),
    What.OTHER: N_("Feature"),
}
LETTERS: Mapping[What, str] = {
    What.HEADLINE: "h",
    What.TEXT: "t",
    What.SUBHEADING: "s",
    What.LIST: "l",
    What.BYLINE: "b",
    What.CAPTION: "c",
    What.CREDIT: "p",
    What.FACT: "f",
    What.QUOTE: "q",
    What.WORD: "w",
    What.STORY: "n",
    What.OUT: "x",
}
"""What can be said of a line, by the letter that says it; in every language the same."""
_FIRST = 4  # lines of a folded group that are named, and
_LONGEST = 40  # as many of their letters


class Pasting:
    """Answers the paste page."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        return [
            Route("/paste", self.empty, methods=["GET"]),
            Route("/paste", self.submit, methods=["POST"]),
        ]

    async def empty(self, request: Request) -> Response:
        """Return the page with room for a text."""
        return _page(day_of(request), text="")

    async def submit(self, request: Request) -> Response:
        """Read the text as it is said to be, or keep it and lead to the form."""
        day = day_of(request)
        try:
            async with submitted(request) as form:
                texts = {name: text for name, text in form.items() if isinstance(text, str)}
        except InputError as error:
            return _page(day, text="", error=error)
        sayings, is_kept = sayings_of(texts.get("said", "")), texts.get("_do") == "keep"
        pasted = await asyncio.to_thread(_taken, texts)
        if not is_kept:
            return await self._shown(day, pasted, sayings)

        def keep(app: App) -> None:
            app.editor.keep_page(
                day,
                pasted.text,
                markup=pasted.markup,
                fresh="_fresh" in texts,
                sayings=sayings,
            )

        try:
            await with_app(self._opened, keep)
        except NewsletterError as error:
            return await self._shown(day, pasted, sayings, error)
        return RedirectResponse("write?did=kept", status_code=303)

    async def _shown(
        self,
        day: date,
        pasted: Pasted,
        sayings: Sequence[Saying],
        error: NewsletterError | None = None,
    ) -> Response:
        """Show the text line by line, where it can be read at all, and what went wrong."""

        def read(app: App) -> tuple[Page, Page, bool]:
            reading = partial(app.editor.read_page, pasted.text, markup=pasted.markup)
            before = reading().page
            after = reading(sayings=sayings).page if sayings else before
            return before, after, app.files.is_edited(day)

        try:
            before, after, is_edited = await with_app(self._opened, read)
        except NewsletterError as unreadable:
            return _page(day, text=pasted.text, error=error or unreadable)
        values = shown(before, after, sayings) | {"is_edited": is_edited}
        values |= {"markup": pasted.markup, "pictures": pasted.pictures}
        return _page(day, text=pasted.text, error=error, said=as_written(sayings), **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What was pasted: the lines, and the markup they came from, if it tells them."""

    text: str
    markup: str = ""
    pictures: str = ""


def _taken(texts: Mapping[str, str]) -> Pasted:
    """Take the lines from the markup where it has just been pasted and has a story.

    Later it counts for as long as nobody wrote into the lines.
    """
    text = texts.get("text", "")
    try:
        markup = cleaned(texts.get("markup", ""))
    except SourceError:  # the text counts
        return Pasted(text=text)
    copied = read_copied(markup) if markup else None
    if copied is None or (texts.get("_do") != "paste" and not copied.is_of(text)):
        return Pasted(text=text)
    pictures = ""
    if copied.pictures:
        pictures = counted(
            "%(count)s on the page, not taken", "%(count)s on the page, none taken", copied.pictures
        )
    return Pasted(text=copied.text, markup=markup, pictures=pictures)


def shown(before: Page, after: Page, sayings: Sequence[Saying]) -> dict[str, Any]:
    """Return what the page shows of a text: its lines, what it becomes, what is remembered.

    `before` is the page as it was read, `after` as it is with what was said.
    """
    lines = meant(before, sayings)
    kept = sum(not one.reason for one in lines)
    return {
        "groups": groups(lines),
        "read": counted("%(count)s line:", "%(count)s lines:", len(lines)),
        "counts": _("%(kept)s used, %(out)s left out.", kept=kept, out=len(lines) - kept),
        "has_story": bool(after.headline and after.stories),
        "becomes": becomes(after),
        "doubts": [(number, lines[number - 1].text) for number in after.doubtful],
        "remembered": [
            (one.number, lines[one.number - 1].text, _(WORDS[one.what]))
            for one in sayings
            if one.from_now_on and one.what in LEARNABLE and one.number <= len(lines)
        ],
    }


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that follow each other, all used or all left out."""

    is_out: bool
    title: str
    lines: tuple[dict[str, Any], ...]


def groups(lines: Sequence[Meant]) -> list[Group]:
    """Fold what is left out; what nobody knows the place of, or doubts, stays in sight."""

    def is_out(one: Meant) -> bool:
        is_in_sight = one.is_odd or one.is_said or one.reason == PERHAPS
        return bool(one.reason) and not is_in_sight

    return [_group(out, tuple(found)) for out, found in groupby(lines, key=is_out)]


def _group(is_out: bool, lines: tuple[Meant, ...]) -> Group:  # noqa: FBT001 - of groupby
    named = ", ".join(_beginning(one.text) for one in lines[:_FIRST])
    title = counted("%(count)s line left out", "%(count)s lines left out", len(lines))
    more = " …" if len(lines) > _FIRST else ""
    return Group(
        is_out=is_out,
        title=f"{title} · {named}{more}" if is_out else "",
        lines=tuple(map(_line, lines)),
    )


def _beginning(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"


def _line(one: Meant) -> dict[str, Any]:
    label = _("No place found") if one.is_odd else _(WORDS[one.what])
    return {
        "number": one.number,
        "text": one.text,
        "what": str(one.what),
        "label": label,
        "reason": spoken(one.reason),
        "is_odd": one.is_odd,
    }


def becomes(after: Page) -> list[tuple[str, str, bool]]:
    """Say what an edition gets of a page: a name, what there is, and whether it is missing."""
    words = sum(len(text.split()) for story in after.stories for text in story.paragraphs)
    features = after.features
    there = [
        name
        for name, one in (
            (_("fact"), features.fact),
            (_("quote"), features.quote),
            (_("word"), features.word),
        )
        if one is not None
    ]
    return [
        (_("Stories"), f"{len(after.stories):,}", not after.stories),
        (_("Words"), f"{words:,}", not words),
        (_("From the page"), ", ".join(there) or _("no fact, quote or word"), False),
        (_("Picture credit"), after.image_credit or _("none"), False),
    ]


def choices() -> list[tuple[str, str, str, bool]]:
    """Return what can be said: value, word, letter, and whether it can be learned."""
    return [
        (str(what), _(WORDS[what]), letter, what in LEARNABLE) for what, letter in LETTERS.items()
    ]


def _page(day: date, *, text: str, error: NewsletterError | None = None, **values: Any) -> Response:
    given: dict[str, Any] = {
        "text": text,
        "said": "",
        "markup": "",
        "groups": (),
        "is_edited": False,
        "error": error,
        "choices": choices(),
        **values,
    }
    return page("paste", status=422 if error else 200, **header("paste", day), **given)
