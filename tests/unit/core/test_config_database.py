"""`[database]`: an address that cannot be used is a fault of the configuration, told as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from newsletter.core.config.database import Database
from newsletter.core.errors import ConfigError
from tests.support.publication import make_publication

PASSWORD = "tall-ship"
GOOD = [
    "sqlite:///newsletter.db",
    "sqlite:////var/lib/brief/list.db",
    "sqlite://",
    "sqlite:///:memory:",
    "postgresql://brief@db.example.org/brief",
    "postgresql+psycopg://brief:a%40b@[::1]:6432/brief?sslmode=require&connect_timeout=5",
    "postgresql+psycopg:///brief?host=/run/postgresql&port=5433",
    "postgresql+psycopg://brief@/brief?host=one:5432&host=two:5432",
]
BAD = [
    "",
    "newsletter.db",
    "sqlite:newsletter.db",
    "sqlite://newsletter.db",
    "sqlite:///newsletter.db?mode=ro",
    "sqlite:///file:newsletter.db?mode=ro&uri=true",
    "sqlite+aiosqlite:///newsletter.db",
    "mysql://brief@db/brief",
    "postgresql+psycopg2://brief@db/brief",
    f"postgresql+psycopg://brief:{PASSWORD}@db:abc/brief",
    f"postgresql+psycopg://brief:{PASSWORD}@db:0/brief",
    f"postgresql+psycopg://brief:{PASSWORD}@db:70000/brief",
    f"postgresql+psycopg://brief:{PASSWORD}/with@db/brief",
    f"postgresql+psycopg://brief:{PASSWORD}@with@db/brief",
    f"postgresql+psycopg://brief:{PASSWORD}#with@db/brief",
    f"postgresql+psycopg://brief:{PASSWORD}?with@db/brief",
    "postgresql+psycopg://brief@db/brief?colour=red",
    "postgresql+psycopg://brief@db/brief?prepare_threshold=5",
    "postgresql+psycopg://brief@db/brief?connect_timeout=soon",
    "postgresql+psycopg://brief@[::1/brief",
]


@pytest.mark.parametrize("url", GOOD)
def test_usable_addresses_are_taken_as_they_are(url):
    assert Database(url=url).url == url


def test_an_address_as_hosts_of_databases_write_it_is_read_as_it_is_meant():
    assert Database(url="postgres://brief@db/brief").url == "postgresql://brief@db/brief"


@pytest.mark.parametrize("url", BAD)
def test_others_are_refused_without_a_part_of_them(url):
    with pytest.raises(ValidationError) as caught:
        Database(url=url)
    told = caught.value.errors()[0]["msg"]
    assert PASSWORD not in told
    assert len(told) > 30


@given(st.text(max_size=60))
def test_no_address_is_more_than_taken_or_refused(rest):
    for start in ("", "sqlite:///", "postgresql+psycopg://", "postgresql://a:b@"):
        try:
            Database(url=start + rest)
        except ValidationError:
            continue


def test_it_is_told_with_its_key_and_place(tmp_path):
    brief = make_publication(tmp_path / "brief")
    file = brief.root / "config.toml"
    file.write_text(file.read_text() + '\n[database]\nurl = "sqlite:///a.db?mode=ro"\n')
    with pytest.raises(ConfigError) as caught:
        brief.open()
    assert caught.value.where.key == "database.url"
    assert caught.value.where.line == len(file.read_text().splitlines())
