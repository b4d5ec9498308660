"""What the page Write asks the desk while somebody types: the mail, other parts, a picture kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from newsletter.web.desk.starting import GRACE
from tests.support.desk import DAY, Answer, Desk, desk_of, fields_of, make_root, opened

SECTIONS = """
[sources]
story = [{ type = "markdown", rotate = true }]
"""
MEDIA = """
[media]
url = "https://brief.example.org/media"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication with one story, and the library."""
    return make_root(tmp_path, SECTIONS + MEDIA)


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    """Serve its desk."""
    with desk_of(root) as running:
        yield running


def form(desk: Desk) -> dict[str, str]:
    """Open the form."""
    with desk.get("write") as answer:
        return fields_of(answer.read().decode())


def choices(desk: Desk, words: str = "") -> dict[str, Any]:
    """Ask for other quotes."""
    with desk.get(f"choices/quote?words={words}") as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


def upload(desk: Desk, content: bytes) -> Answer:
    """Send a picture as the page does."""
    head = 'Content-Disposition: form-data; name="picture"; filename="harbour.png"'
    body = b"--edge\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n--edge--\r\n"
    kind = {"Origin": desk.origin, "Content-Type": "multipart/form-data; boundary=edge"}
    with desk.get("picture", method="POST", body=body, **kind) as answer:
        return Answer(answer.status, "", answer.read().decode())


def picture() -> bytes:
    """Make a picture."""
    made = io.BytesIO()
    Image.new("RGB", (800, 450), "#284a6b").save(made, "PNG")
    return made.getvalue()


def test_the_mail_of_words_that_are_not_saved_is_shown_and_nothing_is_written(
    desk: Desk, root: Path
) -> None:
    fields = form(desk)
    answer = desk.post("draft", fields | {"stories.0.headline": "Typed a moment ago"})
    assert answer.status == 200
    assert "Typed a moment ago" in answer.text
    assert not (root / "editions").exists()
    with desk.get("mail") as mail:  # what is typed looks as what is saved does
        assert desk.post("draft", fields).text == mail.read().decode()
    lacking = desk.post("draft", fields | {"stories.0.headline": " "})
    assert lacking.status == 422
    assert json.loads(lacking.text)["faults"][0]["name"] == "stories.0.headline"


def test_other_quotes_are_listed_searched_and_used_with_their_origin(
    desk: Desk, root: Path
) -> None:
    found = choices(desk)
    assert found["choices"][0]["is_here"]
    assert found["told"].startswith("The first 12 of ")
    author = next(one["fields"]["quote.author"] for one in found["choices"] if not one["is_here"])
    narrowed = choices(desk, author.replace(" ", "+"))["choices"]
    assert {one["fields"]["quote.author"] for one in narrowed} == {author}
    chosen = next(one for one in narrowed if not one["is_here"])
    typed = form(desk) | {"stories.0.headline": "Typed before", "_choice": chosen["key"]}
    told = json.loads(desk.post("choices/quote", typed).text)
    assert told["fields"] == chosen["fields"]
    with opened(root) as app:
        edition = app.files.load(DAY)
    assert edition is not None
    assert edition.quote is not None
    assert edition.quote.text == chosen["fields"]["quote.text"]
    assert edition.stories[0].headline == "Typed before"
    gone = desk.post("choices/quote", form(desk) | {"_choice": "nonsense"})
    assert (gone.status, "not to be had" in gone.text) == (422, True)
    assert desk.post("choices/story", form(desk)).status == 404


def test_a_picture_is_kept_at_once_and_without_a_place_on_the_web_that_is_said(
    desk: Desk, root: Path
) -> None:
    kept = json.loads(upload(desk, picture()).text)
    assert kept["fields"]["url"].startswith("https://brief.example.org/media/")
    assert (root / "content" / "media" / kept["shown"].rpartition("/")[2]).exists()
    config = (root / "config.toml").read_text(encoding="utf-8")
    (root / "config.toml").write_text(config.replace(MEDIA, ""), encoding="utf-8")
    for one in (root / "content" / "media").iterdir():
        one.unlink()
    refused = upload(desk, picture())
    told = json.loads(refused.text)
    assert (refused.status, told["message"]) == (
        409,
        "The picture is kept, but cannot go out yet.",
    )
    assert "toml" not in told["hint"]
    assert len(list((root / "content" / "media").iterdir())) == 1
    assert upload(desk, b"no picture").status == 422


def test_a_send_that_was_asked_for_is_taken_back_within_ten_seconds(desk: Desk, root: Path) -> None:
    assert GRACE == 10
    digest = desk.state()["preview"]["digest"]
    assert desk.post("send-now", {"digest": digest, "by": "Ida"}).status == 200
    with desk.get("today") as answer:
        assert "It begins in a moment" in answer.read().decode()
    back = desk.post("withdraw", {})
    assert json.loads(back.text)["told"] == "Taken back. Nothing goes out."
    with opened(root) as app:
        assert app.sends.find(DAY) is None
        assert app.approval_records.find(DAY) is None
