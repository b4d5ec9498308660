"""Add, remove and bring back one person, by the operator's hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newsletter.core.errors import Held, NothingToDo, UsageError
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.subscribers import lifecycle, names
from newsletter.subscribers.addresses import Address, Refused, parse
from newsletter.subscribers.imports.columns import key_of
from newsletter.subscribers.model import Consent, Person, StateChange, SubscriberStore
from newsletter.subscribers.profile import VALUES, Value

BY = "operator"
_VALUES = {one.name: one for one in VALUES}


def address_of(text: str) -> Address:
    """Read an address that was typed. Raises `UsageError` with the reason."""
    address = parse(text)
    if isinstance(address, Refused):
        raise UsageError(f"“{text}” is not an address that can be mailed. {address.reason}")
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
    text: str, *, attributes: Mapping[str, str] | None = None, **said: str | None
) -> Person:
    """Read what was typed about a person: the values of a profile by name; None: not said.

    Raises `UsageError` with the reason.
    """
    address = address_of(text)
    values: dict[str, str] = {}
    for key, value in (attributes or {}).items():
        if not key_of(key):
            raise UsageError(f"“{key}” is no key of an attribute.", hint="Use letters and digits.")
        values[key_of(key)] = _cleaned(value, what=f"value of “{key}”")
    return Person(
        address=address.address,
        canonical=address.canonical,
        attributes={key: value for key, value in values.items() if value},
        **{name: _read(_VALUES[name], typed) for name, typed in said.items() if typed is not None},
    )


def add(store: SubscriberStore, person: Person, *, consent: str, now: datetime) -> Subscriber:
    """Add a person as `active`, or bring back one who asked for it: `consent` says how and when.

    Raises `NothingToDo` when they are active already; `Held` when the address is suppressed, or
    when they opted out and `consent` is empty.
    """
    if store.status_of(person.canonical).suppressed:
        raise Held(
            f"{person.address} is suppressed: it must never be mailed.",
            hint="Only its owner can lift that.",
        )
    given = Consent(at=now, how=BY, text=consent or "added by the operator")
    first = StateChange(
        from_state=None, to_state=SubscriberState.ACTIVE, at=now, reason="added", by=BY
    )
    added = store.add(person, change=first, consent=given)
    if added is not None:
        return added

    def revive(stored: Subscriber) -> StateChange:
        return lifecycle.change(
            stored.state,
            SubscriberState.ACTIVE,
            at=now,
            reason=consent or "confirmed by the operator",
            by=BY,
            evidence=consent,
        )

    return found(store.change(person.canonical, revive, consent=given), person.address)


def remove(store: SubscriberStore, address: Address, *, reason: str, now: datetime) -> Subscriber:
    """Opt a person out; they stay in the list, so that no import brings them back.

    Raises `NothingToDo` when they are opted out already, `UsageError` when there is no such
    subscriber.
    """

    def opt_out(stored: Subscriber) -> StateChange:
        if stored.state is SubscriberState.COMPLAINED:
            raise NothingToDo("The subscriber complained and is never mailed already.")
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
            f"There is no subscriber {address}.",
            hint="`newsletter subscribers export` lists them all.",
        )
    return stored
