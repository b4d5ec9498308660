"""What the desk shows is so, looking changes nothing, and no words are lost between two forms."""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace as with_words
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.repeats import uses
from newsletter.core.errors import Overtaken
from newsletter.core.model.content import Approval
from newsletter.editions import record
from newsletter.storage import used_content
from newsletter.storage.used_content import FrozenContent
from tests.support.desk import (
    DAY,
    TOKEN,
    Answer,
    Desk,
    desk_of,
    fields_of,
    make_root,
    opened,
    versions,
)
from tests.support.time import PATIENCE

SECTIONS = """
[sources]
story = [{ type = "markdown", rotate = true }]
"""
JSON = {"Accept": "application/json"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication with one story, and nothing assembled from it yet."""
    return make_root(tmp_path, SECTIONS)


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    """Run its desk."""
    with desk_of(root) as running:
        yield running


def page(desk: Desk, path: str = "write") -> str:
    """Open a page of the day."""
    with desk.get(path) as answer:
        return answer.read().decode()


def file(root: Path) -> Any:
    """Read the edition's file."""
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def save(desk: Desk, fields: Mapping[str, str], *, do: str = "save") -> Answer:
    """Save as the page does, which stays where it is."""
    return desk.post("write", {**fields, "_do": do}, **JSON)


def freeze(root: Path) -> None:
    """Let the edition have gone out."""
    with opened(root) as app:
        edition = app.assembler.assemble(DAY).edition
        frozen = FrozenContent(record.frozen(edition), uses(edition))
        with app.database.write() as connection:
            name = app.settings.publication.id
            used_content.write(connection, name, DAY, frozen, now=app.clock.now())


# --- looking -------------------------------------------------------------------------------------


def test_looking_at_a_day_writes_nothing(desk: Desk, root: Path) -> None:
    assert desk.state()["preview"]["subject"] == "How the tide tables are made"
    assert "How the tide tables are made" in page(desk)
    page(desk, "paste")
    page(desk, "seen")
    page(desk, "mail")
    assert not (root / "editions").exists()


def test_a_look_at_a_file_that_the_sources_have_overtaken_leaves_it(desk: Desk, root: Path) -> None:
    with opened(root) as app:
        path = app.assembler.assemble(DAY).path
    before = path.read_bytes()
    story = root / "content" / "stories" / "tides.md"
    story.write_text(story.read_text("utf-8").replace("tide tables", "ferry tables"), "utf-8")
    assert "ferry tables" in desk.state()["preview"]["subject"]
    assert path.read_bytes() == before


def test_a_look_at_an_edited_edition_asks_no_source_but_tells_a_wrong_one(
    desk: Desk, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(desk, fields_of(page(desk)) | {"subject": "Mine"})
    asked = list[object]()
    with monkeypatch.context() as patched:
        patched.setattr("newsletter.content.chain._ask", lambda *about: asked.append(about))
        assert desk.state()["preview"]["subject"] == "Mine"
        assert not asked
    config = root / "config.toml"
    config.write_text(config.read_text("utf-8").replace('"markdown"', '"markdwn"'), "utf-8")
    assert "markdwn" in desk.state()["problem"]["message"]


def test_a_form_of_a_day_without_a_file_is_saved(desk: Desk, root: Path) -> None:
    answer = save(desk, fields_of(page(desk)) | {"subject": "Mine"})
    assert json.loads(answer.text)["told"] == "Saved"
    assert file(root)["subject"] == "Mine"


def test_what_is_assembled_meanwhile_without_another_word_is_no_conflict(
    desk: Desk, root: Path
) -> None:
    mine = fields_of(page(desk)) | {"subject": "Mine"}
    with opened(root) as app:
        app.assembler.assemble(DAY)
    assert save(desk, mine).status == 200
    assert file(root)["subject"] == "Mine"


@pytest.mark.parametrize("path", ["state", "write"])
def test_a_past_day_without_an_edition_is_blank(desk: Desk, root: Path, path: str) -> None:
    with opened(root) as app:
        day = app.today() - timedelta(days=3)
    with desk.ask(f"/{TOKEN}/{day}/{path}") as answer:
        told = answer.read().decode()
        assert answer.status == 200
    assert f"There was no edition on {day}." in told
    assert "wrong" not in told.partition("<main")[2].partition("<aside")[0]
    if path == "state":
        assert json.loads(told)["problem"]["kind"] == "blank"


def test_an_empty_morning_is_no_fault(tmp_path: Path) -> None:
    with desk_of(make_root(tmp_path, SECTIONS, story="")) as desk:
        assert desk.state()["problem"]["kind"] == "empty"


# --- the ledger ----------------------------------------------------------------------------------


def test_what_another_program_decides_is_shown_without_a_file_being_touched(
    desk: Desk, root: Path
) -> None:
    with desk.get("events") as stream:
        told = versions(stream)
        assert next(told) == 1
        with opened(root) as app:
            approval = Approval(digest="x", by="ida", at=app.clock.now())
            app.approval_records.write(DAY, approval)
        assert next(told) == 2


def test_a_change_that_undoes_an_approval_is_told_before_and_after(desk: Desk, root: Path) -> None:
    digest = desk.state()["preview"]["digest"]
    assert "takes the approval back" not in page(desk)
    assert desk.post("approve", {"digest": digest}).status == 200
    form = page(desk)
    assert "takes the approval back" in form
    assert json.loads(save(desk, fields_of(form)).text)["told"] == "Saved"
    changed = save(desk, fields_of(form) | {"subject": "Other"})
    assert "waits for an approval again" in json.loads(changed.text)["told"]


# --- after it went out ---------------------------------------------------------------------------


def test_what_went_out_is_read_only_but_for_corrections(desk: Desk, root: Path) -> None:
    freeze(root)
    form = page(desk)
    assert "stay as they were sent" in form
    assert " readonly" in form
    assert 'value="add:stories"' not in form
    more = save(desk, fields_of(form), do="add:corrections")
    wrong = fields_of(more.text) | {"corrections.0.text": "The ferry was blue."}
    assert 'id="corrections-0-text" name="corrections.0.text" rows="2" dir="auto">' in more.text
    assert save(desk, wrong).status == 200
    assert file(root)["corrections"][0]["text"] == "The ferry was blue."
    assert save(desk, wrong | {"subject": "Too late"}).status in {409, 422}
    late = fields_of(page(desk)) | {"subject": "Too late"}
    refused = save(desk, late)
    assert (refused.status, "went out and stays" in refused.text) == (422, True)
    assert file(root)["subject"] == ""


# --- two forms -----------------------------------------------------------------------------------


def test_the_second_of_two_forms_is_told_and_nothing_is_lost(desk: Desk, root: Path) -> None:
    first, second = fields_of(page(desk)), fields_of(page(desk))
    assert save(desk, first | {"subject": "First"}).status == 200
    refused = save(desk, second | {"preheader": "Second"})
    assert refused.status == 409
    assert fields_of(refused.text)["preheader"] == "Second"
    assert file(root)["subject"] == "First"


def test_who_saved_goes_on_without_loading_the_page(desk: Desk, root: Path) -> None:
    fields = fields_of(page(desk))
    for subject in ("One", "Two", "Three"):
        answer = json.loads(save(desk, fields | {"subject": subject}).text)
        fields["_seen"] = answer["seen"]
        assert answer["leadsTo"] == ""
    assert file(root)["subject"] == "Three"


def test_a_draft_is_laid_out_as_it_was_left(desk: Desk, root: Path) -> None:
    draft = {"_seen": "of yesterday", "stories.0.headline": "A", "stories.2.headline": "Half"}
    shown = save(desk, draft, do="show")
    found = fields_of(shown.text)
    assert (found["_seen"], found["stories.1.headline"]) == ("of yesterday", "Half")
    assert not (root / "editions").exists()


def test_of_two_that_write_at_once_one_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look at the file before either replaces it, where nothing keeps them apart."""
    with opened(root) as app:
        edition = app.assembler.assemble(DAY).edition
        files, seen = app.files, app.files.fingerprint(DAY)
    both = threading.Barrier(2)
    replace = Path.replace

    def slowly(self: Path, target: Path) -> Path:
        if target.name == "edition.toml":
            with suppress(threading.BrokenBarrierError):  # the other one waits for the lock
                both.wait(1)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", slowly)
    outcomes: list[str] = []

    def write(subject: str) -> None:
        try:
            files.rewrite(with_words(edition, subject=subject), seen=seen)
            outcomes.append(subject)
        except Overtaken:
            outcomes.append("told")

    threads = [threading.Thread(target=write, args=(subject,)) for subject in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert "told" in outcomes
    assert file(root)["subject"] in outcomes
