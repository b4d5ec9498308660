"""Nobody who left, bounced, complained or never confirmed elsewhere is ever mailed by an import."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database
from newsletter.storage.subscribers.store import Subscribers
from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.questions import Asked
from tests.support.subscribers import NOON, add, counted, import_text, plan_of, write

ACTIVE, PENDING, GONE = State.ACTIVE, State.PENDING, State.UNSUBSCRIBED
BOUNCED, COMPLAINED = State.BOUNCED, State.COMPLAINED
MOMENT = "2024-05-06 07:08:09"


@pytest.fixture
def store(sqlite_database: Database) -> Subscribers:
    return Subscribers(sqlite_database, "main")


def states(store: Subscribers) -> dict[str, State]:
    """Return everybody's state by what stands before the @ of their address."""
    return {one.address.partition("@")[0]: one.state for one in store.everyone()}


# Of each program the header, and rows of an address with what else the row has.
FILES: dict[str, tuple[str, dict[str, tuple[str, State]]]] = {
    "Mailchimp": (
        (
            "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID,UNSUB_TIME,"
            "UNSUB_REASON,CLEAN_TIME"
        ),
        {
            "a": (f"Ada,2,,{MOMENT},1,x,,,", ACTIVE),
            "b": (f"Bo,2,,{MOMENT},2,y,{MOMENT},N/A,", GONE),
            "c": (f"Cy,2,,{MOMENT},3,z,,,{MOMENT}", BOUNCED),
            "d": (f"Di,2,,{MOMENT},3,z,{MOMENT},SPAM,", COMPLAINED),
        },
    ),
    "Brevo": (
        "EMAIL,FIRSTNAME,SMS,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME",
        {"a": ("Ada,,No,Yes,", ACTIVE), "b": ("Bo,,Yes,No,", GONE), "c": ("Cy,,true,,", GONE)},
    ),
    "HubSpot": (
        (
            "Email,Record ID,Unsubscribed from all email,Marketing contact status,"
            "Opted out of email: Tides,Email hard bounce reason"
        ),
        {
            "a": ("1,,Marketing contact,,", ACTIVE),
            "b": ("2,true,Marketing contact,,", GONE),
            "c": ("3,,Non-marketing contact,,", PENDING),
            "d": ("4,,Marketing contact,true,", GONE),
            "e": ("5,false,Marketing contact,,Unknown user", BOUNCED),
        },
    ),
    "Klaviyo": (
        "Email,First Name,Email Marketing Consent,SMS Marketing Consent,Email Suppressions",
        {
            "a": ("Ada,SUBSCRIBED,UNSUBSCRIBED,", ACTIVE),
            "b": ("Bo,UNSUBSCRIBED,,", GONE),
            "c": ("Cy,NEVER_SUBSCRIBED,,", PENDING),
            "d": ("Di,SUBSCRIBED,,HARD_BOUNCE", BOUNCED),
        },
    ),
    "Shopify": (
        "Email,First Name,Customer ID,Accepts Email Marketing,Accepts SMS Marketing,State",
        {
            "a": ("Ada,1,yes,no,disabled", ACTIVE),
            "b": ("Bo,2,no,yes,enabled", GONE),
            "c": ("Cy,3,,no,enabled", PENDING),
        },
    ),
    "ActiveCampaign": (
        "Email,Contact ID,First Name,Status",
        {
            "a": ("1,Ada,1", ACTIVE),
            "b": ("2,Bo,2", GONE),
            "c": ("3,Cy,3", BOUNCED),
            "d": ("4,Di,0", PENDING),
            "e": ("5,Ed,Unconfirmed", PENDING),
        },
    ),
    "Campaign Monitor": (
        "Email Address,Name,Date Joined,Status",
        {
            "a": ("Ada,2024-01-02,Active", ACTIVE),
            "b": ("Bo,2024-01-02,Deleted", GONE),
            "c": ("Cy,2024-01-02,Bounced", BOUNCED),
            "d": ("Di,2024-01-02,Unconfirmed", PENDING),
            "e": ("Ed,2024-01-02,Marked as Spam", COMPLAINED),
        },
    ),
    "Keila": (
        "Email,First name,Last name,Data,Status,External ID",
        {"a": ("Ada,,,active,", ACTIVE), "b": ("Bo,,,unreachable,", BOUNCED)},
    ),
    "phpList": (
        (
            "Email,Is this subscriber confirmed,Is this subscriber blacklisted,Number of bounces,"
            "List Membership"
        ),
        {"a": ("1,0,0,news", ACTIVE), "b": ("0,0,0,news", PENDING), "c": ("1,1,0,news", GONE)},
    ),
    "Sendy": (
        "Email,Name,Last activity,Status",
        {
            "a": ("Ada,,Subscribed", ACTIVE),
            "b": ("Bo,,Soft bounced", BOUNCED),
            "c": ("Cy,,Complained", COMPLAINED),
            "d": ("Di,,Unconfirmed", PENDING),
        },
    ),
    "Mailtrain": (
        "email,cid,status,created",
        {
            "a": (f"x,1,{MOMENT}", ACTIVE),
            "b": (f"y,2,{MOMENT}", GONE),
            "c": (f"z,3,{MOMENT}", BOUNCED),
            "d": (f"w,4,{MOMENT}", COMPLAINED),
        },
    ),
    "Mautic": (
        "email,firstname,doNotContact",
        {"a": ("Ada,0", ACTIVE), "b": ("Bo,1", GONE), "c": ("Cy,email", GONE)},
    ),
    "Buttondown": (
        "email_address,creation_date,type,tags",
        {
            "a": (f"{MOMENT},past_due,", ACTIVE),
            "b": (f"{MOMENT},removed,", GONE),
            "c": (f"{MOMENT},unactivated,", PENDING),
        },
    ),
}


@pytest.mark.parametrize("program", FILES)
def test_each_program_is_read_as_it_defines_its_states(
    store: Subscribers, tmp_path: Path, program: str
) -> None:
    header, rows = FILES[program]
    lines = [f"{who}@example.org,{cells}" for who, (cells, _) in rows.items()]
    path = write(tmp_path, "\n".join([header, *lines, ""]))
    request = importer.prepare(path, mapping={})
    importer.run(store, request, now=NOON)
    assert request.columns.export == program
    assert states(store) == {who: state for who, (_, state) in rows.items()}


PLAIN = [
    ("Email Opt Out", "yes", GONE),
    ("Subscribed", "0", GONE),
    ("Marketing status", "suppressed", GONE),
    ("Bounces", "3", BOUNCED),
    ("Hard bounce", "TRUE", BOUNCED),
    ("Confirmed", "no", PENDING),
    ("Abgemeldet am", "03.04.2024", GONE),
    ("Statut", "Désabonné", GONE),
    ("Baja", "sí", GONE),
    ("Cancelado", "verdadeiro", GONE),
    ("Disiscritto", "vero", GONE),
    ("Uitgeschreven", "ja", GONE),
    ("Zgoda na marketing", "nie", GONE),
    ("Beschwerde", "ja", COMPLAINED),
    ("Is opt-in pending", "true", PENDING),
]
STAYS = {"Subscribed": "1", "Marketing status": "subscribed", "Confirmed": "yes"}
STAYS |= {"Statut": "Abonné", "Zgoda na marketing": "tak"}


@pytest.mark.parametrize(("name", "cell", "state"), PLAIN)
def test_a_column_of_no_known_program_is_understood_by_its_name_and_cells(
    store: Subscribers, tmp_path: Path, name: str, cell: str, state: State
) -> None:
    text = f"email;{name}\nstays@example.org; {STAYS.get(name, '')} \nleft@example.org;  {cell} \n"
    import_text(store, tmp_path, text)
    assert states(store) == {"stays": ACTIVE, "left": state}


@pytest.mark.parametrize("at", [2, 12_345])
def test_a_word_in_any_row_of_a_column_that_nobody_reads_stops_the_import(
    store: Subscribers, tmp_path: Path, at: int
) -> None:
    rows = [f"r{number}@example.org,gold" for number in range(12_400)]
    rows[at] = "left@example.org,Unsubscribed"
    text = "\n".join(["email,Membership", *rows])
    with pytest.raises(Asked) as asked:
        import_text(store, tmp_path, text)
    (question,) = asked.value.questions
    assert (question.column, question.values) == ("Membership", (("Unsubscribed", 1),))
    assert '--map "Membership=opt-out"' in asked.value.hint
    assert asked.value.exit_code == 2
    assert states(store) == {}


def test_a_guess_that_a_later_cell_does_not_bear_out_is_asked_about(
    store: Subscribers, tmp_path: Path
) -> None:
    rows = [f"r{number}@example.org,no" for number in range(200)]
    text = "\n".join(["email,Opted out", *rows, "x@example.org,ask Ben"])
    with pytest.raises(Asked, match="no clear answer: “ask Ben”"):
        import_text(store, tmp_path, text)
    import_text(store, tmp_path, text, mapping={"Opted out": "opt-out"})
    assert (states(store)["x"], states(store)["r1"]) == (GONE, ACTIVE)


@pytest.mark.parametrize(
    ("answer", "state", "attributes"),
    [
        ("state", GONE, {}),
        ("opt-out", GONE, {}),
        ("attribute", ACTIVE, {"fee": "cancelled"}),
        ("ignore", ACTIVE, {}),
    ],
)
def test_each_answer_does_what_it_says(
    store: Subscribers, tmp_path: Path, answer: str, state: State, attributes: dict[str, str]
) -> None:
    text = "email,Fee\nann@example.org,cancelled\nben@example.org,\n"
    with pytest.raises(Asked):
        import_text(store, tmp_path, text)
    import_text(store, tmp_path, text, mapping={"Fee": answer})
    (ann, ben) = store.everyone()
    assert (ann.state, ann.attributes, ben.state) == (state, attributes, ACTIVE)


@pytest.mark.parametrize(
    "header_and_cell",
    ["tags|vip, unsubscribed", "status|2", "Wants news?|no", "Newsletter name|no", "|blacklisted"],
)
def test_tags_codes_and_columns_without_a_name_are_asked_about_too(
    store: Subscribers, tmp_path: Path, header_and_cell: str
) -> None:
    name, cell = header_and_cell.split("|")
    text = f'email,{name}\nann@example.org,"{cell}"\nben@example.org,whatever\n'
    if name == "Newsletter name":  # what is called a name holds names
        import_text(store, tmp_path, text)
        return
    with pytest.raises(Asked):
        import_text(store, tmp_path, text)
    import_text(store, tmp_path, text, mapping={name or "column 2": "ignore"})


def test_a_column_that_asks_for_a_yes_can_be_told_to_be_one(
    store: Subscribers, tmp_path: Path
) -> None:
    text = "email,Wants news?\nann@example.org,yes\nben@example.org,no thanks\ncy@example.org,no\n"
    with pytest.raises(Asked, match="speak of opting out") as asked:
        import_text(store, tmp_path, text)
    assert asked.value.questions[0].answers[0] == "opt-in"
    import_text(store, tmp_path, text, mapping={"Wants news?": "opt-in"})
    assert states(store) == {"ann": ACTIVE, "ben": PENDING, "cy": GONE}


def test_of_several_rows_the_worst_state_and_the_last_values_count(
    store: Subscribers, tmp_path: Path
) -> None:
    text = (
        "email,name,status\nann@example.org,A,complained\nANN@example.org,B,unsubscribed\n"
        "Ann@example.org,C,subscribed\nben@example.org,A,pending\nben@example.org,B,active\n"
        "cy@example.org,A,active\ncy@example.org,B,active\n"
    )
    report = import_text(store, tmp_path, text)
    assert counted(report) == {"new": 2, "kept_opted_out": 1, "duplicate": 4}
    found = {one.canonical: (one.name, one.state) for one in store.everyone()}
    assert found == {
        "ann@example.org": ("C", COMPLAINED),
        "ben@example.org": ("B", PENDING),
        "cy@example.org": ("B", ACTIVE),
    }


BROKEN = {
    "a zone that is none": "ann@example.org,Mars/North,,,,unsubscribed",
    "a note that is too long": f"ann@example.org,,{'n' * 20_000},,,unsubscribed",
    "a frequency that is none": "ann@example.org,,,hourly,,unsubscribed",
    "a pause that is none": "ann@example.org,,,,soon,unsubscribed",
    "a cell too many": "ann@example.org,,tea,vip,,,unsubscribed",
    "cells too few": "ann@example.org,unsubscribed",
    "cells before the address": "x,ann@example.org,,,,,unsubscribed",
    "quotation marks that do not match": '"ann@example.org"x,,,,,unsubscribed',
}


@pytest.mark.parametrize("fault", BROKEN)
def test_who_opted_out_is_put_down_whatever_else_is_wrong_in_the_row(
    store: Subscribers, tmp_path: Path, fault: str
) -> None:
    add(store, "ann@example.org")
    header = "email,time zone,note,frequency,paused until,status"
    text = f"{header}\nben@example.org,,,,,subscribed\n{BROKEN[fault]}\n"
    import_text(store, tmp_path, text)
    assert states(store) == {"ann": GONE, "ben": ACTIVE}


def test_a_row_with_a_cell_too_many_that_is_no_opt_out_is_rejected(
    store: Subscribers, tmp_path: Path
) -> None:
    text = "email,tags,status\na@example.org,tea,subscribed\nb@example.org,tea,vip,subscribed\n"
    assert counted(import_text(store, tmp_path, text)) == {"new": 1, "rejected": 1}


def test_bad_zones_and_long_texts_are_noticed_and_keep_nobody_out(
    store: Subscribers, tmp_path: Path
) -> None:
    text = f"email,time zone,note\nann@example.org,Mars/North,{'n' * 900}\n"
    report = import_text(store, tmp_path, text)
    assert [(one.code, one.count) for one in report.findings] == [("not-a-zone", 1), ("cut", 1)]
    (ann,) = store.everyone()
    assert (ann.zone, ann.attributes) == (None, {"note": "n" * 500})


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("nonsubscribed_members_export_1.csv", PENDING),
        ("cleaned_members_export_1.csv", BOUNCED),
        ("unsubscribed_members_export_1.csv", GONE),
        ("subscribed_members_export_1.csv", ACTIVE),
    ],
)
def test_the_kind_of_a_mailchimp_file_is_told_by_its_name(
    store: Subscribers, tmp_path: Path, name: str, state: State
) -> None:
    path = write(tmp_path, "Email Address,LEID,EUID\nann@example.org,1,2\n", name=name)
    importer.run(store, importer.prepare(path, mapping={}), now=NOON)
    assert states(store) == {"ann": state}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("suppression_bounces.csv", "status,reason,email,created\n5.1.1,x,ann@example.org,1\n"),
        ("export.csv", "email,created\nann@example.org,1714000000\n"),
        ("abgemeldete.csv", "email,name\nann@example.org,Ann\n"),
        ("blocklist.txt", "ann@example.org\n"),
    ],
)
def test_lists_of_who_must_not_be_mailed_are_asked_about(
    store: Subscribers, tmp_path: Path, name: str, text: str
) -> None:
    path = write(tmp_path, text, name=name)
    with pytest.raises(Asked) as asked:
        importer.prepare(path, mapping={})
    assert f"suppress --from {name}" in asked.value.hint
    importer.run(store, importer.prepare(path, mapping={"file name": "opt-out"}), now=NOON)
    assert states(store) == {"ann": GONE}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_spreadsheets_files_are_read_with_their_first_line(
    store: Subscribers, tmp_path: Path, encoding: str
) -> None:
    text = "sep=;\r\nemail;Désabonné\r\nann@example.org;non\r\n ben@example.org ; oui \r\n"
    path = write(tmp_path, text, encoding=encoding)
    plan_of(store, importer.prepare(path, mapping={}))
    importer.run(store, importer.prepare(path, mapping={}), now=NOON)
    assert states(store) == {"ann": ACTIVE, "ben": GONE}
