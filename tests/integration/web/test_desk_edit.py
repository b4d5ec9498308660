"""The desk's form and paste page over HTTP, on a real publication."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.repeats import uses
from newsletter.core.model import Part
from newsletter.editions import record
from newsletter.storage import used_content
from newsletter.storage.used_content import FrozenContent
from tests.support.desk import DAY, Answer, Desk, desk_of, fields_of, make_root, opened
from tests.support.page import FACT, HEADLINE, PARAGRAPHS, QUOTE, full_page

SOURCES = """
[sources]
story = [{ type = "page" }, { type = "markdown", rotate = true }]
fact = [{ type = "page" }, { type = "table" }, { type = "library" }]
quote = [{ type = "page" }]
"""
FACTS = "text,source\nA snail can sleep for months.,Almanac\nA crow knows faces.,Almanac\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication with a story and two facts."""
    make_root(tmp_path, SOURCES)
    (tmp_path / "content" / "facts.csv").write_text(FACTS, encoding="utf-8")
    with opened(tmp_path) as app:
        app.assembler.assemble(DAY)
    return tmp_path


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    """Run its desk."""
    with desk_of(root) as running:
        yield running


def form(desk: Desk) -> dict[str, str]:
    """Open the form."""
    with desk.get("write") as answer:
        assert answer.status == 200
        return fields_of(answer.read().decode())


def file(root: Path) -> dict[str, Any]:
    """Read the edition's file."""
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_form_writes_the_same_file_that_is_edited_by_hand(desk: Desk, root: Path) -> None:
    filled = form(desk)
    assert filled["stories.0.headline"] == "How the tide tables are made"
    filled["stories.0.kicker"] = "By the Water"
    filled["subject"] = "Tides, and “how” to read <them>"
    answer = desk.post("write", filled | {"_do": "save"})
    assert (answer.status, answer.location) == (303, "write?did=saved")
    assert file(root)["subject"] == "Tides, and “how” to read <them>"
    assert file(root)["stories"][0]["kicker"] == "By the Water"
    assert file(root)["stories"][0]["headline"] == "How the tide tables are made"
    assert form(desk)["subject"] == "Tides, and “how” to read <them>"
    assert desk.state()["preview"]["subject"] == "Tides, and “how” to read <them>"


def test_saving_what_was_not_changed_leaves_the_file_to_its_sources(desk: Desk, root: Path) -> None:
    desk.post("write", form(desk))
    with opened(root) as app:
        assert not app.files.is_edited(DAY)


def test_a_file_changed_meanwhile_is_told_and_never_overwritten(desk: Desk, root: Path) -> None:
    mine = form(desk) | {"subject": "Mine"}
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    by_hand = "# by hand\n" + path.read_text("utf-8").replace('subject = ""', 'subject = "Theirs"')
    path.write_text(by_hand, encoding="utf-8")
    answer = desk.post("write", mine)
    assert answer.status == 409
    assert path.read_text(encoding="utf-8") == by_hand
    assert "Somebody else saved first" in answer.text
    rows = re.findall(r"<td[^>]*>(.*?)</td>", answer.text)
    assert rows == ["Mine", "Theirs"]
    again = desk.post("write", fields_of(answer.text) | {"_aside": "yes"})
    assert again.status == 303
    assert file(root)["subject"] == "Mine"
    assert path.with_name("edition.backup-1.toml").read_text(encoding="utf-8") == by_hand


def test_what_only_a_hand_can_write_is_kept_beside(desk: Desk, root: Path) -> None:
    form(desk)
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    by_hand = "# my notes\n" + path.read_text(encoding="utf-8")
    path.write_text(by_hand, encoding="utf-8")
    desk.post("write", form(desk) | {"subject": "Mine"})
    desk.post("write", form(desk) | {"subject": "Mine again"})
    backups = [one.read_text("utf-8") for one in path.parent.glob("edition.backup-*")]
    assert backups == [by_hand]


def test_a_faulty_field_is_named_and_nothing_is_lost(desk: Desk, root: Path) -> None:
    before = form(desk)
    answer = desk.post(
        "write", before | {"fact.text": "", "subject": "Kept", "quote.author": "Orla"}
    )
    assert answer.status == 422
    assert 'id="fact-text"' in answer.text
    assert "Quote is missing." in answer.text
    assert fields_of(answer.text)["subject"] == "Kept"
    assert file(root)["subject"] == ""


def test_stories_are_added_and_taken_out_without_saving(desk: Desk, root: Path) -> None:
    more = desk.post("write", form(desk) | {"subject": "Kept", "_do": "add:stories"})
    assert more.status == 200
    filled = fields_of(more.text) | {
        "stories.1.headline": "Second",
        "stories.1.text": "A paragraph.",
    }
    assert filled["subject"] == "Kept"
    assert file(root)["subject"] == ""
    desk.post("write", filled | {"_do": "save"})
    assert [story["headline"] for story in file(root)["stories"]][1:] == ["Second"]
    less = desk.post("write", form(desk) | {"_do": "remove:stories.0"})
    desk.post("write", fields_of(less.text) | {"_do": "save"})
    assert [story["headline"] for story in file(root)["stories"]] == ["Second"]


def test_a_feature_is_swapped_along_its_chain_and_nothing_is_used_up(
    desk: Desk, root: Path
) -> None:
    seen = [form(desk)["fact.text"]]
    for _ in range(2):
        answer = desk.post("write", form(desk) | {"_do": "next:fact"})
        assert answer.location == "write?did=swapped#fact"
        seen.append(form(desk)["fact.text"])
    assert {"A snail can sleep for months.", "A crow knows faces."} == set(seen[:2])
    assert len(set(seen)) == 3
    desk.post("write", form(desk) | {"_do": "before:fact"})
    assert form(desk)["fact.text"] == seen[1]
    with opened(root) as app:
        edition = app.files.load(DAY)
        assert edition is not None
        origin = next(one for one in edition.background.provenance if one.part is Part.FACT)
        assert (origin.source, origin.origin[:17]) == ("table", "content/facts.csv")
        assert app.assembler.assemble(DAY, fresh=True).edition.fact is not None
        assert list(app.assembler.candidates(Part.FACT, DAY))[:2]


def test_what_was_written_is_saved_before_a_swap(desk: Desk, root: Path) -> None:
    desk.post("write", form(desk) | {"subject": "Mine", "_do": "next:fact"})
    assert file(root)["subject"] == "Mine"


def test_no_other_quote_is_told(desk: Desk) -> None:
    answer = desk.post("write", form(desk) | {"_do": "next:quote"})
    assert "There is no other quote" in answer.text


def test_an_edition_that_went_out_is_not_changed(desk: Desk, root: Path) -> None:
    filled = form(desk) | {"subject": "Too late"}
    with opened(root) as app:
        edition = app.files.load(DAY)
        assert edition is not None
        frozen = FrozenContent(record.frozen(edition), uses(edition))
        name = app.settings.publication.id
        with app.database.write() as connection:
            used_content.write(connection, name, DAY, frozen, now=app.clock.now())
    answer = desk.post("write", filled)
    assert answer.status == 422
    assert "went out and stays as it is" in answer.text
    assert file(root)["subject"] == ""


def test_an_unreadable_file_is_told_with_its_line(desk: Desk, root: Path) -> None:
    form(desk)
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    path.write_text('subject = "open', encoding="utf-8")
    with desk.get("write") as answer:
        assert answer.status == 422
        assert "edition.toml, line 1" in answer.read().decode()


# --- pasting -------------------------------------------------------------------------------------

PAGE = "\r\n".join(("top of page", *full_page(), "Comments", "Share"))


def read(answer: Answer) -> list[tuple[str, str]]:
    """Read the lines of a parsed page: what each was read as, and whether it is used."""
    found = re.findall(r'data-what="(\w+)"( data-out)?( data-odd)? id="line-', answer.text)
    return [(what, "odd" if odd else "out" if out else "kept") for what, out, odd in found]


def test_a_pasted_page_is_shown_line_by_line_and_nothing_is_written(desk: Desk, root: Path) -> None:
    answer = desk.post("paste", {"text": PAGE, "_do": "read"})
    assert answer.status == 200
    shown = read(answer)
    assert shown[:3] == [("out", "out"), ("headline", "kept"), ("text", "kept")]
    assert len(shown) == len(full_page()) + 3
    assert not (root / "content" / "pages").exists()


def test_a_pasted_page_becomes_the_edition(desk: Desk, root: Path) -> None:
    answer = desk.post("paste", {"text": PAGE, "_do": "keep"})
    assert answer.location == "write?did=kept"
    assert file(root)["stories"][0]["headline"] == HEADLINE
    assert file(root)["fact"]["source"] == "Reef Almanac"
    second = desk.post("paste", {"text": PAGE.replace(HEADLINE, "Another"), "_do": "keep"})
    assert second.status == 303
    assert file(root)["stories"][0]["headline"] == "Another"
    pages = sorted(one.name for one in (root / "content" / "pages").iterdir())
    assert pages == [f"{DAY}.backup-1.txt", f"{DAY}.txt"]


def test_a_page_never_replaces_an_edited_edition_unasked(desk: Desk, root: Path) -> None:
    desk.post("write", form(desk) | {"subject": "Mine"})
    answer = desk.post("paste", {"text": PAGE, "_do": "keep"})
    assert answer.status == 422
    assert "was edited" in answer.text
    assert file(root)["subject"] == "Mine"
    assert not (root / "content" / "pages").exists()
    fresh = desk.post("paste", {"text": PAGE, "_do": "keep", "_fresh": "yes"})
    assert fresh.status == 303
    assert file(root)["stories"][0]["headline"] == HEADLINE
    assert list((root / "editions" / DAY.isoformat()).glob("edition.backup-*"))


def test_a_line_is_said_to_be_something_and_stays_so(desk: Desk, root: Path) -> None:
    text = "\n".join(("Weather", *full_page(), "Tide at 07:14"))
    answer = desk.post("paste", {"text": text, "_do": "read"})
    assert read(answer)[0] == ("out", "out")
    assert read(answer)[-1] == ("text", "kept")
    number = len(full_page()) + 2
    said = desk.post("paste", {"text": text, "said": f"{number}:out+", "_do": "read"})
    assert "Remembered for this site" in said.text
    assert read(said)[-1] == ("out", "out")
    assert not (root / "content").joinpath("site.toml").exists()
    kept = desk.post("paste", {"text": text, "said": f"{number}:out+", "_do": "keep"})
    assert kept.location == "write?did=kept"
    assert tomllib.loads((root / "content" / "site.toml").read_text()) == {
        "lines": [{"text": "Tide at 07:14", "is": "furniture"}]
    }
    tomorrow = desk.post("paste", {"text": text.replace("07:14", "08:02"), "_do": "read"})
    assert read(tomorrow)[-1] == ("out", "out")
    assert "Tide" not in file(root)["stories"][0]["text"]


def test_what_is_said_of_lines_counts_for_the_edition_of_this_page(desk: Desk, root: Path) -> None:
    text = "\n".join(("Bread and butter", "It is baked at four.", "What it needs", "Salt", "Flour"))
    told = {"text": text, "said": "1:headline 3:subheading 4:list 5:list", "_do": "keep"}
    assert desk.post("paste", told).location == "write?did=kept"
    story = file(root)["stories"][0]
    assert story["headline"] == "Bread and butter"
    assert story["text"].strip() == "It is baked at four.\n\n## What it needs\n\n- Salt\n- Flour"
    assert not (root / "content" / "site.toml").exists()


COPIED = f"""
<nav><a href="https://coast.example/">Home</a></nav><article><h1>{HEADLINE}</h1>
<p>{PARAGRAPHS[0]} See <a href="https://coast.example/log">the log</a> of the harbour.</p>
<p>{PARAGRAPHS[1]}</p><h2>What it costs</h2><p>{PARAGRAPHS[1]} So much is known by now.</p>
</article><aside><h2>Most read</h2><p>Another story altogether, which nobody meant.</p></aside>
<script>alert(1)</script>"""


def test_markup_that_was_pasted_tells_the_lines_and_stays_with_them(desk: Desk, root: Path) -> None:
    answer = desk.post("paste", {"text": "what was copied", "markup": COPIED, "_do": "paste"})
    assert [what for what, used in read(answer) if used == "kept"] == [
        *("headline", "text", "text", "subheading", "text"),
    ]
    page = fields_of(answer.text)
    assert "alert" not in page["markup"]
    told = {"text": page["text"], "markup": page["markup"]}
    kept = desk.post("paste", {**told, "_do": "keep"})
    assert kept.location == "write?did=kept"
    text = file(root)["stories"][0]["text"]
    assert "[the log](<https://coast.example/log>)" in text
    assert "## What it costs" in text
    assert "nobody meant" not in text
    again = desk.post("paste", {**told, "_do": "read"})
    assert read(again) == read(answer)
    pages = root / "content" / "pages"
    assert sorted(one.suffix for one in pages.iterdir()) == [".html", ".txt"]
    assembled = (root / "editions" / DAY.isoformat() / "edition.toml").read_text()
    with opened(root) as app:
        app.assembler.assemble(DAY, fresh=True)
    assert (root / "editions" / DAY.isoformat() / "edition.toml").read_text() == assembled
    desk.post("paste", {"text": PAGE, "_do": "keep"})
    assert not (pages / f"{DAY}.html").exists()


def test_lines_that_somebody_wrote_into_count_without_their_markup(desk: Desk) -> None:
    answer = desk.post("paste", {"text": "", "markup": COPIED, "_do": "paste"})
    page = fields_of(answer.text)
    changed = {**page, "text": page["text"].replace("log", "book"), "_do": "read"}
    assert fields_of(desk.post("paste", changed).text)["markup"] == ""


def test_markup_without_a_story_leaves_it_to_the_text(desk: Desk) -> None:
    plain = read(desk.post("paste", {"text": PAGE, "_do": "read"}))
    for markup in ("<p></p>", "<b>" * 30_000, "<nav>Home</nav>"):
        answer = desk.post("paste", {"text": PAGE, "markup": markup, "_do": "paste"})
        assert read(answer) == plain


def test_where_two_lines_may_be_the_headline_the_desk_asks(desk: Desk) -> None:
    menu = ("News", "Sport", "Weather", "Culture", "Opinion", "Jobs", "Shop", "Radio", "Games")
    other = "Tidal power for the harbour town: the station in pictures"
    lines = (*menu, *menu, HEADLINE, other, *PARAGRAPHS, *PARAGRAPHS[::-1], "Imprint", "Contact us")
    text = "\n".join((*lines[:-4], f"{PARAGRAPHS[0]} {PARAGRAPHS[1]} Nobody saw it.", *lines[-2:]))
    answer = desk.post("paste", {"text": text, "_do": "read"})
    assert "Which of these lines is the headline?" in answer.text
    numbers = re.findall(r'data-headline="(\d+)"', answer.text)
    said = desk.post("paste", {"text": text, "said": f"{numbers[1]}:headline", "_do": "read"})
    assert "Which of these lines" not in said.text


@pytest.mark.parametrize("said", ["99:text", "0:text", "x:text", "1:menu", "1", "²:text", "\x00"])
def test_what_cannot_be_said_of_a_line_is_passed_over(desk: Desk, root: Path, said: str) -> None:
    answer = desk.post("paste", {"text": PAGE, "said": said, "_do": "read"})
    assert answer.status == 200
    assert read(answer) == read(desk.post("paste", {"text": PAGE, "_do": "read"}))
    assert not (root / "content" / "site.toml").exists()


def test_a_fault_in_what_was_learned_is_told_on_the_page(desk: Desk, root: Path) -> None:
    (root / "content" / "site.toml").write_text("[[lines]]\ntext = 5\n")
    answer = desk.post("paste", {"text": PAGE, "_do": "read"})
    assert answer.status == 422
    assert "content/site.toml, line 1" in answer.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\x01\x02\x03\x04\x05" * 9, "not text"),
        (f"{FACT}\n{QUOTE}", "no headline"),
    ],
)
def test_what_is_no_page_is_told(desk: Desk, text: str, told: str) -> None:
    answer = desk.post("paste", {"text": text, "_do": "keep"})
    assert answer.status == 422
    assert told in answer.text


def test_markup_in_a_page_is_text(desk: Desk) -> None:
    answer = desk.post("paste", {"text": f"<script>x</script>\n{PARAGRAPHS[0]}", "_do": "read"})
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x&lt;/script&gt;" in answer.text
