"""What a language decides: words, dates, direction, and how long reading takes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from math import ceil
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from newsletter.core.errors import ConfigError, TemplateError, Where

_CATALOGUE = Path("LC_MESSAGES") / "messages.mo"
# The year in a pattern of CLDR, with what leads to it or names it: " 'de' y", "y年", "y 'г'.".
_YEAR = re.compile(
    r"[,،]?\s*(?:'[^']*'\s*)?(?:G\s*)?\by+(?![.(])(?:\s*G)?(?:年|년|\s*'[^']*'\.?)?\s?"
)
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


def day_of_year(day: date, language: str) -> str:
    """Write a date with its weekday, as the language does; without its year where that can go."""
    pattern = locale(language).date_formats["full"].pattern
    without = _YEAR.sub("", pattern).strip(" ,،")
    return format_date(day, format=without, locale=locale(language))


def short_date(day: date, language: str) -> str:
    """Write a date without its weekday, the month in letters, as the language does."""
    return format_date(day, format="long", locale=locale(language))


def direction(language: str) -> str:
    """Return `ltr` or `rtl`."""
    return locale(language).text_direction


def words(language: str, folders: Sequence[Path]) -> NullTranslations:
    """Find the catalogue of a language: `translations/LANGUAGE/` of each template folder.

    The closest tag wins (`pt-BR` before `pt`), and in it the first folder; what it lacks comes from
    the others, last of all from the English in the templates. Raises `TemplateError` for a file
    that is no catalogue.
    """
    tag = language.replace("-", "_")
    names = (tag, tag.partition("_")[0])
    places = (folder / "translations" / name / _CATALOGUE for name in names for folder in folders)
    found = ((place, place.stat().st_mtime_ns) for place in places if place.is_file())
    return _chain(tuple(dict.fromkeys(found)))


@lru_cache(maxsize=16)  # the files are named with the moment they were written
def _chain(files: tuple[tuple[Path, int], ...]) -> NullTranslations:
    chain = NullTranslations()
    for place, _ in files:
        chain.add_fallback(_read(place))
    return chain


def _read(place: Path) -> GNUTranslations:
    try:
        with place.open("rb") as file:
            return GNUTranslations(file)
    except (OSError, ValueError, struct.error) as error:
        raise TemplateError(
            f"{place} is not a compiled catalogue: {error}.",
            hint="Compile its .po file again; `newsletter help templates` has the command.",
            where=Where(file=str(place), leads=False),
        ) from error


def minutes(texts: Iterable[str]) -> int:
    """Estimate the reading time in whole minutes, at least one."""
    whole = " ".join(texts)
    ideographs = len(_IDEOGRAPH.findall(whole))
    words = len(re.findall(r"\w+(?:['’-]\w+)*", _IDEOGRAPH.sub(" ", whole)))
    return max(1, ceil((words + ideographs / _CHARACTERS_A_WORD) / _WORDS_A_MINUTE))
