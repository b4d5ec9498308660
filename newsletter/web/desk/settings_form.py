"""The settings an editor may change: as fields of a form, and what is new in them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from newsletter.core.config.changing import Key
from newsletter.core.config.settings import Settings
from newsletter.core.config.template import Template
from newsletter.core.errors import InputError
from newsletter.web.desk.words import N_, _

DAYS: Mapping[str, str] = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}
BLOCKS: Mapping[str, str] = {
    "stories": N_("The stories"),
    "fact": N_("The fact"),
    "quote": N_("The quote"),
    "word": N_("The word"),
    "others": N_("What else a page has"),
    "rating": N_("The question how it was"),
}
PALETTES: Mapping[str, str] = {"ink": N_("Ink"), "coast": N_("Coast"), "bright": N_("Bright")}
APPROVALS: Mapping[str, str] = {
    "none": N_("What is in order, approved or not"),
    "required": N_("Only what somebody approved goes out"),
    "unless-errors": N_("What was approved, and else what has no error"),
}
_MOST = 1_000  # characters of a value
Kind = Literal["line", "time", "days", "blocks", "palette", "choice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting: where it stands in the file, and how people call it."""

    key: Key
    label: str
    group: str
    kind: Kind = "line"
    note: str = ""
    is_needed: bool = False

    @property
    def name(self) -> str:
        """Return its name in the form."""
        return ".".join(self.key)


LOOK, WHEN, SENDER, CONTENT = "look", "when", "sender", "content"
GROUPS: Mapping[str, str] = {
    LOOK: N_("Name and look"),
    WHEN: N_("When it goes out"),
    SENDER: N_("Sender"),
    CONTENT: N_("What is in it"),
}
_ALL = (
    Field(key=("publication", "name"), label=N_("Name"), group=LOOK, is_needed=True),
    Field(key=("publication", "tagline"), label=N_("In one sentence"), group=LOOK),
    Field(
        key=("publication", "logo"),
        label=N_("Logo"),
        group=LOOK,
        note=N_("Where a square picture lies on the web. Empty: the name stands alone."),
    ),
    Field(key=("template", "palette"), label=N_("Colours"), group=LOOK, kind="palette"),
    Field(key=("schedule", "at"), label=N_("Goes out at"), group=WHEN, kind="time", is_needed=True),
    Field(
        key=("schedule", "prepare_at"),
        label=N_("Put together at"),
        group=WHEN,
        kind="time",
        note=N_("So that you can look at it before. Empty: when it goes out."),
    ),
    Field(
        key=("schedule", "catch_up"),
        label=N_("At the latest at"),
        group=WHEN,
        kind="time",
        note=N_("A late edition still goes until then. Empty: all day."),
    ),
    Field(key=("schedule", "days"), label=N_("On these days"), group=WHEN, kind="days"),
    Field(
        key=("publication", "zone"),
        label=N_("Time zone"),
        group=WHEN,
        note=N_("Such as Europe/Berlin."),
        is_needed=True,
    ),
    Field(
        key=("schedule", "approval"), label=N_("What goes out"), group=WHEN, kind="choice"
    ),
    Field(
        key=("publication", "sender", "name"),
        label=N_("From whom"),
        group=SENDER,
        is_needed=True,
    ),
    Field(
        key=("publication", "sender", "email"),
        label=N_("From which address"),
        group=SENDER,
        note=N_("The mail service has to know it as yours."),
        is_needed=True,
    ),
    Field(
        key=("publication", "reply_to"),
        label=N_("Where answers go"),
        group=SENDER,
        note=N_("Empty: to the same address."),
    ),
    Field(
        key=("publication", "postal_address"),
        label=N_("Postal address"),
        group=SENDER,
        note=N_("The law asks for it; it stands at the end of every mail."),
        is_needed=True,
    ),
    Field(
        key=("template", "sections"), label=N_("Sections"), group=CONTENT, kind="blocks"
    ),
)  # fmt: skip


def fields() -> tuple[Field, ...]:
    """Return the settings that this version of the configuration has."""
    return tuple(one for one in _ALL if _is_known(one.key))


def _is_known(key: Key) -> bool:
    model: Any = Settings
    for part in key:
        found = getattr(model, "model_fields", {}).get(part)
        if found is None:
            return False
        model = found.annotation
    return True


def texts(settings: Settings) -> dict[str, str]:
    """Return the values in force as a form has them, by name."""
    return {one.name: _text(_value(settings, one.key)) for one in fields()}


def _value(settings: Any, key: Key) -> Any:
    for part in key:
        settings = getattr(settings, part)
    return settings


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def submitted(form: Mapping[str, str], lists: Callable[[str], list[str]]) -> dict[str, str]:
    """Return the texts that a form tells, by name; `lists` gives what was ticked."""
    found: dict[str, str] = {}
    for one in fields():
        if one.kind in {"days", "blocks"}:
            known = DAYS if one.kind == "days" else BLOCKS
            told = [word for word in lists(one.name) if word in known]
            if f"{one.name}-told" in form:
                found[one.name] = " ".join(dict.fromkeys(told))
        elif one.name in form:
            found[one.name] = " ".join(form[one.name].split())[:_MOST]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting that is another now, in words."""

    field: Field
    label: str
    before: str
    after: str
    text: str  # as the form has it


def changes(now: Mapping[str, str], told: Mapping[str, str]) -> list[Change]:
    """Return what is new, old → new. Raises `InputError` for what must not be empty."""
    found = []
    for one in fields():
        text = told.get(one.name, now[one.name])
        if text == now[one.name]:
            continue
        if not text and (one.is_needed or one.kind in {"days", "blocks"}):
            raise InputError(_("“%(label)s” must not be empty.", label=_(one.label)))
        before, after = shown(one, now[one.name]), shown(one, text)
        found.append(Change(field=one, label=_(one.label), before=before, after=after, text=text))
    return found


def shown(field: Field, text: str) -> str:
    """Write a value as people read it."""
    if not text:
        return _("nothing")
    known = {"days": DAYS, "blocks": BLOCKS, "palette": PALETTES, "choice": APPROVALS}.get(
        field.kind
    )
    if known is None:
        return text
    return ", ".join(_(known.get(word, word)) for word in text.split())


def values(found: list[Change]) -> dict[Key, Any]:
    """Return what is written into config.toml; None takes a key out."""
    return {one.field.key: _written(one) for one in found}


def _written(change: Change) -> Any:
    kind, text = change.field.kind, change.text
    if kind in {"days", "blocks"}:
        return text.split()
    return text or (None if change.field.key != ("publication", "tagline") else "")


def has_palettes() -> bool:
    """Say whether this version of the mail has palettes to choose from."""
    return "palette" in Template.model_fields
