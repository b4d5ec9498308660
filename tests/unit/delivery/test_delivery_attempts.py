"""What is done to whole columns is what would be done to each person alone."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import Attempt, Claim, MergeField, People, Submission
from newsletter.core.model.recipients import Lines, Numbers, lines
from newsletter.core.reader_links import unsubscribe_url
from newsletter.delivery.attempts import Built, Content, build
from newsletter.delivery.providers.sendgrid import payload
from newsletter.message import merge
from tests.support.delivery import NOW, make_envelope, make_message

CORE = "q0123456789ab"
NAMES = ("name", "address", "unsubscribe_url", "rating_url", "attributes.city", "attributes.plan")
FALLBACKS = {"name": "reader", "attributes.city": ""}
FIELDS = tuple(
    MergeField(
        name=name,
        html_tag=f"-{CORE}_{name.replace('.', '__')}_h-",
        text_tag=f"-{CORE}_{name.replace('.', '__')}_t-",
        fallback=FALLBACKS.get(name),
    )
    for name in NAMES
)
CONTENT = Content(
    envelope=make_envelope(),
    message=make_message(
        fields=FIELDS,
        subject=f"For {FIELDS[0].text_tag}",
        html=" | ".join(f"<{field.html_tag}>" for field in FIELDS),
        text=" | ".join(f"{field.text_tag}/{field.text_tag}" for field in FIELDS),
    ),
    unsubscribe_base="https://brief.example.org",
)

ANY = st.text(max_size=12) | st.text(
    st.sampled_from("ab\"\\'<>&,\n \x1f\x00é𝄞" + CORE), max_size=20
)
HALF = st.sampled_from(["\ud800", "a\udfff"])
TAG = st.sampled_from([FIELDS[2].text_tag, f"x{CORE}x", CORE[:6] + CORE + CORE[6:]])
TEXT = ANY | TAG | HALF
ADDRESS = st.sampled_from(["ann@example.org", "o'neil.b@mail.example.co.uk", "x" * 65 + "@a.b"])
IN_LINES = ("addresses", "names", "tokens", "attributes")
PERSON = st.fixed_dictionaries(
    {
        "addresses": ADDRESS | TEXT,
        "names": TEXT | st.text(",; ab"),
        "tokens": st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True) | TEXT,
        "attributes": st.fixed_dictionaries(
            {"plan": st.just("gold") | TEXT}, optional={"city": TEXT, "else": TEXT}
        ),
        "states": st.sampled_from(["active", "active", "active", "bounced", None]),
        "suppressed": st.sampled_from([False, False, False, True]),
    }
)


@dataclass
class Sendgrid:
    """What building asks of the provider."""

    name = "sendgrid"
    max_recipients = 1000

    def problems(self, attempt: Attempt) -> dict[int, str]:
        return payload.problems(attempt)

    def fits(self, attempt: Attempt) -> bool:
        return payload.fits(attempt)

    def submit(self, attempt: Attempt) -> Submission:
        raise AssertionError(attempt.id)

    def close(self) -> None:
        raise AssertionError


def built(
    people: list[dict[str, Any]],
    *,
    first: int = 1,
    as_lines: bool = False,
    content: Content = CONTENT,
) -> Built:
    columns: dict[str, Any] = {name: [one[name] for one in people] for name in people[0]}
    columns["attributes"] = [json.dumps(one) for one in columns["attributes"]]
    positions: Sequence[int] = range(first, first + len(people))
    if as_lines:  # as a batch is read in which nothing is unusual
        columns |= {name: in_lines(columns[name]) for name in IN_LINES}
        positions = Numbers("\n".join(map(str, positions)))
    claim = Claim(
        send_id=1,
        batch=1,
        attempt_id="a",
        due_at=NOW,
        digest=CONTENT.message.digest,
        first=first,
        last=first + len(people) - 1,
        frozen_at=NOW,
    )
    return build(claim, People(positions=positions, **columns), content, Sendgrid())


def in_lines(column: Sequence[str]) -> Sequence[str]:
    text = lines(column)
    return column if text is None else Lines(text)


def written(one: Built) -> list[dict[str, Any]]:
    """Return what each person gets: their part of the request, with their values in the mail."""
    body = orjson.loads(payload.payload(one.attempt))
    found: list[dict[str, Any]] = body["personalizations"]
    for one in found:
        one.update(mail(one.pop("substitutions"), body["subject"], *texts(body)))
    return found


def texts(body: dict[str, Any]) -> list[str]:
    return [content["value"] for content in body["content"]]


def mail(substitutions: dict[str, str], subject: str, text: str, html: str) -> dict[str, str]:
    parts = {"subject": subject, "text": text, "html": html}
    return {name: merge.fill(part, substitutions) for name, part in parts.items()}


def person(number: int, **changes: Any) -> dict[str, Any]:
    values = {
        "addresses": f"reader{number}@example.org",
        "names": f"Reader {number}",
        "tokens": f"token{number}",
        "attributes": {"plan": "gold"},
        "states": "active",
        "suppressed": False,
    }
    return values | changes


@pytest.mark.parametrize("as_lines", [False, True])
def test_everyone_who_is_left_out_is_named_with_the_outcome_and_the_reason(as_lines: bool) -> None:
    people = [
        person(1),
        person(2, states=None),
        person(3, states=None, suppressed=True),
        person(4, suppressed=True),
        person(5, states="bounced", suppressed=True),
        person(6, states="bounced"),
        person(7, states="pending"),
        person(8, attributes={"city": "Riga"}),
        person(9, addresses="x" * 65 + "@a.b"),
        person(10),
    ]
    found = built(people, first=101, as_lines=as_lines)
    lacking = "no value for the merge field attributes.plan, which has no fallback"
    assert {one.position: (one.outcome, one.reason) for one in found.aside[:-1]} == {
        102: ("skipped", "no longer in the list"),
        103: ("skipped", "no longer in the list"),
        104: ("skipped", "suppressed since the freeze"),
        105: ("skipped", "suppressed since the freeze"),
        106: ("skipped", "bounced since the freeze"),
        107: ("skipped", "pending since the freeze"),
        108: ("refused", lacking),
    }
    assert (found.aside[-1].position, found.aside[-1].outcome) == (109, "refused")
    assert [one.position for one in found.attempt.recipients] == [101, 110]
    assert [one.address for one in found.attempt.recipients] == [
        "reader1@example.org",
        "reader10@example.org",
    ]


def test_of_several_values_that_are_lacking_the_first_is_told() -> None:
    fields = [replace(one, fallback=None) for one in FIELDS if one.name.startswith("attributes")]
    content = replace(CONTENT, message=make_message(fields=tuple(fields)))
    (aside,) = built([person(1, attributes={})], content=content).aside
    assert "attributes.city" in aside.reason


def test_an_attempt_goes_by_its_claim() -> None:
    attempt = built([person(1)]).attempt
    assert (attempt.id, attempt.send_id, attempt.batch) == ("a", 1, 1)
    assert (attempt.envelope, attempt.message) == (CONTENT.envelope, CONTENT.message)


@given(people=st.lists(PERSON, min_size=1, max_size=6), as_lines=st.booleans())
def test_a_batch_is_what_its_people_would_be_alone(
    people: list[dict[str, Any]],
    as_lines: bool,
) -> None:
    whole = built(people, as_lines=as_lines)
    alone = [built([one], first=position) for position, one in enumerate(people, start=1)]
    assert sorted(one.position for one in whole.aside) == [
        one.position for single in alone for one in single.aside
    ]
    assert {(one.position, one.outcome, one.reason) for one in whole.aside} == {
        (one.position, one.outcome, one.reason) for single in alone for one in single.aside
    }
    assert list(whole.attempt.recipients) == [
        one for single in alone for one in single.attempt.recipients
    ]
    assert written(whole) == [one for single in alone for one in written(single)]


def test_what_is_everybodys_stands_once_in_the_message() -> None:
    tokens = [f"{number:022d}" for number in range(4)]
    people = [person(number, tokens=token) for number, token in enumerate(tokens)]
    body = orjson.loads(payload.payload(built(people, as_lines=True).attempt))
    assert [sorted(one["substitutions"].values()) for one in body["personalizations"]] == [
        sorted([token, "", "gold", f"Reader {number}", f"reader{number}@example.org"])
        for number, token in enumerate(tokens)
    ]
    assert all(text.count("https://brief.example.org/u/") == 4 for text in texts(body)[:1])


def named(name: str) -> dict[str, str]:
    """Return a name as SendGrid has it, who drops the mail of one with these signs."""
    if "," in name or ";" in name:
        name = " ".join(name.replace(",", " ").replace(";", " ").split())
    return {"name": name} if name else {}


@given(people=st.lists(PERSON, min_size=1, max_size=4))
def test_everybodys_json_is_that_of_plain_values(people: list[dict[str, Any]]) -> None:
    whole = built(people, as_lines=True)
    expected = []
    for recipient in whole.attempt.recipients:
        one = people[recipient.position - 1]
        url = unsubscribe_url(
            CONTENT.unsubscribe_base, str(one["tokens"]), CONTENT.envelope.edition
        )
        own = {"name": one["names"], "address": one["addresses"], "unsubscribe_url": url}
        own |= {"rating_url": f"{url}/rating"}
        own |= {f"attributes.{key}": value for key, value in one["attributes"].items()}
        substitutions = {}
        for field in FIELDS:
            value = merge.neutralise(own.get(field.name) or field.fallback or "", [CORE])
            substitutions |= {field.html_tag: html.escape(value), field.text_tag: value}
        to = {"email": one["addresses"]} | named(one["names"])
        message = CONTENT.message
        expected.append(
            {
                "to": [to],
                "headers": {"List-Unsubscribe": f"<{url}>"},
                "custom_args": {"nl_position": str(recipient.position)},
                **mail(substitutions, message.subject, message.text, message.html),
            }
        )
    assert written(whole) == expected
