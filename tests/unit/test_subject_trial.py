"""A second subject on a share of the audience: carried by edition and message, divided evenly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders_checked import check_edition, good
from builders_edition import TEMPLATES, make_edition, make_settings
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import UsageError
from newsletter.core.model import SubjectTrial
from newsletter.delivery.subject_trial import gets_second
from newsletter.editions.fields import as_fields, from_fields
from newsletter.editions.reader import from_toml
from newsletter.editions.writer import as_toml
from newsletter.message import check, merge
from newsletter.message.render.message import render
from newsletter.web.desk.edit_form import groups

DAY = date(2027, 3, 9)
TRIAL = SubjectTrial("The harbour falls silent", 0.25)


def test_the_file_has_both_keys_and_is_read_back() -> None:
    edition = make_edition(trial=TRIAL)
    text = as_toml(edition)
    assert 'subject_b = "The harbour falls silent"\nsubject_share = 0.25\n' in text
    assert from_toml(text, day=DAY, name="edition.toml").trial == TRIAL
    assert "subject_b" not in as_toml(make_edition())


def test_the_desk_s_form_shows_and_keeps_both() -> None:
    fields = as_fields(make_edition(trial=TRIAL))
    shown = {field.name: field.value for group in groups(fields) for field in group.fields}
    assert (shown["subject_b"], shown["subject_share"]) == (TRIAL.subject, "0.25")
    assert from_fields(shown, day=DAY).trial == TRIAL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('subject_b = "x"', "both, or neither"),
        ("subject_share = 0.2", "both, or neither"),
        ('subject_b = "x"\nsubject_share = 0', "greater than 0"),
        ('subject_b = "x"\nsubject_share = 0.6', "less than or equal to 0.5"),
    ],
)
def test_half_a_trial_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        from_toml(text, day=DAY, name="edition.toml")


def test_the_message_carries_both_and_its_digest_binds_both() -> None:
    settings = make_settings(Path())
    plain = render(make_edition(), settings, folders=[TEMPLATES]).message
    tried = render(
        make_edition(trial=replace(TRIAL, subject="Two\nlines")), settings, folders=[TEMPLATES]
    ).message
    assert plain.trial is None
    assert tried.trial == SubjectTrial("Two lines", 0.25)
    assert tried.subject == plain.subject
    other = merge.with_digest(replace(tried, trial=replace(tried.trial, share=0.5)))
    without = merge.with_digest(replace(tried, trial=None))
    assert len({tried.digest, other.digest, without.digest}) == 3


def test_the_second_subject_is_checked_like_the_first() -> None:
    def codes(subject: str) -> list[str]:
        checked = check_edition(make_edition(trial=SubjectTrial(subject, 0.5)))
        return [found.message for found in check.run(checked, {})]

    assert codes(TRIAL.subject) == []
    assert codes("x" * 71) == ["The second subject has 71 characters; inboxes cut it at 70."]
    assert codes(good().subject) == ["Both subjects are the same."]
    assert "second subject has “{{ name }}” left" in codes("Dear {{ name }}")[0]


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
