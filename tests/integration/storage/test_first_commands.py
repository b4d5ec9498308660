"""The first commands of a publication start at once, in processes of their own."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from newsletter.storage.database import REVISION, connect
from tests.support.database import bring_down, postgresql_database, sqlite_url
from tests.support.publication import Publication, make_publication

AT_ONCE = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def brief(request, tmp_path):
    if request.param == "sqlite":
        # With its driver named, or the file would begin as a copy that has the tables.
        url = sqlite_url(tmp_path).replace("sqlite:", "sqlite+pysqlite:")
        yield make_publication(tmp_path / "brief", NEWSLETTER_DATABASE__URL=url)
        return
    with postgresql_database(request.getfixturevalue("postgresql")) as url:
        yield make_publication(tmp_path / "brief", NEWSLETTER_DATABASE__URL=url)


def all_at_once(brief: Publication, *words: str) -> list[tuple[int | None, str]]:
    started = [brief.start(*words) for _ in range(AT_ONCE)]
    said = [one.communicate() for one in started]
    return [(one.returncode, out + err) for one, (out, err) in zip(started, said, strict=True)]


def test_any_number_of_first_upgrades_is_one(brief):
    ended = all_at_once(brief, "db", "upgrade", "--json")
    assert [code for code, _ in ended] == [0] * AT_ONCE, ended
    told = [json.loads(said) for _, said in ended]
    assert sorted(one["changed"] for one in told) == [False] * (AT_ONCE - 1) + [True]
    assert {one["revision"] for one in told} == {REVISION}


def test_any_number_of_first_commands_makes_the_tables_once(brief):
    started = [
        brief.start("subscribers", "add", f"ann{n}@example.org", "--json") for n in range(AT_ONCE)
    ]
    ended = [(one.communicate(), one.returncode) for one in started]
    assert [code for _, code in ended] == [0] * AT_ONCE, ended
    assert brief.json("subscribers", "stats")["total"] == AT_ONCE


def test_any_number_of_upgrades_from_an_earlier_version_is_one(brief):
    url = brief.environment["NEWSLETTER_DATABASE__URL"]
    bring_down(url, "0013")
    ended = all_at_once(brief, "db", "upgrade")
    assert [code for code, _ in ended] == [0] * AT_ONCE, ended
    database = connect(url)
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == REVISION
    database.close()
