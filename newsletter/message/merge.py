"""Merge tags: unguessable marks in the message that the provider replaces for each reader.

Templates ask for a field with `merge("name", "there")`. While rendering, a field stands in the
text as a placeholder made of letters, digits, `-` and `_`, which Jinja2, MJML, premailer and URLs
carry through unchanged (reference: sendgrid.md 1.9, rendering.md 3.4). Its salt depends on the
edition, so that no source can write one. Afterwards `seal` replaces the placeholders with tags
whose middle depends on the whole rendered text, so nobody can know a tag before the message
exists; and `neutralise` takes tags out of values, so knowing one is no use.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from newsletter.core.model import MergeField, Message
from newsletter.core.model.recipients import Lines, Wrapped, lines, wrapped

_PLACEHOLDER = r"-merge{salt}_[a-z_0-9]+?_[ht]-"
_FIELD_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*)?")
# A reader's own addresses on the site, and what each has behind the one for leaving.
BEHIND_UNSUBSCRIBE = {
    "unsubscribe_url": "",
    "rating_url": "/rating",
    "preferences_url": "/choose",
}
BUILT_IN = ("name", "address", *BEHIND_UNSUBSCRIBE)


def is_field_name(name: str) -> bool:
    """Say whether a template may ask for this field: a built-in one, or `attributes.<key>`."""
    if _FIELD_NAME.fullmatch(name) is None:
        return False
    return name in BUILT_IN or name.startswith("attributes.")


def ask_for_attributes(fields: Iterable[MergeField]) -> bool:
    """Say whether one of the fields is an attribute."""
    return any(field.name.startswith("attributes.") for field in fields)


def own_addresses(unsubscribe_url: str) -> dict[str, str]:
    """Return a reader's own addresses on the publication's site, by the field's name.

    A template puts the edition's date and the choice behind `rating_url`, and may put
    `?frequency=weekly` behind `preferences_url`.
    """
    return {field: unsubscribe_url + rest for field, rest in BEHIND_UNSUBSCRIBE.items()}


def placeholder(name: str, *, escaped: bool, salt: str = "0") -> str:
    """Return the mark a field has while rendering; `escaped` for HTML, else for text and subject.

    `salt` is hexadecimal and depends on what is rendered.
    """
    return f"-merge{salt}_{name.replace('.', '__')}_{'h' if escaped else 't'}-"


def seal(message: Message, fallbacks: Mapping[str, str | None], *, salt: str = "0") -> Message:
    """Replace the placeholders with this message's own tags and set `fields` and `digest`.

    `fallbacks` names every field the templates asked for, `salt` is the placeholders'. Raises
    `ValueError` for a placeholder of a field that was never asked for.
    """
    nonce = _nonce(message)
    fields = tuple(_field(name, fallback, nonce) for name, fallback in sorted(fallbacks.items()))
    tags = {placeholder(f.name, escaped=True, salt=salt): f.html_tag for f in fields}
    tags |= {placeholder(f.name, escaped=False, salt=salt): f.text_tag for f in fields}
    pattern = re.compile(_PLACEHOLDER.format(salt=salt))

    def sealed(text: str) -> str:
        return pattern.sub(lambda match: _tag_for(match.group(), tags), text)

    return with_digest(
        replace(
            message,
            subject=sealed(message.subject),
            preheader=sealed(message.preheader),
            html=sealed(message.html),
            text=sealed(message.text),
            fields=fields,
        )
    )


def with_digest(message: Message) -> Message:
    """Set the digest that approval and the ledger bind to."""
    parts = [message.subject, message.preheader, message.html, message.text]
    parts += [json.dumps([f.name, f.html_tag, f.text_tag, f.fallback]) for f in message.fields]
    if message.trial:
        parts += [message.trial.subject, str(message.trial.share)]
    return replace(message, digest=hashlib.sha256(json.dumps(parts).encode()).hexdigest())


def substitutions(fields: Iterable[MergeField], values: Mapping[str, str]) -> dict[str, str]:
    """Map each tag to one reader's value: escaped for HTML, plain for text and subject.

    Empty values take the fallback. Raises `KeyError` with the field's name where neither exists.
    """
    fields = tuple(fields)
    given = plain_values(fields, {field.name: (values.get(field.name, ""),) for field in fields})
    for field in fields:
        if lacks(field, given[field.name]):
            raise KeyError(field.name)
    return {tag: value for tag, (value,) in tag_values(fields, given).items()}


# --- many readers at once: what is said above, of whole columns of values ----------------------


def plain_values(
    fields: Sequence[MergeField], values: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """Return every reader's value of each field, by its name, as it is printed in a plain text."""
    cores = _cores(tuple(fields))
    plain: dict[str, Sequence[str]] = {}
    for field in fields:
        column, fallback = values[field.name], field.fallback
        if fallback and "" in column:
            column = [value or fallback for value in column]
        plain[field.name] = _neutralised(column, cores)
    return plain


def lacks(field: MergeField, column: Sequence[str]) -> list[int]:
    """Find the readers who have no value for a field that has no fallback."""
    if field.fallback is not None or "" not in column:
        return []
    return [index for index, value in enumerate(column) if not value]


def tag_values(
    fields: Iterable[MergeField], plain: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """Map each tag to every reader's value: escaped for HTML, plain for text and subject."""
    values: dict[str, Sequence[str]] = {}
    for field in fields:
        column = plain[field.name]
        values[field.html_tag] = _escaped(column)
        values[field.text_tag] = column
    return values


def neutralise(value: str, cores: Iterable[str]) -> str:
    """Take the part that makes a tag a tag out of a value, so that it is printed, not replaced.

    Taking out may join what is left to another one; so it goes on until none is left.
    """
    for core in cores:
        while core in value:
            value = value.replace(core, "")
    return value


def _neutralised(column: Sequence[str], cores: Iterable[str]) -> Sequence[str]:
    if isinstance(column, Wrapped) and not _reaches_across(column):
        parts = (column.before, column.column.text, column.after)
        if not any(core in part for core in cores for part in parts):
            return column
    return _in_one_call(lambda text: neutralise(text, cores), column)


def _reaches_across(column: Wrapped) -> bool:
    """Say whether a core, which is letters and digits, could begin in one part and end in another.

    Then the parts have to be looked at together.
    """
    return column.before[-1:].isalnum() or column.after[:1].isalnum()


def _escaped(column: Sequence[str]) -> Sequence[str]:
    # Each character by itself: so what is the same for everybody is escaped once.
    if isinstance(column, Wrapped):
        inner = _in_one_call(_escape, column.column)
        return wrapped(html.escape(column.before), inner, html.escape(column.after))
    return _in_one_call(_escape, column)


def _escape(text: str) -> str:
    # To look for five signs is far quicker than to replace them.
    return html.escape(text) if any(sign in text for sign in "&<>\"'") else text


def _in_one_call(change: Callable[[str], str], column: Sequence[str]) -> Sequence[str]:
    """Change all values of a column at once, as lines of one text.

    The same as one by one, for a change that neither looks at line ends nor makes any; a column
    with line ends of its own is done one by one. What nothing changes is given back as it is.
    """
    text = lines(column)
    if text is None:
        return [change(value) for value in column]
    changed = change(text)
    return column if changed == text else Lines(changed)


@lru_cache(maxsize=8)
def _cores(fields: tuple[MergeField, ...]) -> frozenset[str]:
    """Return the unguessable part of the fields' tags; the same in all tags of a message."""
    tags = (tag for field in fields for tag in (field.html_tag, field.text_tag))
    return frozenset(tag.strip("-").partition("_")[0] for tag in tags)


def fill(text: str, substitutions: Mapping[str, str]) -> str:
    """Put one reader's values into a text in a single pass; values are never looked at again."""
    if not substitutions:
        return text
    pattern = re.compile("|".join(re.escape(tag) for tag in substitutions))
    return pattern.sub(lambda match: substitutions[match.group()], text)


def leftovers(text: str) -> list[str]:
    """List marks that must not reach a reader: placeholders and Jinja marks."""
    return re.findall(_PLACEHOLDER.format(salt="[0-9a-f]+"), text) + re.findall(
        r"\{\{.*?\}\}|\{%.*?%\}|%7B%7B.*?%7D%7D", text
    )


def _nonce(message: Message) -> str:
    text = json.dumps([message.subject, message.preheader, message.html, message.text])
    return hashlib.sha256(b"merge tags of\0" + text.encode()).hexdigest()[:12]


def _field(name: str, fallback: str | None, nonce: str) -> MergeField:
    word = name.replace(".", "__")
    return MergeField(
        name=name,
        html_tag=f"-q{nonce}_{word}_h-",
        text_tag=f"-q{nonce}_{word}_t-",
        fallback=fallback,
    )


def _tag_for(mark: str, tags: Mapping[str, str]) -> str:
    try:
        return tags[mark]
    except KeyError:
        raise ValueError(f"{mark} is not a merge field of this message") from None
