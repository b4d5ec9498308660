"""A second subject goes to nobody: no edition has one, and what a message once had stays sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import Edition, SubjectTrial
from newsletter.delivery.subject_trial import gets_second
from newsletter.editions.fields import as_fields, from_fields
from newsletter.editions.reader import from_toml
from newsletter.editions.writer import as_toml
from newsletter.message import check, merge
from newsletter.message.render.message import render
from newsletter.web.desk.edit_form import groups
from tests.support.checked import check_edition
from tests.support.edition import TEMPLATES, make_edition, make_settings

DAY = date(2027, 3, 9)
KEYS = 'subject_b = "The harbour falls silent"\nsubject_share = 0.25\n'


def with_keys(keys: str = KEYS) -> Edition:
    """Read the file of an edition that has the keys of a second subject."""
    text = as_toml(make_edition()).replace('preheader = ""\n', keys + 'preheader = ""\n')
    assert keys in text
    return from_toml(text, day=DAY, name="edition.toml")


@pytest.mark.parametrize("keys", [KEYS, 'subject_b = "x"\n', "subject_share = 7\n"])
def test_a_file_with_the_keys_gives_the_edition_it_gives_without(keys: str) -> None:
    assert with_keys(keys) == with_keys("")
    assert as_toml(with_keys(keys)) == as_toml(with_keys(""))


def test_a_check_tells_of_each_key_that_is_not_used() -> None:
    said = [found.message for found in check.run(check_edition(with_keys()), {})]
    assert said == [
        "`subject_b` in edition.toml is not used: everybody gets the one subject.",
        "`subject_share` in edition.toml is not used: everybody gets the one subject.",
    ]
    assert check.run(check_edition(with_keys("")), {}) == ()


def test_the_desk_has_no_field_for_it_and_a_form_left_open_is_still_read() -> None:
    fields = as_fields(with_keys())
    shown = {field.name for group in groups(fields) for field in group.fields}
    assert not any(name.startswith(("subject_b", "subject_share")) for name in {*shown, *fields})
    assert from_fields(fields | {"subject_b": "x"}, day=DAY) == from_fields(fields, day=DAY)


def test_no_message_gets_one_and_the_digest_of_one_that_has_it_binds_it() -> None:
    plain = render(with_keys(), make_settings(Path()), folders=[TEMPLATES]).message
    assert plain.trial is None
    assert plain == render(with_keys(""), make_settings(Path()), folders=[TEMPLATES]).message
    trials = (None, SubjectTrial("Two", 0.25), SubjectTrial("Two", 0.5))
    sealed = {merge.with_digest(replace(plain, trial=trial)).digest for trial in trials}
    assert len(sealed) == 3


@given(st.text(min_size=1), st.text(), st.floats(0.01, 0.5))
def test_one_person_always_gets_the_same(digest: str, canonical: str, share: float) -> None:
    trial = SubjectTrial("b", share)
    first = gets_second(trial, digest=digest, canonical=canonical)
    assert gets_second(trial, digest=digest, canonical=canonical) is first
    if first:  # a larger share takes nobody out
        more = SubjectTrial("b", 0.5)
        assert gets_second(more, digest=digest, canonical=canonical)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_share_is_kept_and_another_message_divides_anew(share: float) -> None:
    trial = SubjectTrial("b", share)
    people = [f"reader{n}@example.org" for n in range(10_000)]
    one, other = (
        {person for person in people if gets_second(trial, digest=digest, canonical=person)}
        for digest in ("a" * 64, "b" * 64)
    )
    for chosen in (one, other):
        assert abs(len(chosen) / len(people) - share) < 0.02
    assert abs(len(one & other) / len(people) - share * share) < 0.02
