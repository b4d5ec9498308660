"""Every field of settings and attachments: its type, its signs, what it goes together with."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.sandbox.validate import Known, validate
from tests.support.sandbox import NOW, make_body

FLAGS = [
    "mail_settings.sandbox_mode",
    "mail_settings.footer",
    "mail_settings.bypass_list_management",
    "mail_settings.bypass_spam_management",
    "mail_settings.bypass_bounce_management",
    "mail_settings.bypass_unsubscribe_management",
    "tracking_settings.click_tracking",
    "tracking_settings.open_tracking",
    "tracking_settings.subscription_tracking",
    "tracking_settings.ganalytics",
]
TEXTS = [
    "mail_settings.footer.text",
    "mail_settings.footer.html",
    "tracking_settings.open_tracking.substitution_tag",
    "tracking_settings.subscription_tracking.text",
    "tracking_settings.subscription_tracking.html",
    "tracking_settings.subscription_tracking.substitution_tag",
    "tracking_settings.ganalytics.utm_source",
    "tracking_settings.ganalytics.utm_medium",
    "tracking_settings.ganalytics.utm_term",
    "tracking_settings.ganalytics.utm_content",
    "tracking_settings.ganalytics.utm_campaign",
]
NO_TEXTS = [5, 0.5, True, None, ["a"], {"a": "b"}]
NO_BOOLEANS = [5, 0, "true", "no", None, ["a"], {"a": "b"}]


def fields(body: Any, *, strict: bool = True) -> list[str | None]:
    return [problem.field for problem in validate(body, Known(now=NOW), strict=strict)]


def setting(path: str, value: Any) -> dict[str, Any]:
    """Return a request with one field of a setting that is switched on."""
    kind, name, field = path.split(".")
    return make_body(**{kind: {name: {"enable": True, field: value}}})


@pytest.mark.parametrize("value", NO_BOOLEANS, ids=repr)
@pytest.mark.parametrize("path", FLAGS)
def test_a_setting_is_switched_by_a_real_boolean(path: str, value: Any) -> None:
    assert fields(setting(f"{path}.enable", value)) == [f"{path}.enable"]


@pytest.mark.parametrize("value", [True, False], ids=repr)
@pytest.mark.parametrize("path", FLAGS)
def test_each_setting_is_taken_alone(path: str, value: bool) -> None:
    assert fields(setting(f"{path}.enable", value)) == []


@pytest.mark.parametrize("value", NO_TEXTS, ids=repr)
@pytest.mark.parametrize("path", TEXTS)
def test_a_text_of_a_setting_is_a_text(path: str, value: Any) -> None:
    assert fields(setting(path, value)) == [path]


@pytest.mark.parametrize("path", TEXTS)
def test_any_text_will_do(path: str) -> None:
    assert fields(setting(path, "")) == fields(setting(path, "Größe; 5, 6")) == []


@pytest.mark.parametrize("value", NO_BOOLEANS, ids=repr)
def test_click_tracking_of_text_is_a_boolean(value: Any) -> None:
    path = "tracking_settings.click_tracking.enable_text"
    assert fields(setting(path, value)) == [path]


OTHERS = ["bypass_spam_management", "bypass_bounce_management", "bypass_unsubscribe_management"]


@pytest.mark.parametrize("other", OTHERS)
def test_the_bypass_of_everything_goes_with_no_other(other: str) -> None:
    both = {"bypass_list_management": {"enable": True}, other: {"enable": True}}
    one_is_off = {"bypass_list_management": {"enable": True}, other: {"enable": False}}

    assert fields(make_body(mail_settings=both)) == ["mail_settings.bypass_list_management"]
    assert fields(make_body(mail_settings=one_is_off)) == []


def test_the_other_bypasses_go_together() -> None:
    assert fields(make_body(mail_settings={name: {"enable": True} for name in OTHERS})) == []


SPAM_CHECK = {"enable": True, "threshold": 5, "post_to_url": "https://example.org/spam"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"threshold": 0}, "threshold"),
        ({"threshold": 11}, "threshold"),
        ({"threshold": "5"}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"threshold": ...}, "threshold"),
        ({"post_to_url": "example.org"}, "post_to_url"),
        ({"post_to_url": 5}, "post_to_url"),
        ({"post_to_url": ...}, "post_to_url"),
    ],
)
def test_a_spam_check_needs_its_threshold_and_address(changes: dict[str, Any], field: str) -> None:
    check = {key: value for key, value in (SPAM_CHECK | changes).items() if value is not ...}

    assert fields(make_body(mail_settings={"spam_check": SPAM_CHECK})) == []
    assert fields(make_body(mail_settings={"spam_check": check})) == [
        f"mail_settings.spam_check.{field}"
    ]


@pytest.mark.parametrize("bcc", [{}, {"email": 5}, {"email": "nobody"}], ids=repr)
def test_a_copy_for_the_archive_needs_an_address(bcc: dict[str, Any]) -> None:
    body = make_body(mail_settings={"bcc": {"enable": True, **bcc}})
    assert fields(body) == ["mail_settings.bcc.email"]


ATTACHMENT = {"content": "aGk=", "filename": "a.txt"}
WRONG_ATTACHMENTS: dict[str, Any] = {
    "type": [5, None, "", [], "text/plain; charset=utf-8", "text/plain\r\nX: y", "a/b\n"],
    "filename": [5, None, "", ["a"], "a\r\nb.txt", "a\n.txt", "a;b.txt", "a,b.txt"],
    "content_id": [5, None, ["a"], "a\r\nb", "a\n", "a;b"],
    "disposition": [5, None, "", [], {}, "Inline", "file"],
    "content": [5, None, "", [], "hi!", "aGk"],
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in WRONG_ATTACHMENTS.items() for value in values],
    ids=repr,
)
def test_a_field_of_an_attachment_is_of_its_type_and_on_one_line(field: str, value: Any) -> None:
    found = fields(make_body(attachments=[ATTACHMENT, ATTACHMENT | {field: value}]))

    assert found == [f"attachments.1.{field}"]


@pytest.mark.parametrize(("field", "value"), [("filename", "a,b.txt"), ("content_id", "a;b")])
def test_signs_that_only_a_note_forbids_are_taken_by_a_lenient_sandbox(
    field: str, value: str
) -> None:
    assert fields(make_body(attachments=[ATTACHMENT | {field: value}]), strict=False) == []
