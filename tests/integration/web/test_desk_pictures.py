"""A picture of the editor's own, put into a story at the desk."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.desk import DAY, TOKEN, Answer, Desk, desk_of, fields_of, make_root, opened

WORDS = {"stories.0.image.alt": "A harbour at dawn", "stories.0.image.credit": "Ida Marsh"}
SOURCES = '\n[sources]\nstory = [{ type = "markdown", rotate = true }]\n'
MEDIA = '\n[media]\nurl = "https://brief.example.org/media"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication that serves its pictures."""
    return make_root(tmp_path, SOURCES + MEDIA)


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    """Run its desk."""
    with desk_of(root) as running:
        yield running


def make_picture(width: int = 2000, height: int = 1000, *, kind: str = "JPEG") -> bytes:
    """Draw a picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#a3231f").save(out, kind)
    return out.getvalue()


def upload(desk: Desk, content: bytes, **overrides: str) -> Answer:
    """Save the form as it is, with a picture for the lead story."""
    with desk.get("write") as answer:
        fields = fields_of(answer.read().decode()) | WORDS | overrides
    fields = {name: text for name, text in fields.items() if not name.startswith("_picture")}
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in (fields | {"_do": "save"}).items()
    ]
    head = 'Content-Disposition: form-data; name="_picture.stories.0"; filename="harbour.jpg"'
    parts += [f"--edge\r\n{head}\r\n\r\n".encode(), content, b"\r\n--edge--\r\n"]
    kind = {"Origin": desk.origin, "Content-Type": "multipart/form-data; boundary=edge"}
    with desk.get("write", method="POST", body=b"".join(parts), **kind) as answer:
        return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())


def kept(root: Path) -> list[Path]:
    """List the publication's pictures."""
    return sorted((root / "content" / "media").glob("*"))


def test_a_picture_is_made_small_kept_and_put_into_the_story(desk: Desk, root: Path) -> None:
    assert upload(desk, make_picture()).location == "write?did=saved"
    (file,) = kept(root)
    with Image.open(file) as picture:
        assert picture.size == (1280, 640)
    with opened(root) as app:
        edition = app.files.load(DAY)
        assert edition is not None
        image = edition.stories[0].image
    assert image is not None
    assert image.url == f"https://brief.example.org/media/{file.name}"
    assert (image.alt, image.credit) == ("A harbour at dawn", "Ida Marsh")
    assert (image.width, image.height) == (1280, 640)


def test_the_desk_shows_a_picture_that_is_not_published_yet(desk: Desk, root: Path) -> None:
    upload(desk, make_picture())
    (file,) = kept(root)
    with desk.get("mail") as answer:
        shown = re.findall(r'src="([^"]*)"', answer.read().decode())
    assert f"../media/{file.name}" in shown
    with desk.ask(f"/{TOKEN}/media/{file.name}") as answer:
        assert answer.read() == file.read_bytes()
    with desk.get("write") as answer:
        assert f'<img src="../media/{file.name}"' in answer.read().decode()


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        ("stories.0.image.alt", "What the picture shows is needed for those who do not see it."),
        ("stories.0.image.credit", "Credit is needed: who took it."),
    ],
)
def test_a_picture_without_words_or_credit_is_not_kept(
    desk: Desk, root: Path, lacking: str, told: str
) -> None:
    answer = upload(desk, make_picture(), **{lacking: " "})
    assert answer.status == 422
    assert told in answer.text
    assert kept(root) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"This is no picture at all.", "harbour.jpg is no picture that mail programs show."),
        (make_picture(200, 100), "harbour.jpg is only 200 pixels wide."),
        (make_picture()[:900], "harbour.jpg is damaged"),
        (make_picture() + b"\0" * 10_000_000, "10,000,000 is the most."),
    ],
)
def test_what_is_no_fit_picture_is_told(desk: Desk, root: Path, content: bytes, told: str) -> None:
    answer = upload(desk, content)
    assert answer.status == 422
    assert told in answer.text
    assert kept(root) == []


def test_thirty_megabytes_are_refused_and_the_desk_goes_on(desk: Desk, root: Path) -> None:
    answer = upload(desk, b"\0" * 30_000_000)
    assert (answer.status, "a picture up to 10 MB" in answer.text) == (422, True)
    assert kept(root) == []
    assert upload(desk, make_picture()).status == 303


def test_where_pictures_are_not_served_the_way_out_is_told(desk: Desk, root: Path) -> None:
    config = (root / "config.toml").read_text(encoding="utf-8")
    (root / "config.toml").write_text(config.replace(MEDIA, ""), encoding="utf-8")
    answer = upload(desk, make_picture())
    assert answer.status == 422
    assert "[media] url" in answer.text
