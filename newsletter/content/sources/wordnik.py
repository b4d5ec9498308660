"""The word of the day of Wordnik, with a key of your own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from newsletter.content.html.tree import parse
from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options
from newsletter.content.web import answers
from newsletter.content.web.links import segment
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Supply, Word
from newsletter.core.sentences import said

_SERVICE = "Wordnik"
_KEY = "WORDNIK_API_KEY"
SECRETS = (_KEY,)
_API = "https://api.wordnik.com/v4"
_DEFAULTS: dict[str, _options.Option] = {"pronunciation": False}
_DICTIONARIES = {
    "ahd": "The American Heritage Dictionary",
    "ahd-5": "The American Heritage Dictionary",
    "century": "The Century Dictionary",
    "gcide": "The GNU Collaborative International Dictionary of English",
    "wiktionary": "Wiktionary, CC BY-SA",
    "wordnet": "WordNet, Princeton University",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordnikSource:
    """A word for each date; the free key is good for 100 requests an hour."""

    ask: Fetch
    secret: Callable[[str], str | None] = field(repr=False)
    pronunciation: bool = False  # costs a second request

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the word of the publication date, credited to the dictionary of its definition.

        The examples are other people's texts and are not used. A pronunciation that cannot be had
        costs the pronunciation alone; the origin says why. Raises `SourceError`.
        """
        url = f"{_API}/words.json/wordOfTheDay?date={day.isoformat()}"
        answer = answers.table_of(self._ask(url))
        _refuse_stale(answers.text_of(answer.get("publishDate")), day)
        word = answers.text_of(answer.get("word"))
        spoken, doubt = self._spoken(word) if word and self.pronunciation else (None, "")
        found = _word(word, answer, pronunciation=spoken)
        return answers.valid(part, found, service=_SERVICE, origin=url + doubt)

    def _ask(self, url: str) -> Any:
        key = self.secret(_KEY)
        if not key:
            raise SourceError(
                said("%(service)s was not asked: %(key)s is not set.", service=_SERVICE, key=_KEY),
                hint=f"Set {_KEY} in the environment, or take “wordnik” out of [sources] word.",
            )
        # In a header, for addresses are logged.
        fetched = self.ask(url, accept="application/json", headers={"api_key": key})
        return answers.json_of(fetched, service=_SERVICE)

    def _spoken(self, word: str) -> tuple[str | None, str]:
        try:
            answer = self._ask(f"{_API}/word.json/{segment(word)}/pronunciations?limit=5")
        except SourceError as error:
            return None, f" (no pronunciation: {error.what.removesuffix('.')})"
        printed = (
            answers.text_of(one.get("raw")).strip("()/\\ ")
            for one in answers.tables_of(answer)
            if one.get("rawType") != "arpabet"  # is for machines
        )
        return next(filter(None, printed), None), ""


def make(options: SourceOptions) -> WordnikSource:
    """Make the source. Option: `pronunciation`, true for a second request that asks for it."""
    chosen = _options.checked_for((Part.WORD,), options, source="wordnik", defaults=_DEFAULTS)
    return WordnikSource(
        ask=options.fetch, secret=options.secret, pronunciation=chosen["pronunciation"]
    )


def _refuse_stale(published: str, day: date) -> None:
    """Hold the answer to the date that was asked for; without a date it is believed."""
    try:
        found = date.fromisoformat(published[:10]) if published else day
    except ValueError as error:
        raise SourceError(
            said(
                "%(service)s gave a word with the date “%(published)s”.",
                service=_SERVICE,
                published=published[:30],
            )
        ) from error
    if not answers.is_fresh(found, day):
        raise SourceError(
            said(
                "%(service)s gave the word of %(found)s, not of %(day)s.",
                service=_SERVICE,
                found=found,
                day=day,
            )
        )


def _word(word: str, answer: Mapping[str, Any], *, pronunciation: str | None) -> Word:
    senses = [one for one in answers.tables_of(answer.get("definitions")) if _definition(one)]
    if not senses:
        raise SourceError(said("%(service)s gave a word without a definition.", service=_SERVICE))
    first, *others = senses
    dictionary = answers.text_of(first.get("source"))
    second = next((one for one in others if answers.text_of(one.get("source")) == dictionary), {})
    pos = answers.text_of(first.get("partOfSpeech"))
    name = _DICTIONARIES.get(dictionary, dictionary)
    return Word(
        word=word,
        definition=_definition(first),
        extra_sense=_definition(second) or None,
        pos=part_of_speech(pos) if pos else None,
        pos_raw=pos or None,
        pronunciation=pronunciation,
        source=Credit(
            f"{name}, from {_SERVICE}" if name else _SERVICE,
            f"https://www.wordnik.com/words/{segment(word)}",
        ),
    )


def _definition(sense: Mapping[str, Any]) -> str:
    return answers.as_sentence(parse(answers.text_of(sense.get("text"))).text())
