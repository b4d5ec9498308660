"""`newsletter subscribers`, as people and programs use it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from newsletter.cli import _progress, _shell
from newsletter.subscribers.csvfile import LONGEST_LINE
from tests.support.subscribers import write
from tests.support.subscribers_command import Command, folder, subscribers

EXAMPLE = Path(__file__).parents[3] / "subscribers.example.csv"


__all__ = ["folder", "subscribers"]  # fixtures


def test_the_example_file_shows_what_an_import_finds(subscribers: Command) -> None:
    shown = subscribers("import", EXAMPLE, "--json")
    assert shown.code == 0
    document = shown.document
    assert document["import_id"] == 1
    assert {key: value for key, value in document.items() if isinstance(value, int) and value} == {
        "rows": 25,
        "new": 22,
        "duplicate": 1,
        "rejected": 2,
        "import_id": 1,
    }
    assert [row["line"] for row in document["rejected_rows"]] == [19, 22]
    classes = {"new", "updated", "unchanged", "kept_opted_out", "duplicate", "rejected"}
    assert set(document) >= classes | {"rows", "suppressed", "import_id"}


def test_the_report_for_people_names_rows_lines_reasons_and_what_is_next(
    subscribers: Command,
) -> None:
    shown = subscribers("import", EXAMPLE)
    assert "22" in shown.out
    assert "jörg@example.com" in shown.out
    assert "“ö”" in shown.out
    assert "--rejects FILE" in shown.err


def test_the_same_file_again_is_nothing_to_do(subscribers: Command) -> None:
    subscribers("import", EXAMPLE)
    again = subscribers("import", EXAMPLE, "--json")
    assert again.code == 3
    assert (again.document["unchanged"], again.document["import_id"]) == (22, None)


def test_a_dry_run_leaves_an_empty_list(subscribers: Command) -> None:
    assert subscribers("import", EXAMPLE, "--dry-run", "--json").document["new"] == 22
    assert subscribers("stats", "--json").document["total"] == 0


def test_rejected_rows_can_be_corrected_and_imported(subscribers: Command, folder: Path) -> None:
    subscribers("import", EXAMPLE, "--rejects", "wrong.csv")
    file = folder / "wrong.csv"
    text = file.read_text(encoding="utf-8-sig")
    header, first, second = csv.reader(text.splitlines())
    assert header == ["rejected_line", "rejected_reason", "email", "name", "time_zone", "city"]
    assert first[0] == "19"
    assert second[2] == "sam.example.net"
    file.write_text(text.replace("jörg@", "joerg@").replace("sam.example", "sam@example"))
    assert subscribers("import", file, "--json").document["new"] == 2
    found = subscribers("show", "joerg@example.com", "--json").document
    assert found["attributes"] == {"city": "Köln"}


def test_there_is_no_rejects_file_without_rejected_rows(subscribers: Command, folder: Path) -> None:
    file = write(folder, "email\nann@example.org\n")
    subscribers("import", file, "--rejects", "wrong.csv")
    assert not (folder / "wrong.csv").exists()


def test_the_rejects_never_overwrite_the_file_that_is_imported(
    subscribers: Command, folder: Path
) -> None:
    file = write(folder, "email\nann@example.org\nbroken\n")
    assert subscribers("import", file, "--rejects", "./list.csv").code == 2
    assert "broken" in file.read_text()


def test_the_plan_says_how_each_column_is_read(subscribers: Command, folder: Path) -> None:
    text = "Email;First name;Plan;Signup date;junk\nann@example.org;Ann;gold;2026-01-02;x\n"
    file = write(folder, text)
    words = ("import", file, "--map", "junk=ignore", "--dry-run")
    document = subscribers(*words, "--json").document
    assert document["columns"] == {
        "Email": "email",
        "First name": "name",
        "Plan": "attributes.plan",
        "Signup date": "moment of the consent",
        "junk": "left out",
    }
    assert (document["encoding"], document["delimiter"]) == ("utf-8-sig", ";")
    assert "moment of the consent" in subscribers(*words).out
    tagged = subscribers(*words, "--tag", "spring fair")
    assert "Each of them gets “spring fair” as a tag, beside the tags they have." in tagged.out
    assert f"import {file} --tag 'spring fair'" in tagged.err


def test_everything_held_on_a_person_is_given_as_one_document(
    subscribers: Command, folder: Path
) -> None:
    file = write(folder, "email,name,city\nann@example.org,Ann,Riga\n")
    subscribers("import", file, "--consent", "the fair")
    subscribers("import", write(folder, "email,city\nann@example.org,Oslo\n", name="b.csv"))
    subscribers("suppress", "ann@example.org", "--reason", "asked by letter")
    held = subscribers("show", "ANN@example.org", "--export").document
    assert (held["address"], held["attributes"]) == ("ann@example.org", {"city": "Oslo"})
    assert [change["to"] for change in held["changes"]] == ["active"]
    assert [given["text"] for given in held["consents"]] == ["list.csv, line 2: the fair"]
    (added,), (changed,) = held["added_by_import"], held["changed_by_imports"]
    assert (added["file"], added["import_line"]) == ("list.csv", 2)
    assert (changed["before"]["attributes"], changed["line"]) == ({"city": "Riga"}, 2)
    assert [one["reason"] for one in held["suppressions"]] == ["asked by letter"]
    assert (held["editions"], held["events"]) == ([], [])
    assert "token" not in held


def test_a_finished_import_says_how_to_take_it_back(subscribers: Command, folder: Path) -> None:
    shown = subscribers("import", write(folder, "email\nann@example.org\n"))
    assert "newsletter subscribers imports undo 1" in shown.err


def test_columns_are_told_with_map(subscribers: Command, folder: Path) -> None:
    file = write(folder, "Contact;Second;Who;A=B\nann@example.org;lee@example.org;Ann;x\n")
    assert subscribers("import", file).code == 1
    words = ["--map", "Contact=email", "--map", "who=name", "--map", "A=B=ab"]
    words += ["--map", "Second=ignore"]
    assert subscribers("import", file, *words).code == 0
    found = subscribers("show", "ann@example.org", "--json").document
    assert (found["name"], found["attributes"]) == ("Ann", {"ab": "x"})
    assert subscribers("import", file, "--map", "nonsense").code == 2


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL"),
        (b"name,city\nAnn,Riga\n", "No column holds addresses"),
        (b"email\n", "no rows"),
        (b"email\nnobody\n", "Line 2: The address has no @."),
        (b'email,name\na@example.org,"Ann', "never closed"),
        (b"email\n" + b"x" * (LONGEST_LINE + 1), "65,536"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(
    subscribers: Command, folder: Path, content: bytes, word: str
) -> None:
    (folder / "l.csv").write_bytes(content)
    shown = subscribers("import", "l.csv")
    assert shown.code == 1
    assert word in shown.err
    assert subscribers("stats", "--json").document["total"] == 0


def test_a_person_joins_leaves_and_comes_back_on_the_record(subscribers: Command) -> None:
    joined = subscribers(
        *("add", "Ann@Example.org", "--name", "Ann", "--zone", "Europe/Riga"),
        *("--set", "team=blue", "--consent", "asked by telephone", "--json"),
    )
    assert joined.document["address"] == "Ann@example.org"
    assert subscribers("add", "ann@example.org").code == 3
    assert subscribers("remove", "ann@example.org", "--reason", "moved away").code == 0
    assert subscribers("remove", "ann@example.org").code == 3
    assert subscribers("add", "ann@example.org").code == 4
    assert subscribers("add", "ann@example.org", "--consent", "wrote to us").code == 0
    held = subscribers("show", "ann@example.org", "--json").document
    assert [change["to"] for change in held["changes"]] == ["active", "unsubscribed", "active"]
    assert [given["text"] for given in held["consents"]] == ["asked by telephone", "wrote to us"]
    assert "token" not in held
    people = subscribers("show", "ann@example.org").out
    assert "moved away" in people
    assert "asked by telephone" in people


def test_a_locale_is_typed_kept_in_its_case_and_shown(subscribers: Command) -> None:
    added = subscribers("add", "ann@example.org", "--locale", "PT_br", "--json")
    assert (added.code, added.document["locale"]) == (0, "pt-BR")
    subscribers("add", "ben@example.org")
    assert "pt-BR" in subscribers("show", "ann@example.org").out
    assert "locale" not in subscribers("show", "ben@example.org").out
    assert subscribers("show", "ben@example.org", "--json").document["locale"] is None
    wrong = subscribers("add", "cleo@example.org", "--locale", "Portuguese")
    assert wrong.code == 2
    assert "“Portuguese” is not a language tag such as pt-BR." in wrong.err


def test_the_export_is_taken_back_unchanged_and_runs_no_formula(
    subscribers: Command, folder: Path
) -> None:
    subscribers("import", EXAMPLE)
    subscribers("add", "+eve@example.org", "--name", "=cmd|' /C calc'!A0")
    subscribers("remove", "ann@example.org")
    assert subscribers("export", "--out", "out.csv", "--json").document["subscribers"] == 23
    text = (folder / "out.csv").read_text(encoding="utf-8-sig")
    assert "'+eve@example.org,'=cmd" in text
    assert subscribers("export").out == text
    again = subscribers("import", "out.csv", "--json")
    assert again.code == 3
    assert (again.document["unchanged"], again.document["kept_opted_out"]) == (22, 1)


def test_an_export_can_be_of_one_state_only(subscribers: Command) -> None:
    subscribers("import", EXAMPLE)
    subscribers("remove", "ann@example.org")
    assert len(subscribers("export", "--state", "unsubscribed").out.splitlines()) == 2
    wrong = subscribers("export", "--state", "gone")
    assert wrong.code == 2
    assert "unsubscribed" in wrong.err


def test_stats_count_every_state(subscribers: Command) -> None:
    subscribers("import", EXAMPLE)
    subscribers("remove", "ann@example.org")
    document = subscribers("stats", "--json").document
    assert (document["total"], document["suppressed"]) == (22, 0)
    assert (document["states"]["active"], document["states"]["unsubscribed"]) == (21, 1)
    assert "unsubscribed" in subscribers("stats").out


@pytest.mark.parametrize(
    "words", [("show", "nobody@example.org"), ("show", "nobody"), ("remove", "x@y")]
)
def test_a_wrong_address_is_a_usage_error_with_a_sentence(
    subscribers: Command, words: tuple[str, ...]
) -> None:
    shown = subscribers(*words)
    assert shown.code == 2
    assert shown.err.count("\n") >= 1
    assert "Traceback" not in shown.err


def test_brackets_in_a_file_name_are_no_markup(subscribers: Command, folder: Path) -> None:
    file = folder / "list [red].csv"
    shutil.copy(EXAMPLE, file)
    assert "list [red].csv" in subscribers("import", file).out


def test_a_long_import_shows_how_far_it_is_how_fast_and_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    monkeypatch.setattr(_shell, "console", lambda **_: console)
    moments = iter(range(0, 100, 2))
    monkeypatch.setattr(_progress, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    bar = _progress.RateBar(1_000, of="lines", shown=True)
    for line in range(100, 600, 100):
        bar.advance("Reading", line)
    bar.pause()
    shown = screen.getvalue()
    assert "Reading" in shown
    assert "50%" in shown
    assert re.search(r"[\d,]+ lines/s", shown)
    assert re.search(r"\d:\d\d:\d\d", shown)


def test_erasing_says_what_was_erased_and_where_nothing_was_held(
    subscribers: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET_KEY", "0123456789abcdef" * 2)
    subscribers("import", EXAMPLE, "--json")
    exported = subscribers("export").out.splitlines()
    address = exported[1].partition(",")[0]
    held = subscribers("forget", address, "--yes")
    assert held.code == 0
    counted = {" ".join(line.split()) for line in held.out.splitlines()}
    assert {"state change 1", "consent 1", "subscriber 1"} <= counted
    nothing = subscribers("forget", address, "--yes")
    assert nothing.code == 0
    assert "Nothing was held on this address." in nothing.out
    erased = subscribers("forget", address, "--json").document["erased"]
    assert erased["subscriber"] == erased["consent"] == erased["state_change"] == 0
    assert address not in subscribers("export").out


ASKING = "email,Club\nann@example.org,gold\nben@example.org,Blacklisted\n"


def test_what_an_import_has_to_be_told_stops_it_and_is_given_as_data(
    subscribers: Command, folder: Path
) -> None:
    file = write(folder, ASKING)
    shown = subscribers("import", file, "--json")
    (question,) = shown.document["questions"]
    assert (shown.code, question["column"]) == (2, "Club")
    assert question["values"] == [{"value": "Blacklisted", "count": 1}]
    assert question["answers"] == ["state", "opt-out", "attribute", "ignore"]
    asked = subscribers("import", file)
    assert asked.code == 2
    assert '--map "Club=opt-out"' in asked.err
    assert subscribers("stats", "--json").document["total"] == 0
    answered = subscribers("import", file, "--map", "Club=opt-out", "--json")
    assert (answered.document["kept_opted_out"], answered.document["new"]) == (2, 0)


def test_on_a_terminal_the_question_is_asked_and_the_answer_taken(
    subscribers: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(folder, ASKING)
    terminal = io.StringIO("perhaps\nattribute\ny\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = subscribers("import", file)
    assert shown.code == 0
    assert "“Blacklisted” (1)" in shown.out
    assert subscribers("show", "ben@example.org", "--json").document["attributes"] == {
        "club": "Blacklisted"
    }
