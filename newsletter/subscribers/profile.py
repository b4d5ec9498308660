"""The columns of a subscriber that travel: between a file, the list, an export and a screen.

What such a column is called, how a cell of it is read, and what stands in its place where nothing
was said, stands here once. Imports, the tables of the list, exports, commands and documentation
are made from this table. A new column takes an entry here, a field of `Profile` and of `Person`,
and a migration; an option of `subscribers add` if it can be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.core.model import Frequency, Profile
from newsletter.core.sentences import said
from newsletter.subscribers import names
from newsletter.subscribers.addresses import Refused
from newsletter.subscribers.locales import tag_of
from newsletter.subscribers.model import Person
from newsletter.subscribers.times import as_date, is_zone

_SHOWN = 60  # characters of a text that is refused


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """A column that travels, by the names it has on its way."""

    name: str  # in the database, and of the field of `Person` and `Subscriber`
    field: str  # for `--map`
    label: str  # for people
    headers: tuple[str, ...] = ()  # keys of a file's columns that hold it; an export has the first
    # Keys that mean it only where no clearer column is there, and never in an export of ours.
    faint: tuple[str, ...] = ()
    meaning: str = ""  # for the documentation
    kind: type = str  # of its values: str, a StrEnum, date, or dict for JSON
    default: Any = None  # what is stored where nothing was ever said
    unsaid: Any = None  # what a `Person` has where nothing is said


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Value(Column):
    """A column whose value is one text, in a cell or typed."""

    read: Callable[[str], Any]  # gives the value, or `Refused` with the reason
    absent: str = ""  # what people are shown where there is none; empty: nothing at all
    # Code and sentence of what is noticed about a cell that is refused: it is left empty, and its
    # row taken. None: the row is rejected.
    finding: tuple[str, str] | None = None


def _zone(text: str) -> str | Refused:
    if is_zone(text):
        return text
    return _refused(
        text, said("a time zone such as Europe/Berlin"), hint=said("Write it as Europe/Berlin.")
    )


def _frequency(text: str) -> Frequency | Refused:
    try:
        return Frequency(text.casefold())
    except ValueError:
        words = ", ".join(Frequency)
        return Refused(
            said("“%(text)s” is no frequency: %(words)s.", text=text[:_SHOWN], words=words),
            hint=said("Valid: %(words)s.", words=words),
        )


def _day(text: str) -> date | Refused:
    return as_date(text) or _refused(
        text,
        said("a date such as 2026-03-01"),
        hint=said("Write it as YYYY-MM-DD, such as 2026-03-01."),
    )


def _locale(text: str) -> str | Refused:
    found = tag_of(text)
    return found or _refused(
        text, said("a language tag such as pt-BR"), hint=said("Write it as pt-BR or pt.")
    )


def _refused(text: str, what: str, *, hint: str) -> Refused:
    return Refused(said("“%(text)s” is not %(what)s.", text=text[:_SHOWN], what=what), hint=hint)


ADDRESS = Column(
    name="address",
    field="email",
    label="address",
    headers=(
        *("email", "e_mail", "email_address", "e_mail_address", "subscriber_email"),
        *("emailaddress", "e_mail_adresse", "emailadresse", "adresse_e_mail", "courriel"),
        *("correo_electronico", "indirizzo_email", "e_mailadres", "adres_e_mail"),
    ),
    # A postal address may be called so, too.
    faint=("address", "mail", "mail_address", "subscriber", "correo", "recipient"),
    meaning="the address",
)
STATE = Column(
    name="state",
    field="subscription",
    label="state",
    headers=("subscription", "subscription_status", "subscription_state"),
    meaning="the state: active, pending, unsubscribed, bounced, complained, and the usual other "
    "words",
)
TAGS = "tags"  # the attribute that lists them
ATTRIBUTES = Column(
    name="attributes",
    field="document",  # as one JSON object, in some exports
    label="attributes",
    kind=dict,
    default={},
    unsaid={},
)
COLUMNS: tuple[Column, ...] = (
    ADDRESS,
    Value(
        name="name",
        field="name",
        label="name",
        headers=("name", "full_name", "display_name"),
        meaning="the name",
        default="",
        unsaid="",
        read=names.clean,
        absent="—",
    ),
    Value(
        name="zone",
        field="zone",
        label="time zone",
        headers=("time_zone", "timezone", "zone", "tz"),
        meaning="an IANA zone, such as `Europe/Berlin`",
        read=_zone,
        absent="the publication's",
        finding=(
            "not-a-zone",
            said("No time zone such as Europe/Berlin: left empty, so the publication's counts."),
        ),
    ),
    STATE,
    Value(
        name="frequency",
        field="frequency",
        label="frequency",
        headers=("frequency",),
        meaning="`daily`, `weekdays` or `weekly`",
        kind=Frequency,
        default=Frequency.DAILY,
        read=_frequency,
    ),
    Value(
        name="paused_until",
        field="paused_until",
        label="paused until",
        headers=("paused_until", "pause_until"),
        meaning="a date such as 2026-05-01",
        kind=date,
        read=_day,
    ),
    Value(
        name="locale",
        field="locale",
        label="locale",
        headers=("locale",),
        faint=("language", "lang", "language_code", "preferred_language", "mc_language"),
        meaning="a language tag (BCP 47) such as `pt-BR`; what is none is left empty, and noticed",
        read=_locale,
        finding=(
            "not-a-locale",
            said("No language tag such as pt-BR: left empty; as an attribute it would be kept."),
        ),
    ),
    ATTRIBUTES,
)
"""All of them, in the order of an export."""

EXPORTED = tuple(one for one in COLUMNS if one.headers)
VALUES = tuple(one for one in COLUMNS if isinstance(one, Value))
PROFILE: tuple[Column, ...] = (*VALUES, ATTRIBUTES)
"""The fields of a `Profile`: what an import may change of somebody who is known."""


def profile_of(one: Person | Profile) -> dict[str, Any]:
    """Return the profile as values by name; in a `Person` some may be unsaid."""
    return {column.name: getattr(one, column.name) for column in PROFILE}


def listed_tags(text: str) -> list[str]:
    """Return the tags of an attribute, in their order."""
    return [tag for tag in (part.strip() for part in text.split(",")) if tag]


def with_tags(attributes: Mapping[str, str], tags: Sequence[str]) -> dict[str, str]:
    """Return attributes with tags beside those they have, each once."""
    listed = dict.fromkeys((*listed_tags(attributes.get(TAGS, "")), *tags))
    return {**attributes, TAGS: ", ".join(listed)}


def merged(told: Person, known: Profile) -> dict[str, Any]:
    """Return the profile that a known subscriber has once this is said: what is unsaid stays."""
    said = {one.name: getattr(told, one.name) or getattr(known, one.name) for one in VALUES}
    return said | {ATTRIBUTES.name: {**known.attributes, **told.attributes}}
