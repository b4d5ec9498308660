"""Add, remove and bring back one person, by the operator's hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from newsletter.core import segments
from newsletter.core.errors import Held, NothingToDo, UsageError
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.segments import Segment
from newsletter.core.sentences import said
from newsletter.subscribers import lifecycle, names
from newsletter.subscribers.addresses import Address, Refused, parse
from newsletter.subscribers.imports import plainly
from newsletter.subscribers.imports.columns import key_of
from newsletter.subscribers.model import (
    Consent,
    Person,
    Revision,
    StateChange,
    SubscriberStore,
)
from newsletter.subscribers.profile import TAGS, VALUES, Value, listed_tags, merged

BY = "operator"
READER = "reader"
_VALUES = {one.name: one for one in VALUES}


def address_of(text: str) -> Address:
    """Read an address that was typed. Raises `UsageError` with the reason."""
    address = parse(text)
    if isinstance(address, Refused):
        raise UsageError(
            said(
                "“%(text)s” is not an address that can be mailed. %(reason)s",
                text=text,
                reason=address.reason,
            )
        )
    return address


def suppression_of(text: str) -> str:
    """Read what is to be suppressed: an address, or a domain as `@example.org`.

    A domain stands for itself and not for those below it. Raises `UsageError` with the reason.
    """
    text = text.strip()
    if not text.startswith("@"):
        return address_of(text).canonical
    return address_of(f"anybody{text}").canonical.removeprefix("anybody")


def person_of(
    text: str, *, attributes: Mapping[str, str] | None = None, **typed: str | None
) -> Person:
    """Read what was typed about a person: the values of a profile by name; None: not said.

    Raises `UsageError` with the reason.
    """
    address = address_of(text)
    values: dict[str, str] = {}
    for key, value in (attributes or {}).items():
        if not key_of(key):
            raise UsageError(
                said("“%(key)s” is no key of an attribute.", key=key),
                hint=said("Use letters and digits."),
            )
        values[key_of(key)] = _cleaned(value, what=said("value of “%(key)s”", key=key))
    return Person(
        address=address.address,
        canonical=address.canonical,
        attributes={key: value for key, value in values.items() if value},
        **{name: _read(_VALUES[name], text) for name, text in typed.items() if text is not None},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value of a known subscriber that is another now."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Who was added, or told new values of."""

    subscriber: Subscriber
    before: Subscriber | None  # None: nobody knew them

    @property
    def differences(self) -> tuple[Difference, ...]:
        """List what is new of somebody who was known; attributes one by one."""
        if self.before is None:
            return ()
        before, after = _told(self.before), _told(self.subscriber)
        return tuple(
            Difference(name=name, label=label, before=before.get(key, ""), after=text)
            for key, text in after.items()
            if before.get(key, "") != text
            for name, label in (key,)
        )


def _told(one: Subscriber) -> dict[tuple[str, str], str]:
    """Return the state and profile as texts, by name and label."""
    values = {("state", "state"): str(one.state)}
    values |= {(part.name, part.label): str(getattr(one, part.name) or "") for part in VALUES}
    return values | {(f"attributes.{key}", key): text for key, text in one.attributes.items()}


def add(
    store: SubscriberStore,
    person: Person,
    *,
    consent: str,
    now: datetime,
    tags: Sequence[str] = (),
) -> Added:
    """Add a person as `active`, or tell what is new of a known one; what is unsaid stays.

    Who opted out comes back only by `consent`, which says how and when they asked for it. `tags`
    go beside those a person has. Raises `NothingToDo` when they are active and nothing is new;
    `Held` when the address is suppressed, or when they opted out and `consent` is empty.
    """
    if store.status_of(person.canonical).suppressed:
        raise Held(
            said("%(address)s is suppressed: it must never be mailed.", address=person.address),
            hint=said("Only its owner can lift that."),
        )
    given = Consent(at=now, how=BY, text=consent or "added by the operator")
    first = StateChange(
        from_state=None, to_state=SubscriberState.ACTIVE, at=now, reason=said("added"), by=BY
    )
    added = store.add(_tagged(person, tags), change=first, consent=given)
    if added is not None:
        return Added(subscriber=added, before=None)
    before: list[Subscriber] = []

    def revise(stored: Subscriber) -> Revision:
        before[:] = [stored]
        told = _tagged(person, tags, known=stored.attributes)
        return _revision(stored, told, given, consent=consent)

    new = found(store.revise(person.canonical, revise), person.address)
    return Added(subscriber=new, before=before[0])


def confirmed(store: SubscriberStore, person: Person, *, consent: Consent) -> Subscriber:
    """Add or bring back a person who confirmed it themselves; what is unsaid stays.

    Raises `Held` when the address is suppressed or complained, `NothingToDo` when nothing is new.
    """
    if store.status_of(person.canonical).suppressed:
        raise Held(
            said("%(address)s is suppressed: it must never be mailed.", address=person.address)
        )
    first = StateChange(
        from_state=None,
        to_state=SubscriberState.ACTIVE,
        at=consent.at,
        reason=said("joined on the site"),
        by=READER,
    )
    added = store.add(person, change=first, consent=consent)
    if added is not None:
        return added

    def revise(stored: Subscriber) -> Revision:
        change = lifecycle.change(
            stored.state,
            SubscriberState.ACTIVE,
            at=consent.at,
            reason=said("joined on the site"),
            by=READER,
            evidence=consent.text,
        )
        return Revision(
            at=consent.at, values=merged(person, stored), change=change, consent=consent
        )

    return found(store.revise(person.canonical, revise), person.address)


def _revision(stored: Subscriber, told: Person, given: Consent, *, consent: str) -> Revision:
    change = None
    if stored.state is not SubscriberState.ACTIVE:
        change = lifecycle.change(
            stored.state,
            SubscriberState.ACTIVE,
            at=given.at,
            reason=consent or said("confirmed by the operator"),
            by=BY,
            evidence=consent,
        )
    values = merged(told, stored)
    new = {name: value for name, value in values.items() if value != getattr(stored, name)}
    if change is None and not new:
        raise NothingToDo(
            said("The subscriber is active already, and nothing that was said is new.")
        )
    kept = given if change or consent else None
    return Revision(at=given.at, values=new, change=change, consent=kept)


def change(
    store: SubscriberStore,
    address: Address,
    *,
    told: Mapping[str, str],
    tags: Sequence[str] | None = None,
    now: datetime,
) -> Added:
    """Put values in the place of those a subscriber has; an empty one takes what was there away.

    `told` are values of the profile by name; `tags` are all they are to have. Raises `UsageError`
    with the reason, `NothingToDo` when nothing is new.
    """
    values = {name: _read(_VALUES[name], text) if text else _VALUES[name].default
              for name, text in told.items()}  # fmt: skip
    before: list[Subscriber] = []

    def revise(stored: Subscriber) -> Revision:
        before[:] = [stored]
        wanted = dict(values)
        if tags is not None:
            others = {key: text for key, text in stored.attributes.items() if key != TAGS}
            listed = _cleaned(", ".join(tags), what=said("value of “tags”"))
            wanted["attributes"] = others | ({TAGS: listed} if listed else {})
        new = {name: value for name, value in wanted.items() if value != getattr(stored, name)}
        if not new:
            raise NothingToDo(said("Nothing that was said is new."))
        return Revision(at=now, values=new)

    changed = found(store.revise(address.canonical, revise), address.address)
    return Added(subscriber=changed, before=before[0])


def tags_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Read tags that were typed. Raises `UsageError` for one that no list of them can hold."""
    told = [tag for text in texts for tag in plainly.tags_of(text)]
    return tuple(dict.fromkeys(_cleaned(tag, what=said("tag")) for tag in told))


def _tagged(
    person: Person, tags: Sequence[str], *, known: Mapping[str, str] = MappingProxyType({})
) -> Person:
    """Put tags beside those that were said, or else are known."""
    if not tags:
        return person
    listed = person.attributes.get(TAGS, known.get(TAGS, ""))
    there = listed_tags(listed)
    text = _cleaned(", ".join(dict.fromkeys((*there, *tags))), what=said("value of “tags”"))
    return person._replace(attributes={**person.attributes, TAGS: text})


def filtered(
    *,
    segment: str | None,
    tags: Sequence[str],
    zone: str | None,
    since: date | None,
    search: str | None,
) -> Segment | None:
    """Make one segment of filters, all of which count; None: everybody. Raises `UsageError`."""
    parts: list[Segment] = [segments.parse(segment)] if segment is not None else []
    parts += [segments.like("tag", tag) for tag in tags]
    if zone is not None:
        parts.append(segments.like("zone", zone))
    if since is not None:
        parts.append(segments.Since(since, None))
    if search is not None:
        within = f"*{search.strip()}*"
        either = (segments.like("address", within), segments.like("name", within))
        parts.append(segments.Either(either))
    return segments.Every(tuple(parts)) if parts else None


def remove(store: SubscriberStore, address: Address, *, reason: str, now: datetime) -> Subscriber:
    """Opt a person out; they stay in the list, so that no import brings them back.

    Raises `NothingToDo` when they are opted out already, `UsageError` when there is no such
    subscriber.
    """

    def opt_out(stored: Subscriber) -> StateChange:
        if stored.state is SubscriberState.COMPLAINED:
            raise NothingToDo(said("The subscriber complained and is never mailed already."))
        return lifecycle.change(
            stored.state, SubscriberState.UNSUBSCRIBED, at=now, reason=reason, by=BY
        )

    return found(store.change(address.canonical, opt_out), address.address)


def _read(column: Value, text: str) -> Any:
    value = column.read(text)
    if isinstance(value, Refused):
        raise UsageError(value.reason, hint=value.hint)
    return value


def _cleaned(text: str, *, what: str) -> str:
    value = names.clean(text, what=what)
    if isinstance(value, Refused):
        raise UsageError(value.reason)
    return value


def found(stored: Subscriber | None, address: str) -> Subscriber:
    """Return the subscriber that was asked for. Raises `UsageError` when there is none."""
    if stored is None:
        raise UsageError(
            said("There is no subscriber %(address)s.", address=address),
            hint="`newsletter subscribers export` lists them all.",
        )
    return stored
