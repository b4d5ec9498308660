"""What a language decides: how a date is written, the direction, and how long reading takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from math import ceil

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from newsletter.errors import ConfigError

_WORDS_A_MINUTE = 230
_CHARACTERS_A_WORD = 2  # of Chinese, Japanese and the like, which write no spaces
_IDEOGRAPH = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


def locale(language: str) -> Locale:
    """Find a language by its tag; a region or script that is unknown is ignored.

    Raises `ConfigError` where not even the language is known.
    """
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise ConfigError(
        f"publication.language “{language}” is not a language whose dates are known.",
        hint="Use a tag such as en, en-GB or de.",
    )


def long_date(day: date, language: str) -> str:
    """Write a date with its weekday, as the language does."""
    return format_date(day, format="full", locale=locale(language))


def direction(language: str) -> str:
    """Give `ltr` or `rtl`."""
    return locale(language).text_direction


def minutes(texts: Iterable[str]) -> int:
    """Estimate the reading time in whole minutes, at least one."""
    whole = " ".join(texts)
    ideographs = len(_IDEOGRAPH.findall(whole))
    words = len(re.findall(r"\w+(?:['’-]\w+)*", _IDEOGRAPH.sub(" ", whole)))
    return max(1, ceil((words + ideographs / _CHARACTERS_A_WORD) / _WORDS_A_MINUTE))
