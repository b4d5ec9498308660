"""What each answer of SendGrid means; the table of sendgrid.md 2, row by row."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import (
    AccountRefused,
    DeliveryError,
    MessageRefused,
    NotSubmitted,
    RecipientRefused,
    Throttled,
    TooLarge,
    Uncertain,
    Unreachable,
)
from newsletter.core.http.answer import Answer, NeverSent, NoAnswer
from newsletter.core.model import Submission
from newsletter.delivery.providers.sendgrid import answers
from tests.support.delivery import NOW

KEY = "SG.abcdefghijklmnop.secret-part_of-it"
ASKED = answers.Asked(recipients=1000, key=KEY, sender="brief@brief.example.org")


def make_answer(
    status: int, body: bytes = b"", *, whole_request: bool = True, **headers: str
) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=named, body=body, whole_request=whole_request)


def errors(*entries: tuple[str | None, str]) -> bytes:
    return orjson.dumps({"errors": [{"field": f, "message": m, "help": None} for f, m in entries]})


def read(answer: Answer, asked: answers.Asked = ASKED) -> Submission:
    return answers.read(answer, asked, now=NOW)


def error_of(answer: Answer, asked: answers.Asked = ASKED) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        read(answer, asked)
    return caught.value


def test_202_is_a_submission_under_its_message_id() -> None:
    submission = read(make_answer(202, x_message_id="Xj5L-a_b.c"))
    assert submission == Submission(provider_id="Xj5L-a_b.c", status=202)


@pytest.mark.parametrize("headers", [{}, {"x_message_id": " "}, {"x_message_id": "a b\x7fc"}])
def test_202_without_a_usable_message_id_is_a_submission_all_the_same(headers: Any) -> None:
    assert read(make_answer(202, **headers)) == Submission(provider_id="", status=202)


def test_202_to_half_a_request_is_uncertain() -> None:
    assert type(error_of(make_answer(202, whole_request=False))) is Uncertain


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", errors((None, "oh")), b"\xff"])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_5xx_is_uncertain(status: int, body: bytes) -> None:
    error = error_of(make_answer(status, body))
    assert type(error) is Uncertain
    assert error.status == status


@pytest.mark.parametrize("status", [200, 201, 204, 206, 301, 302, 304, 307, 308])
def test_other_successes_and_redirects_are_uncertain(status: int) -> None:
    assert type(error_of(make_answer(status, location="https://example.com"))) is Uncertain


@pytest.mark.parametrize("status", [402, 406, 408, 409, 418, 422, 451])
def test_refusals_that_are_not_documented_are_uncertain(status: int) -> None:
    assert type(error_of(make_answer(status))) is Uncertain


def test_5xx_before_the_request_was_out_took_nothing() -> None:
    error = error_of(make_answer(503, b"busy", whole_request=False))
    assert type(error) is Unreachable


def test_413_is_too_large() -> None:
    assert type(error_of(make_answer(413))) is TooLarge


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (401, "SENDGRID_API_KEY"),
        (403, "sender.email"),
        (404, "base_url"),
        (405, "base_url"),
        (415, "base_url"),
    ],
)
def test_account_is_refused_with_the_setting_to_mend(status: int, named: str) -> None:
    error = error_of(make_answer(status, errors((None, "access forbidden"))))
    assert type(error) is AccountRefused
    assert named in error.hint
    assert "access forbidden" in error.what


def test_403_names_the_from_address() -> None:
    body = errors(("from", "The from address does not match a verified Sender Identity."))
    assert "brief@brief.example.org" in error_of(make_answer(403, body)).what


# --- 400 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        "personalizations.500.to.0.email",
        "personalizations.500.to",
        "personalizations.500.substitutions",
        "personalizations.500.headers.List-Unsubscribe",
        "personalizations.500.custom_args",
        "personalizations.500",
        "personalizations[500].to[0].email",
    ],
)
def test_400_that_names_a_person_blames_that_person(field: str) -> None:
    error = error_of(make_answer(400, errors((field, "Does not contain a valid address."))))
    assert isinstance(error, RecipientRefused)
    assert (error.index, error.status) == (500, 400)
    assert "Does not contain a valid address." in error.what


def test_400_may_name_the_person_in_its_sentence() -> None:
    body = errors(("personalizations", "duplicate of [a@b.c] in the personalizations.7.to field"))
    error = error_of(make_answer(400, body))
    assert isinstance(error, RecipientRefused)
    assert error.index == 7


def test_first_person_named_is_blamed() -> None:
    body = errors((None, "x"), ("personalizations.9.to", "x"), ("personalizations.3.to", "x"))
    error = error_of(make_answer(400, body))
    assert isinstance(error, RecipientRefused)
    assert error.index == 9


def test_400_that_names_everybody_blames_the_message() -> None:
    few = answers.Asked(recipients=3, key=KEY, sender="")
    named = [(f"personalizations.{n}.headers", "must be a string") for n in range(3)]
    assert type(error_of(make_answer(400, errors(*named)), few)) is MessageRefused
    assert type(error_of(make_answer(400, errors(*named[:2])), few)) is RecipientRefused


def test_400_that_names_the_only_person_blames_that_person() -> None:
    one = answers.Asked(recipients=1, key=KEY, sender="")
    body = errors(("personalizations.0.to.0.email", "no"))
    assert type(error_of(make_answer(400, body), one)) is RecipientRefused


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"<html>personalizations.3.to</html>",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"errors":null}',
        b'{"errors":[null,7,{}]}',
        b'{"errors":"personalizations.3.to"}',
        errors((None, "Bad Request")),
        errors(("from.email", "The from email does not contain a valid address.")),
        errors(("content.0.value", "must be a string")),
        errors(("personalizations.1000.to", "there is no such person")),
        errors(("personalizations.99999.to", "there is no such person")),
        errors(("personalizations.5.subject", "the same for everybody")),
        errors(("personalizations.5.send_at", "the same for everybody")),
    ],
)
def test_400_that_names_nobody_blames_the_message(body: bytes) -> None:
    error = error_of(make_answer(400, body))
    assert type(error) is MessageRefused
    assert error.status == 400


# --- no answer ---------------------------------------------------------------------------------


def test_exchange_that_never_went_out_took_nothing() -> None:
    assert type(answers.lost(NeverSent("no connection"))) is Unreachable


def test_exchange_without_an_answer_is_uncertain_and_keeps_its_status() -> None:
    error = answers.lost(NoAnswer("it broke off", status=202))
    assert (type(error), error.status) == (Uncertain, 202)


# --- what is quoted ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 413, 500])
def test_neither_key_nor_address_is_quoted(status: int) -> None:
    told = f'Bearer {KEY} SG.other.key refused for "ann.lee@example.com", <bob%40example.org>'
    for body in (told.encode(), errors((None, told))):
        error = error_of(make_answer(status, body))
        for secret in (KEY, "SG.", "ann.lee", "bob"):
            assert secret not in error.what + error.hint
        assert "refused for" in error.what


def test_key_of_another_form_is_not_quoted_either() -> None:
    odd = answers.Asked(recipients=1, key="hunter2", sender="")
    assert "hunter2" not in error_of(make_answer(500, b"no such key hunter2"), odd).what


def test_long_and_odd_bodies_become_one_short_line() -> None:
    error = error_of(make_answer(500, b"<html>\r\n\x1b[31m\0" + b"word " * 100_000))
    assert len(error.what) < 500
    assert error.what.isprintable()


@given(st.binary(max_size=300), st.sampled_from([200, 302, 400, 401, 403, 413, 429, 500]))
def test_no_body_breaks_the_reading(body: bytes, status: int) -> None:
    error = error_of(make_answer(status, body))
    assert isinstance(error, NotSubmitted) == (400 <= status < 500)
    assert error.what.isprintable()


JSON = st.recursive(
    st.none() | st.integers(-5, 5) | st.text(max_size=30) | st.just("personalizations.2.to"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["errors", "field", "message"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_json_breaks_the_reading(body: Any) -> None:
    error = error_of(make_answer(400, orjson.dumps(body)))
    assert isinstance(error, MessageRefused | RecipientRefused)


def test_throttled_is_told_apart_from_all_else() -> None:
    assert type(error_of(make_answer(429))) is Throttled
