"""Gracious Quotes, asked who really said something: on an editor's request, never by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.validity import QUOTE_LENGTH
from newsletter.content.web import answers
from newsletter.content.web.links import link, segment
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.sentences import said

_SERVICE = "Gracious Quotes"
_API = "https://graciousquotes.com/wp-json/gq/v1/check"
_HOME = "https://graciousquotes.com/"
_KINDS = {
    "exact": "the very words",
    "close": "nearly the same words",
    "part": "a part of a longer quote",
    "possible": "perhaps the same quote",
    "short": "too few words to tell",
    "none": "nothing is known of it",
}
_STATUSES = {
    "verified": "verified",
    "plausible": "plausible",
    "disputed": "disputed",
    "misattributed": "misattributed",
    "traditional": "traditional, without an author",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What is known of who said something. Texts may be empty, not None; addresses may be None."""

    kind: str  # how sure it is the same quote: exact, close, part, possible, short, none
    status: str  # verified, plausible, disputed, misattributed, traditional; "" where unknown
    answer: str  # the service's own sentence
    text: str  # the quote as its record has it
    credit: str  # whose it is
    why: str
    work: str  # title and place in it
    work_url: str | None
    record: str  # the address that credits the service; its home page where there is no record

    @property
    def verdict(self) -> str:
        """Say in a few words what was found."""
        match = _KINDS.get(self.kind, self.kind)
        status = _STATUSES.get(self.status, self.status)
        return f"{status} ({match})" if status else match


def check(text: str, fetch: Fetch) -> Attribution:
    """Ask whose words these are: one request, because somebody asked for it.

    Whoever shows the answer credits the service with the link `record`, as its terms ask. Raises
    `SourceError` when there is no answer, or one of another form than the documented.
    """
    words = " ".join(text.split())
    if not any(character.isalnum() for character in words):
        raise SourceError(said("There are no words to ask for."))
    if len(words) > 2 * QUOTE_LENGTH[1]:
        raise SourceError(
            said("A text of %(count)s characters is no quote.", count=len(words)),
            hint=said(
                "Ask for one quote, of at most %(most)s characters.", most=2 * QUOTE_LENGTH[1]
            ),
        )
    fetched = fetch(f"{_API}?q={segment(words)}", accept="application/json")
    answer = answers.table_of(answers.json_of(fetched, service=_SERVICE))
    kind = answers.text_of(answer.get("kind"))
    if not kind:
        raise SourceError(said("%(service)s gave an answer without a verdict.", service=_SERVICE))
    items = answers.tables_of(answer.get("items"))
    return _attribution(kind, items[0] if items else {})


def make(options: SourceOptions) -> NoReturn:
    """Refuse to be made. Options: none, for this source stands in no chain."""
    raise ConfigError(
        "“graciousquotes” cannot stand in a chain, for its terms allow asking on a person's "
        "request, not an unattended daily pull.",
        hint="Ask whose words a quote is with `newsletter quote`.",
        where=options.where(),
    )


def _attribution(kind: str, item: Mapping[str, Any]) -> Attribution:
    work = answers.table_of(item.get("source"))
    place = (answers.text_of(work.get(key)) for key in ("title", "locator"))
    texts = {
        key: answers.text_of(item.get(key)) for key in ("status", "answer", "text", "credit", "why")
    }
    return Attribution(
        kind=kind,
        work=", ".join(filter(None, place)),
        work_url=link(answers.text_of(work.get("url"))),
        record=link(answers.text_of(item.get("record")), base=_HOME) or _HOME,
        **texts,
    )
