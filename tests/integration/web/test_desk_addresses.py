"""Every address of the desk, whatever is asked of it: answered, and never by a fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.desk import TOKEN, Desk, desk_of, make_root
from tests.support.examples import examples

SECTIONS = """
[sources]
story = [{ type = "page" }, { type = "markdown", rotate = true }]

[delivery]
provider = "outbox"
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Run the desk of a publication with one story."""
    with desk_of(make_root(tmp_path_factory.mktemp("desk"), SECTIONS)) as running:
        yield running


def status(desk: Desk, path: str) -> tuple[int, str]:
    """Ask for a path below the token."""
    with desk.ask(f"/{TOKEN}/{path}") as answer:
        return answer.status, answer.read().decode()


def test_every_day_of_a_year_has_its_pages(desk: Desk) -> None:
    """Twenty-nine, thirty and thirty-one as well: the pattern of the route forgot them."""
    first = date(2028, 1, 1)
    days = [first + timedelta(days=n) for n in range(366)]
    last = [day for day in days if day.day >= 28]
    assert {day: status(desk, f"{day}/paste")[0] for day in last} == dict.fromkeys(last, 200)


@pytest.mark.parametrize("path", ["nowhere", "2027-03-09/nowhere", "2027-03-09/paste/x", "media/x"])
def test_an_unknown_address_gets_a_page_of_the_desk(desk: Desk, path: str) -> None:
    found, page = status(desk, path)
    assert found == 404
    assert "This page is not here" in page
    assert f'href="/{TOKEN}/"' in page


@pytest.mark.parametrize("year", ["0001", "0999", "1899", "2200", "9998", "9999"])
@pytest.mark.parametrize(
    "page", ["{}-01-01/", "{}-12-31/write", "{}-12-31/state", "calendar/{}-12-01"]
)
def test_a_year_beyond_the_desks_is_not_found(desk: Desk, year: str, page: str) -> None:
    found, words = status(desk, page.format(year))
    assert (found, "1900 to 2199" in words) == (404, True)


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
@pytest.mark.parametrize("page", ["{}/paste", "{}/write", "{}/state", "calendar/{}"])
def test_the_first_and_the_last_day_are_pages(desk: Desk, day: str, page: str) -> None:
    assert status(desk, page.format(day))[0] in {200, 422}


@pytest.mark.parametrize("path", ["media/{}", "pages/{}", "{}", "2027-03-09/{}", "calendar/{}"])
@pytest.mark.parametrize("name", ["x" * 5000, "%00", "%ff", "..%2f..", "%0a"])
def test_a_name_that_no_file_has_is_not_found(desk: Desk, path: str, name: str) -> None:
    assert status(desk, path.format(name))[0] == 404


@pytest.mark.parametrize(
    "name",
    [
        "stories.{}.headline".format("9" * 5000),
        "stories.99999999.headline",
        "stories.²." + "x" * 5000,
        "." * 5000,
        ".".join("a" * 2500),
        "fact.text.text",
        "stories",
        "accepted." + "9" * 50,
        "corrections.0.date",
    ],
)
@pytest.mark.parametrize("action", ["save", "add:stories", "remove:stories.0", "next:fact"])
def test_any_name_of_a_field_is_answered(desk: Desk, name: str, action: str) -> None:
    answer = desk.post("write", {name: "words", "_do": action})
    assert answer.status in {200, 303, 409, 422}


def test_a_paste_of_ten_megabytes_is_told_what_is_allowed(desk: Desk) -> None:
    for text in ("x" * 600_000, "x" * 10_000_000, "é" * 10_000_000):
        answer = desk.post("paste", {"text": text, "_do": "read"})
        assert answer.status == 422
        assert "up to 500,000 characters" in answer.text
        assert len(answer.text) < 100_000


WORDS = st.text(max_size=30)
SEGMENTS = st.one_of(
    st.sampled_from(
        [
            "2027-03-31",
            "0000-00-00",
            "2027-02-30",
            "9998-12-31",
            "calendar",
            "media",
            "pages",
            "write",
            "today",
            "paste",
            "seen",
            "state",
            "mail",
            "decision",
            "approve",
            "withdraw",
            "accept",
            "test",
            "",
            ".",
            "..",
            "desk.css",
            "sign-in",
        ]
    ),
    WORDS,
)
NAMES = st.one_of(
    st.sampled_from(
        [
            "text",
            "_do",
            "_learn",
            "_seen",
            "_fresh",
            "_aside",
            "digest",
            "addresses",
            "reader",
            "code",
            "reason",
            "lens",
            "holds",
            "did",
            "subject",
            "stories.0.text",
            "word.sentences",
            "stories.0.headline",
            "stories.0.image.width",
            "corrections.0.date",
            "accepted.size",
        ]
    ),
    st.lists(st.sampled_from(["stories", "0", "7", "²", "image", "fact", "text", ""])).map(
        ".".join
    ),
    WORDS,
)
VALUES = st.one_of(
    st.sampled_from(["save", "keep", "read", "add:others", "remove:fact", "next:word", "before:x"])
    | st.sampled_from(["1:keep", "9" * 5000, "-1", "2027-03-31", "true", "\x00", "outlook"]),
    WORDS,
)
TYPES = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/json",
        "multipart/form-data",
        "text/plain",
        "",
    ]
)
BODIES = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=4).map(lambda form: urlencode(form).encode()),
    st.dictionaries(NAMES.map(lambda name: name.replace('"', "")), VALUES, max_size=3).map(
        lambda form: (
            b"".join(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
                for name, text in form.items()
            )
            + b"--b--\r\n"
        )
    ),
    st.binary(max_size=60),
)


@settings(max_examples=examples(120), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]),
    segments=st.lists(SEGMENTS, max_size=3),
    query=st.dictionaries(NAMES, VALUES, max_size=3),
    body=BODIES,
    kind=TYPES,
)
@example("GET", ["2027-03-31", "state"], {}, b"", "")
@example("POST", ["2027-03-31", "write"], {}, b"stories.0.text=%00", "text/plain")
def test_nothing_that_is_asked_is_a_fault(
    desk: Desk, method: str, segments: list[str], query: dict[str, str], body: bytes, kind: str
) -> None:
    path = "/".join(quote(one, safe="") for one in segments)
    asked = f"/{TOKEN}/{path}?{urlencode(query)}"
    with desk.ask(asked, method=method, body=body, Origin=desk.origin, Content_Type=kind) as answer:
        assert answer.status < 500
