"""Merge tags: unguessable, unforgeable, escaped where they stand."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import MergeField, Message
from newsletter.message import merge

NAME_H = merge.placeholder("name", escaped=True)
NAME_T = merge.placeholder("name", escaped=False)
FIELDS = {"name": "there", "unsubscribe_url": None, "attributes.home_town": "nowhere"}


def make_message(**parts: str) -> Message:
    values = {
        "subject": f"Morning, {NAME_T}",
        "preheader": "Tides",
        "html": f"<p>{NAME_H}</p>",
        "text": f"Dear {NAME_T}",
    }
    return Message(**(values | parts))


def sealed(**parts: str) -> Message:
    return merge.seal(make_message(**parts), FIELDS)


def test_placeholders_become_tags_of_their_own_kind():
    message = sealed()
    name = next(field for field in message.fields if field.name == "name")
    assert message.html == f"<p>{name.html_tag}</p>"
    assert message.text == f"Dear {name.text_tag}"
    assert message.subject == f"Morning, {name.text_tag}"
    assert name.html_tag != name.text_tag


def test_the_same_message_has_the_same_tags_and_digest_and_another_has_others():
    assert sealed() == sealed()
    other = sealed(preheader="Clouds")
    assert other.digest != sealed().digest
    assert other.fields[0].html_tag != sealed().fields[0].html_tag


@pytest.mark.parametrize("escaped", [True, False])
def test_placeholders_of_another_salt_are_sealed_by_it_alone(escaped: bool):
    mark = merge.placeholder("name", escaped=escaped, salt="ab")
    sealed_name = merge.seal(make_message(html=mark, text=mark), FIELDS, salt="ab")
    name = next(field for field in sealed_name.fields if field.name == "name")
    assert sealed_name.text == (name.html_tag if escaped else name.text_tag)
    assert merge.seal(make_message(html=mark, text=mark), FIELDS).text == mark


def test_no_tag_is_part_of_another():
    tags = [tag for field in sealed().fields for tag in (field.html_tag, field.text_tag)]
    assert not [1 for one in tags for other in tags if one != other and one in other]


def test_a_placeholder_nobody_asked_for_is_an_error():
    stray = merge.placeholder("address", escaped=True)
    with pytest.raises(ValueError, match="not a merge field"):
        merge.seal(make_message(html=stray), FIELDS)


def test_every_change_of_the_message_changes_the_digest():
    digests = {
        sealed().digest,
        sealed(subject="x").digest,
        sealed(preheader="x").digest,
        sealed(html="x").digest,
        sealed(text="x").digest,
        merge.seal(make_message(), FIELDS | {"name": "you"}).digest,
    }
    assert len(digests) == 6


def test_an_empty_value_takes_the_fallback_and_none_is_an_error():
    fields = sealed().fields
    values = merge.substitutions(fields, {"unsubscribe_url": "https://x.example/u/1"})
    assert "there" in values.values()
    with pytest.raises(KeyError, match="unsubscribe_url"):
        merge.substitutions(fields, {"name": "Ann"})


def test_only_known_fields_may_be_asked_for():
    for name in ("name", "address", "unsubscribe_url", "attributes.home_town"):
        assert merge.is_field_name(name)
    for name in ("token", "attributes", "attributes.", "Name", "a b", "attributes.x.y", ""):
        assert not merge.is_field_name(name)


values = st.dictionaries(
    st.sampled_from(["name", "attributes.home_town"]), st.text(max_size=40), max_size=2
)


@given(values)
def test_html_values_are_escaped_and_text_values_plain(given_values):
    fields = sealed().fields
    filled = merge.substitutions(fields, given_values | {"unsubscribe_url": "https://x.example"})
    for field in fields:
        plain = filled[field.text_tag]
        assert filled[field.html_tag] == html.escape(plain)
        assert plain == (given_values | {"unsubscribe_url": "https://x.example"}).get(
            field.name, ""
        ) or (plain == field.fallback)


@given(st.data())
def test_a_value_made_of_tags_is_printed_and_never_replaced(data):
    message = sealed()
    tags = [tag for field in message.fields for tag in (field.html_tag, field.text_tag)]
    pieces = st.one_of(st.sampled_from(tags), st.sampled_from(["-", "q", "x", tags[0][:9]]))
    name = "".join(data.draw(st.lists(pieces, max_size=6)))
    filled = merge.substitutions(message.fields, {"name": name, "unsubscribe_url": "SECRET"})
    # SendGrid replaces one tag after the other, in any order, also in what it put in before.
    text = message.text
    for tag in data.draw(st.permutations(list(filled))):
        text = text.replace(tag, filled[tag])
    assert "SECRET" not in text
    assert not [tag for tag in tags if tag in text]


def test_what_must_not_reach_a_reader_is_found():
    assert merge.leftovers("Hello {{ name }} and {% if x %}") == ["{{ name }}", "{% if x %}"]
    assert merge.leftovers("https://x.example/%7B%7B%20id%20%7D%7D") == ["%7B%7B%20id%20%7D%7D"]
    assert merge.leftovers(NAME_H) == [NAME_H]
    assert merge.leftovers("A set {a, b} and 50 % of it") == []


def test_attributes_are_asked_for_as_soon_as_one_field_is_one():
    name, _, _ = fields = [make_field(one) for one in ("name", "attributes.city", "address")]
    assert merge.ask_for_attributes(fields)
    assert not merge.ask_for_attributes([name])
    assert not merge.ask_for_attributes([])


def make_field(name: str) -> MergeField:
    return MergeField(name=name, html_tag=f"-{name}_h-", text_tag=f"-{name}_t-", fallback=None)
