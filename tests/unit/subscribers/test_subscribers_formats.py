"""Exports of other programs: recognised by their columns, and never louder than they said."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import SubscriberState as State
from newsletter.subscribers.csvfile import Page, Record
from newsletter.subscribers.imports.columns import find
from newsletter.subscribers.imports.rows import Rejected, read, take
from newsletter.subscribers.model import ImportRow, Person
from newsletter.subscribers.times import as_moment
from tests.support.subscribers import make_records

MAY = datetime(2021, 5, 4, 10, 11, 12, tzinfo=UTC)
MOMENT = "2021-05-04 10:11:12"
FILES = {
    "Mailchimp": (
        "Email Address,First Name,Last Name,MEMBER_RATING,CONFIRM_TIME,LEID,EUID,UNSUB_TIME,TAGS",
        f'ann@example.org,Ann,Lee,2,{MOMENT},1,a,,"""vip"",""tea"""',
        f'ben@example.org,Ben,Ray,2,{MOMENT},2,b,{MOMENT},""',
    ),
    "Ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,labels,tiers",
        'x,ann@example.org,Ann Lee,,true,false,2021-05-04T10:11:12.000Z,"vip,tea",',
        "y,ben@example.org,Ben Ray,,false,false,2021-05-04T10:11:12.000Z,,",
    ),
    "Substack": (
        "email,name,active_subscription,email_disabled,created_at",
        "ann@example.org,Ann Lee,false,false,2021-05-04T10:11:12.000Z",
        "ben@example.org,Ben Ray,true,true,2021-05-04T10:11:12.000Z",
    ),
    "Beehiiv": (
        "id,email,name,status,utm_source,created_at",
        f"x,ann@example.org,Ann Lee,active,web,{MOMENT} UTC",
        f"y,ben@example.org,Ben Ray,inactive,web,{MOMENT} UTC",
    ),
    "Kit": (
        "id,first_name,email_address,status,created_at,tags",
        f'x,Ann Lee,ann@example.org,active,{MOMENT} UTC,"vip, tea"',
        f"y,Ben Ray,ben@example.org,cancelled,{MOMENT} UTC,",
    ),
    "Buttondown": (
        "id,email_address,name,type,creation_date,tags,metadata",
        'x,ann@example.org,Ann Lee,regular,2021-05-04T10:11:12Z,"vip,tea","{""city"": ""Riga""}"',
        "y,ben@example.org,Ben Ray,unsubscribed,2021-05-04T10:11:12Z,,{}",
    ),
    "MailerLite": (
        "Subscriber,Name,Subscribed,Unsubscribed,Groups",
        f'ann@example.org,Ann Lee,{MOMENT},,"vip,tea"',
        f"ben@example.org,Ben Ray,{MOMENT},{MOMENT},",
    ),
    "SendGrid": (
        "EMAIL,FIRST_NAME,LAST_NAME,CREATED_AT,CONTACT_ID,TAGS,SUBSCRIPTION",
        'ann@example.org,Ann,Lee,2021-05-04T10:11:12Z,x,"vip,tea",',
        "ben@example.org,Ben,Ray,2021-05-04T10:11:12Z,y,,unsubscribed",
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at",
        'x,ann@example.org,Ann Lee,"{""tags"": ""vip, tea""}",enabled,2021-05-04 10:11:12+00:00,',
        "y,ben@example.org,Ben Ray,{},blocklisted,2021-05-04 10:11:12+00:00,",
    ),
}


def rows(text: tuple[str, ...]) -> tuple[str, list[ImportRow | Rejected]]:
    records = make_records(*csv.reader(text))
    columns = find(records)
    return columns.export, [read(record, columns) for record in records[1:]]


@pytest.mark.parametrize("program", FILES)
def test_an_export_is_recognised_and_its_opt_outs_stay_opted_out(program: str) -> None:
    export, (ann, ben) = rows(FILES[program])
    assert export == program
    assert isinstance(ann, ImportRow)
    assert isinstance(ben, ImportRow)
    assert (ann.person.canonical, ann.person.name) == ("ann@example.org", "Ann Lee")
    assert (ann.person.state, ann.person.signed_up) == (State.ACTIVE, MAY)
    assert ben.person.state is State.UNSUBSCRIBED
    if program not in {"Substack", "Beehiiv"}:
        assert ann.person.attributes["tags"] == "vip, tea"


@pytest.mark.parametrize(
    ("program", "word", "state"),
    [
        ("Kit", "inactive", State.PENDING),  # asked to confirm, and did not
        ("Beehiiv", "Needs Approval", State.PENDING),
        ("Beehiiv", "paused", State.PENDING),
    ],
)
def test_a_word_means_what_its_program_says_it_means(program, word, state) -> None:
    header, _, ben = FILES[program]
    said = ben.replace("cancelled" if program == "Kit" else "inactive", word)
    _, (row,) = rows((header, said))
    assert isinstance(row, ImportRow)
    assert row.person.state is state


def test_a_list_of_bounces_and_opt_outs_of_hubspot_is_read_by_its_columns() -> None:
    columns = "Portal Bounce,Portal Unsubscribe,Portal Spam Report,Global Bounce,Product news"
    found = rows(
        (
            f"Email,{columns}",
            "ann@example.org,FALSE,TRUE,FALSE,FALSE,FALSE",
            "ben@example.org,TRUE,FALSE,FALSE,FALSE,FALSE",
            "cay@example.org,FALSE,TRUE,TRUE,TRUE,FALSE",
            "dee@example.org,FALSE,FALSE,FALSE,FALSE,FALSE",
        )
    )
    states = [one.person.state for one in found[1] if isinstance(one, ImportRow)]
    assert found[0] == "HubSpot"
    assert states == [State.UNSUBSCRIBED, State.BOUNCED, State.COMPLAINED, State.ACTIVE]


def test_the_letters_of_the_wordpress_plug_in_are_read() -> None:
    header = "Email,Name,Surname,Gender,Status,Date,Token,List 1"
    lines = [f"{letter}@example.org,Ann,Lee,f,{letter},{MOMENT},x,1" for letter in "CSUBP"]
    export, found = rows((header, *lines))
    states = [one.person.state for one in found if isinstance(one, ImportRow)]
    assert export == "Newsletter (WordPress)"
    assert states == [
        *(State.ACTIVE, State.PENDING, State.UNSUBSCRIBED, State.BOUNCED, State.COMPLAINED)
    ]


def test_of_several_columns_the_worst_counts() -> None:
    header = ["email", "subscription", "LEID", "EUID", "UNSUB_TIME", "CLEAN_TIME"]
    _, (row,) = rows((",".join(header), f"a@example.org,active,1,2,{MOMENT},{MOMENT}"))
    assert isinstance(row, ImportRow)
    assert row.person.state is State.BOUNCED


def test_a_yes_or_no_that_is_neither_is_refused() -> None:
    _, (row,) = rows(("email,subscribed_to_emails", "a@example.org,perhaps"))
    assert isinstance(row, Rejected)
    assert "true, false" in row.reason


def test_attributes_that_are_no_json_object_are_refused() -> None:
    for wrong in ("[1]", "{", '"x"'):
        record = Record(2, ["u", "a@example.org", wrong, "enabled"])
        columns = find(make_records(["uuid", "email", "attributes", "status"]))
        assert isinstance(read(record, columns), Rejected)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-05-04 10:11:12", MAY),
        ("2021-05-04T10:11:12Z", MAY),
        ("2021-05-04 12:11:12 +0200", MAY),
        ("2021-05-04 10:11:12 UTC", MAY),
        ("2021-05-04", datetime(2021, 5, 4, tzinfo=UTC)),
        ("05/04/2021", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_moments_are_read_and_never_guessed(text: str, moment: datetime | None) -> None:
    assert as_moment(text) == moment


def test_a_sign_up_moment_that_cannot_be_read_stays_as_text() -> None:
    _, (row,) = rows(("email,signup date", "a@example.org,05/04/2021"))
    assert isinstance(row, ImportRow)
    assert row.person.evidence == "signed up: 05/04/2021"


CELL = st.one_of(
    st.sampled_from(
        ["Ann@Example.org", "a@b.co", "'+a@b.co", "'=x", " a ", "Europe/Riga", "active", "gone", ""]
    ),
    st.sampled_from(
        ["vip, tea", "2021-05-04", "weekly", "pt_br", "x" * 501, "a\nb", "\u200b", "O'Neil"]
    ),
    st.text(max_size=6),
)
COLUMNS = (
    *("email", "name", "first name", "time zone", "subscription", "city", "tags", "evidence"),
    *("signup date", "frequency", "paused until", "attributes", "language"),
)
NAMES = st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=6, unique=True)


@given(NAMES, st.data())
def test_what_is_taken_by_columns_is_what_is_read_by_rows(names: list[str], data) -> None:
    if "email" not in names:
        names[0] = "email"
    columns = find(make_records(names))
    width = st.sampled_from([len(names)] * 9 + [len(names) - 1, len(names) + 1])
    row = width.flatmap(lambda cells: st.lists(CELL, min_size=cells, max_size=cells))
    drawn = data.draw(st.lists(row, max_size=10))
    page = Page(range(2, 2 + len(drawn)), drawn)
    people, others = take(page, columns)
    expected = {record.line: read(record, columns) for record in page.records()}
    left = {record.line for record in others}
    assert set(people.lines) | left == set(expected)
    assert not set(people.lines) & left
    for at, line in enumerate(people.lines):
        said = {name: values[at] for name, values in people.said.items()}
        if isinstance(said.get("attributes"), str):
            said["attributes"] = json.loads(said["attributes"])
        assert ImportRow(line, Person(**said)) == expected[line]


def test_a_plain_row_of_an_export_is_taken_without_reading_it_alone() -> None:
    for program, (header, first, _) in FILES.items():
        records = make_records(*csv.reader([header, first]))
        people, others = take(Page([2], [records[1].cells]), find(records))
        assert (list(people.lines), others) == ([2], []), program
