"""What every provider promises (newsletter/delivery/provider.py), asked of each one in the folder.

A new provider is found by its file. `provider_examples/NAME.py` says how it is opened: `works`
where it takes mail, `fails` where it cannot, both as context managers that get an empty folder;
and in `SECRETS`, by name, the made-up secrets it is given.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from newsletter.core import plugins
from newsletter.core.errors import ConfigError, NotSubmitted
from newsletter.core.model import Attempt, Submission
from newsletter.delivery.provider import Provider
from tests.support.delivery import make_attempt, make_message, make_recipient
from tests.support.plugins import examples

PACKAGE = "newsletter.delivery.providers"
NAMES = plugins.names(PACKAGE)
FOLDER = Path(__file__).parent / "provider_examples"
EXAMPLES = examples(FOLDER)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    assert found in EXAMPLES, f"write {FOLDER / found}.py; outbox.py beside it is a short one"
    return found


@pytest.fixture
def working(name: str, tmp_path: Path) -> Iterator[Provider]:
    with EXAMPLES[name].works(tmp_path) as provider:
        yield provider
        provider.close()


@pytest.fixture
def broken(name: str, tmp_path: Path) -> Iterator[Provider]:
    with EXAMPLES[name].fails(tmp_path) as provider:
        yield provider
        provider.close()


def secrets_of(name: str) -> list[str]:
    return list(getattr(EXAMPLES[name], "SECRETS", {}).values())


def test_examples_and_providers_are_the_same_set() -> None:
    assert sorted(EXAMPLES) == NAMES


def test_module_can_be_made_by_its_name(name: str) -> None:
    module: ModuleType = plugins.load(PACKAGE, name)
    assert callable(module.make)
    assert module.__doc__


def test_unknown_provider_is_answered_with_the_valid_names() -> None:
    with pytest.raises(ConfigError) as caught:
        plugins.load(PACKAGE, "sendgird")
    assert f"Valid: {', '.join(NAMES)}." in caught.value.hint


def test_name_is_the_one_of_the_configuration(working: Provider, name: str) -> None:
    assert working.name == name


def test_full_batch_of_the_configuration_may_be_submitted(working: Provider) -> None:
    assert working.max_recipients >= 1
    attempt = make_attempt(count=min(working.max_recipients, 1000))
    assert working.fits(attempt)


def test_submission_comes_back_for_one_and_for_many(working: Provider) -> None:
    for count in (1, 7):
        submission = working.submit(make_attempt(count=count))
        assert isinstance(submission, Submission)
        assert submission.provider_id


def test_failure_is_told_as_an_error_of_the_tree(broken: Provider) -> None:
    with pytest.raises(NotSubmitted) as caught:
        broken.submit(make_attempt())
    assert caught.value.what.endswith((".", "…"))
    assert caught.value.__cause__ is not None


def test_ordinary_recipients_have_no_problem(working: Provider) -> None:
    attempt = make_attempt(count=3)
    assert not working.problems(attempt)


@pytest.mark.parametrize(
    "fault",
    [
        {"address": ""},
        {"address": "nobody"},
        {"address": "jörg@example.com"},
        {"address": "ann@example.com\r\nBcc: bob@example.com"},
        {"name": "Ann\r\nBcc: bob@example.com"},
        {"name": "half \ud800"},
        {"substitutions": {"-t-": "a\nb"}},
        {"substitutions": {"-t-": "half \udfff"}},
        {"unsubscribe_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://brief.example.org/\r\nX: y"},
    ],
)
def test_hopeless_recipient_is_named_before_any_attempt(
    working: Provider, fault: dict[str, str | dict[str, str]]
) -> None:
    person = replace(make_recipient(2), **fault)  # type: ignore[arg-type]  # one field each
    harmless = dict.fromkeys(person.substitutions, "-")
    before, after = (make_recipient(n, substitutions=harmless) for n in (1, 3))
    ((index, sentence),) = working.problems(make_attempt(before, person, after)).items()
    assert index == 1
    assert not person.address or person.address not in sentence


def test_questions_leave_no_trace(working: Provider, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    attempt = make_attempt()
    assert working.fits(attempt) == working.fits(attempt)
    assert working.problems(attempt) == working.problems(attempt)
    assert sorted(tmp_path.rglob("*")) == before


def test_hard_names_are_taken(working: Provider) -> None:
    names = ["", 'Jürgen "J" O’Neil', "株式会社", "👩‍👩‍👧", "a, b; <c>", "n" * 500]
    people = [make_recipient(n, name=name) for n, name in enumerate(names, start=1)]
    attempt = make_attempt(*people)
    assert not working.problems(attempt)
    working.submit(attempt)


def test_message_without_merge_fields_is_taken(working: Provider) -> None:
    plain = make_message(subject="Gulls", html="<p>Gulls</p>", text="Gulls\n", fields=())
    working.submit(make_attempt(make_recipient(substitutions={}), message=plain))


def test_submit_may_be_called_from_several_threads(working: Provider) -> None:
    def attempt(number: int) -> Attempt:
        people = (make_recipient(number * 10 + n) for n in range(3))
        return make_attempt(*people, id=f"attempt-{number}", batch=number)

    with ThreadPoolExecutor(4) as pool:
        submissions = list(pool.map(working.submit, map(attempt, range(12))))
    assert all(submission.provider_id for submission in submissions)


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """Return what was logged, but for the log of the server that plays the other side."""
    told = [r.getMessage() for r in caplog.records if not r.name.startswith("mail.")]
    return "\n".join(told)


def test_success_logs_no_address_name_or_key(
    working: Provider, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    working.submit(make_attempt())
    for private in ("reader1@", "Reader 1", *secrets_of(name)):
        assert private not in ours(caplog)


def test_failure_tells_no_address_name_or_key(
    broken: Provider, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotSubmitted) as caught:
        broken.submit(make_attempt())
    told = f"{caught.value.what} {caught.value.hint} {caught.value.__cause__!r}"
    for private in ("reader1@", "Reader 1", *secrets_of(name)):
        assert private not in ours(caplog) + told


def test_close_may_be_called_twice(working: Provider) -> None:
    working.submit(make_attempt())
    working.close()
    working.close()


def test_close_may_be_called_without_any_attempt(broken: Provider) -> None:
    broken.close()
    broken.close()
