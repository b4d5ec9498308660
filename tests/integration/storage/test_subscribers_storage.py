"""The list on real SQLite and PostgreSQL: imports, single changes, and what is recorded."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.errors import InputError
from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database, connect
from newsletter.storage.imports import additions
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import consent, import_run, state_change, subscriber
from newsletter.subscribers.imports import importer
from tests.support.database import PostgresqlLender
from tests.support.subscribers import (
    LATER,
    NOON,
    add,
    counted,
    export_text,
    import_text,
    plan_of,
    suppress,
    write,
)

LIST = """\
email,name,time zone,city
Ann@Example.org,Ann before,,
ann@example.org,Ann,Europe/Riga,Riga
ben@bücher.example,Ben,,
cleo@example.org,株式会社 🌿,Asia/Tokyo,"Tokyo
Minato"
not-an-address,Dan,,
"""


@pytest.fixture
def store(database: Database) -> Subscribers:
    return Subscribers(database, "main")


def rows(database: Database, table: sa.Table) -> list[dict]:
    with database.read() as connection:
        query = sa.select(table).order_by(*table.primary_key.columns)
        return [dict(row._mapping) for row in connection.execute(query)]


def everything(database: Database) -> list[list[dict]]:
    return [rows(database, table) for table in (subscriber, state_change, consent, import_run)]


def test_an_import_writes_people_with_their_state_and_consent(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    report = import_text(store, tmp_path, LIST, consent="the sign-up sheet of March")
    assert counted(report) == {"new": 3, "duplicate": 1, "rejected": 1}
    assert report.rows == 5
    ann, ben, cleo = store.everyone()
    assert (ann.address, ann.name, ann.zone) == ("ann@example.org", "Ann", "Europe/Riga")
    assert (ann.state, ann.created_at, ann.changed_at) == (State.ACTIVE, NOON, NOON)
    assert (ben.address, ben.zone, ben.attributes) == ("ben@xn--bcher-kva.example", None, {})
    assert (cleo.name, cleo.attributes) == ("株式会社 🌿", {"city": "Tokyo Minato"})
    history = store.history(cleo.id)
    assert [(c.from_state, c.to_state, c.by, c.at) for c in history.changes] == [
        (None, State.ACTIVE, "import", NOON)
    ]
    (given,) = history.consents
    assert (given.how, given.text) == ("import", "list.csv, line 5: the sign-up sheet of March")


def test_an_import_is_recorded_with_its_counts(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    report = import_text(store, tmp_path, LIST)
    (run,) = rows(database, import_run)
    assert (run["id"], run["file"], run["at"]) == (report.import_id, "list.csv", NOON)
    assert run["counts"]["new"] == 3
    assert run["counts"]["rows"] == 5
    assert {row["import_id"] for row in rows(database, subscriber)} == {report.import_id}


def test_the_rejected_row_is_named_with_line_address_and_reason(
    store: Subscribers, tmp_path: Path
) -> None:
    (rejected,) = import_text(store, tmp_path, LIST).first_rejected
    assert (rejected.line, rejected.address) == (7, "not-an-address")
    assert "no @" in rejected.reason


def test_the_same_file_again_changes_nothing(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    import_text(store, tmp_path, LIST)
    before = everything(database)
    again = import_text(store, tmp_path, LIST, now=LATER)
    assert counted(again) == {"unchanged": 3, "duplicate": 1, "rejected": 1}
    assert (again.import_id, again.changed) == (None, False)
    assert everything(database) == before


def test_a_dry_run_counts_the_same_and_writes_nothing(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    before = everything(database)
    plan = import_text(store, tmp_path, LIST, dry_run=True)
    assert everything(database) == before
    done = import_text(store, tmp_path, LIST)
    assert plan.counts == done.counts
    assert (plan.changed, plan.import_id) == (True, None)


def test_a_dry_run_waits_for_no_writer(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    with database.write():
        assert import_text(store, tmp_path, LIST, dry_run=True).counts["new"] == 3


def test_a_bare_list_of_addresses_is_imported_from_its_first_line(
    store: Subscribers, tmp_path: Path
) -> None:
    report = import_text(store, tmp_path, "ann@example.org\nben@example.org\n")
    assert counted(report) == {"new": 2}
    assert [one.address for one in store.everyone()] == ["ann@example.org", "ben@example.org"]


def test_a_changed_file_updates_only_what_it_says(store: Subscribers, tmp_path: Path) -> None:
    import_text(store, tmp_path, LIST)
    text = "email,name,team\nann@example.org,Anna,blue\nben@bücher.example,,\n"
    report = import_text(store, tmp_path, text, now=LATER)
    assert counted(report) == {"updated": 1, "unchanged": 1}
    ann = store.find("ann@example.org")
    assert ann is not None
    assert (ann.name, ann.zone) == ("Anna", "Europe/Riga")
    assert ann.attributes == {"city": "Riga", "team": "blue"}
    assert (ann.created_at, ann.changed_at) == (NOON, LATER)


@pytest.mark.parametrize("state", [State.UNSUBSCRIBED, State.BOUNCED, State.COMPLAINED])
def test_an_import_never_revives_or_touches_somebody_who_opted_out(
    store: Subscribers, tmp_path: Path, state: State
) -> None:
    gone = add(store, "ann@example.org", state=state)
    text = "email,name,subscription\nANN@example.org,Anna,active\nben@example.org,Ben,\n"
    report = import_text(store, tmp_path, text, now=LATER)
    assert counted(report) == {"new": 1, "kept_opted_out": 1}
    assert store.find("ann@example.org") == gone


def test_a_suppressed_address_is_left_alone(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    suppress(database, "ann@example.org")
    report = import_text(store, tmp_path, LIST)
    assert counted(report)["suppressed"] == 1
    assert store.find("ann@example.org") is None


def test_people_who_opted_out_elsewhere_arrive_opted_out_and_without_consent(
    store: Subscribers, tmp_path: Path
) -> None:
    text = "email,status\nann@example.org,Unsubscribed\nben@example.org,cleaned\n"
    report = import_text(store, tmp_path, text)
    assert counted(report) == {"kept_opted_out": 2}
    assert report.changed
    ann, ben = store.everyone()
    assert (ann.state, ben.state) == (State.UNSUBSCRIBED, State.BOUNCED)
    assert store.history(ann.id).consents == ()
    assert counted(import_text(store, tmp_path, text)) == {"kept_opted_out": 2}


def test_a_file_can_opt_people_out(store: Subscribers, tmp_path: Path) -> None:
    ann = add(store, "ann@example.org")
    text = "email,subscription\nann@example.org,unsubscribed\n"
    assert counted(import_text(store, tmp_path, text, now=LATER)) == {"updated": 1}
    found = store.find("ann@example.org")
    assert found is not None
    assert found.state is State.UNSUBSCRIBED
    last = store.history(ann.id).changes[-1]
    assert (last.from_state, last.by, last.at) == (State.ACTIVE, "import", LATER)
    assert "line 2" in last.reason


@pytest.mark.parametrize(
    "text",
    [
        "email\n",
        "email,name\nx,Ann\ny,Ben\n",
        LIST + '"never closed',
        LIST + 'x@example.org,"swallows\na@example.org,"b"\n',
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing_even_after_thousands_of_rows(
    store: Subscribers, database: Database, tmp_path: Path, text: str
) -> None:
    many = "".join(f"r{number}@example.net,R,,\n" for number in range(2_500))
    head, _, tail = text.partition("\n")
    text = f"{head}\n{many}{tail}" if "cleo" in text else text
    with pytest.raises(InputError):
        import_text(store, tmp_path, text)
    assert everything(database) == [[], [], [], []]
    assert counted(import_text(store, tmp_path, LIST))["new"] == 3


def test_an_import_of_many_steps_finds_duplicates_far_apart(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    people = [f"reader{number}@example.net,R{number}\n" for number in range(5_000)]
    text = "email,name\nREADER4999@example.net,Before\n" + "".join(people)
    assert counted(import_text(store, tmp_path, text)) == {"new": 5_000, "duplicate": 1}
    assert store.counts()[State.ACTIVE] == 5_000
    assert [one.name for one in store.everyone()] == [f"R{number}" for number in range(5_000)]
    assert not rows(database, state_change)  # said once, by the import
    assert not rows(database, consent)
    for one in (1, 2_500, 5_000):
        told = store.history(one)
        assert [change.to_state for change in told.changes] == [State.ACTIVE]
        assert [given.text for given in told.consents] == [f"list.csv, line {one + 2}"]


def test_two_imports_on_one_connection_do_not_see_each_others_lines(
    store: Subscribers, tmp_path: Path
) -> None:
    for address in ("ann@example.org", "ben@example.org"):
        report = import_text(store, tmp_path, f"email\n{address}\nann@example.net\n")
        assert report.counts["duplicate"] == 0


def test_somebody_who_signs_up_between_plan_and_import_is_not_written_twice(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path, "email,name\nann@example.org,From the file\n")
    with importer.planned(store, importer.prepare(file, mapping={}), now=NOON) as plan:
        assert plan.report.counts["new"] == 1
        add(store, "ann@example.org", name="From the form")
        report = plan.apply()
    assert counted(report) == {"updated": 1}
    assert len(rows(database, subscriber)) == len(rows(database, consent)) == 1


def test_somebody_who_signs_up_while_a_step_is_written_is_in_one_class_too(
    postgresql_lender: PostgresqlLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = additions.added_since
    with postgresql_lender.lend() as url:
        database = connect(url)
        store = Subscribers(database, "main")

        def overtaken(connection, run):
            found = begin(connection, run)
            add(Subscribers(database, "main"), "ann@example.org", name="From the form")
            return found

        monkeypatch.setattr(additions, "added_since", overtaken)
        report = import_text(store, tmp_path, "email,name\nann@example.org,A\nben@x.example,B\n")
        names = {one.name for one in store.everyone()}
        database.close()
    assert counted(report) == {"new": 1, "updated": 1}
    assert names == {"A", "B"}


def test_tokens_come_from_the_one_that_was_handed_in_and_are_long_by_default(
    database: Database, tmp_path: Path
) -> None:
    tokens = iter("ab")
    import_text(
        Subscribers(database, "main", new_token=lambda: next(tokens)),
        tmp_path,
        "email\na@x.example\nb@x.example\n",
    )
    add(Subscribers(database, "main"), "cleo@example.org")
    found = [one.token for one in Subscribers(database, "main").everyone()]
    assert found[:2] == ["a", "b"]
    assert len(found[2]) == 22


def test_values_that_look_like_the_databases_own_signs_stay_as_they_are(
    store: Subscribers, tmp_path: Path
) -> None:
    odd = ["\\N", "C:\\new\\table", "\\.", "NULL", "%s ?", "{}", "O'Neil \\", "ends\\"]
    text = "email,name,note\n" + "".join(
        f"r{at}@example.org,{name},{name}\n" for at, name in enumerate(odd)
    )
    assert counted(import_text(store, tmp_path, text)) == {"new": len(odd)}
    assert [(one.name, one.attributes["note"]) for one in store.everyone()] == [
        (name, name) for name in odd
    ]
    assert not import_text(store, tmp_path, text, now=LATER).changed


def test_moments_without_a_zone_are_utc_whatever_the_servers_zone_is(
    database: Database, tmp_path: Path
) -> None:
    def abroad(driver, _record) -> None:
        if database.engine.dialect.name == "postgresql":
            driver.execute("SET TIME ZONE 'Asia/Tokyo'")
            driver.commit()

    database.engine.dispose()
    sa.event.listen(database.engine, "connect", abroad)
    store = Subscribers(database, "main")
    import_text(store, tmp_path, "email,signup date\nann@example.org,2021-05-04 10:11:12\n")
    (ann,) = store.everyone()
    (given,) = store.history(ann.id).consents
    assert given.at == datetime(2021, 5, 4, 10, 11, 12, tzinfo=UTC)


def test_a_cell_that_is_no_locale_is_left_empty_and_noticed_and_its_row_is_taken(
    store: Subscribers, tmp_path: Path
) -> None:
    text = (
        "email,Language,name\nann@example.org,PT_br,Ann\nben@example.org,Portuguese,Ben\n"
        "cleo@bücher.example,Latvian,Cleo\nnobody,Latvian,\ndan@example.org,,Dan\n"
    )
    add(store, "ben@example.org", name="Ben", locale="lv")
    report = import_text(store, tmp_path, text, now=LATER)
    assert counted(report) == {"new": 3, "unchanged": 1, "rejected": 1}
    (found,) = report.findings
    assert (found.code, found.count) == ("not-a-locale", 2)
    assert found.first == ((3, "Portuguese"), (4, "Latvian"))
    locales = {one.name: (one.locale, one.attributes) for one in store.everyone()}
    assert locales == {
        "Ann": ("pt-BR", {}),
        "Ben": ("lv", {}),
        "Cleo": (None, {}),
        "Dan": (None, {}),
    }


def test_exporting_and_importing_again_changes_nothing(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    import_text(store, tmp_path, LIST)
    add(store, "+odd@example.org", name="=SUM(A1)", attributes={"city": "'-x", "state": "active"})
    add(store, "gone@example.org", state=State.UNSUBSCRIBED)
    text = export_text(store)
    header, *exported = csv.reader(io.StringIO(text, newline=""))
    assert header[-2:] == ["city", "state"]
    assert not any(cell[:1] in {"=", "+", "-", "@"} for row in exported for cell in row)
    before = everything(database)
    report = import_text(store, tmp_path, text, now=LATER)
    assert counted(report) == {"unchanged": 4, "kept_opted_out": 1}
    assert everything(database) == before


def test_progress_and_rejected_rows_are_told_in_the_files_order(
    store: Subscribers, tmp_path: Path
) -> None:
    body = "".join(f"r{n}@example.net\n" if n % 100 else "broken\n" for n in range(4_500))
    path = tmp_path / "l.csv"
    path.write_text("email\n" + body)
    told, reached = [], []
    report = plan_of(
        store,
        importer.prepare(path, mapping={}),
        rejected=lambda row: told.append(row.line),
        progress=lambda what, line: reached.append((what, line)),
    )
    assert told == list(range(2, 4_502, 100))
    assert reached == [("Reading", 4_501), ("Looking up", 4_501)]
    assert report.counts["rejected"] == len(told) == len(report.first_rejected)
