"""Secrets inside settings are never shown; what is no secret stays readable."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.config.masking import is_secret_name, masked, masked_text

SECRET = "tall-ship-9"


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (f"postgresql+psycopg://ann:{SECRET}@db/brief", "postgresql+psycopg://ann:***@db/brief"),
        (f"postgresql://ann:{SECRET}@with@db/brief", "postgresql://ann:***@db/brief"),
        (f"postgresql:///brief?user=ann&password={SECRET}", "?user=ann&password=***"),
        (f"http://proxy:{SECRET}@127.0.0.1:3128", "http://proxy:***@127.0.0.1:3128"),
        (f"https://{SECRET}@feeds.example.org/a", "https://***@feeds.example.org/a"),
        (f"https://feeds.example.org/a?page=2&api_key={SECRET}", "?page=2&api_key=***"),
        (f"the server said: password={SECRET} is wrong", "password=*** is wrong"),
    ],
)
def test_passwords_and_keys_are_hidden_in_any_text(shown, told):
    hidden = masked_text(f"Before {shown} after")
    assert SECRET not in hidden
    assert told in hidden
    assert hidden.startswith("Before ")


@pytest.mark.parametrize(
    "text",
    [
        "https://brief.example.org/2026-03-01?page=2#top",
        "sqlite:////var/lib/brief/list.db",
        "postgresql+psycopg://ann@db/brief",
        "ann@example.org wrote: see https://example.org",
        "The word of the day: key",
    ],
)
def test_what_is_no_secret_is_left(text):
    assert masked_text(text) == text


@given(st.text(ascii_letters + digits + "!$%&()*+,-.;=_~", min_size=6))
def test_no_password_survives(password):
    told = masked_text(f"postgresql+psycopg://ann:{password}@db.test/x")
    assert told == "postgresql+psycopg://ann:***@db.test/x"


def test_settings_hide_what_is_named_like_a_secret_and_the_path_of_a_hook():
    shown = masked(
        {
            "alerts": {"url": f"https://hooks.example.org/services/{SECRET}", "other": None},
            "carrier": {"api_key": SECRET, "dir": "out", "keyboard": "qwerty", "tries": 3},
            "sources": {"fact": [{"type": "feed", "url": f"https://a:{SECRET}@b.test/c"}]},
            "database": {"url": f"postgresql://ann:{SECRET}@db/brief"},
        }
    )
    assert SECRET not in str(shown)
    assert shown["alerts"] == {"url": "https://hooks.example.org/***", "other": None}
    assert shown["carrier"] == {
        "api_key": "***",
        "dir": "out",
        "keyboard": "qwerty",
        "tries": 3,
    }
    assert shown["sources"]["fact"][0]["url"] == "https://a:***@b.test/c"


def test_the_working_folder_of_a_shell_is_no_secret():
    names = ("PWD", "OLDPWD", "MYSQL_PWD", "FTP_PWD_FILE")
    assert [name for name in names if is_secret_name(name)] == ["MYSQL_PWD", "FTP_PWD_FILE"]
