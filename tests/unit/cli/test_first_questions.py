"""The five questions of init: defaults that go together, and a configuration that is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.cli import _asking, _shell
from newsletter.core.config import settings
from newsletter.core.errors import UsageError

NONE = dict.fromkeys(("name", "site", "sender", "postal_address", "zone"))


def read(tmp_path: Path, text: str) -> settings.Settings:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return settings.load(tmp_path, {})


def test_the_defaults_are_a_configuration_that_reaches_nobody(tmp_path):
    told = _asking.answers(tmp_path / "evening-post", NONE, ask=False)
    made = read(tmp_path, _asking.config_text(told))
    assert made.publication.name == "Evening Post"
    assert made.delivery.provider == "outbox"
    assert not made.reaches_readers
    assert len(_asking.config_text(told).splitlines()) <= 25


def test_the_sender_is_at_the_site(tmp_path):
    told = _asking.answers(tmp_path, NONE | {"site": "https://www.evening-post.eu"}, ask=False)
    assert told["sender"] == "brief@evening-post.eu"


@pytest.mark.parametrize(
    ("key", "value"),
    [("zone", "Berln"), ("sender", "me"), ("site", "evening-post.eu"), ("name", "two\nlines")],
)
def test_an_answer_that_will_not_do_is_refused(tmp_path, key, value):
    with pytest.raises(UsageError, match=f"--{key}"):
        _asking.answers(tmp_path, NONE | {key: value}, ask=False)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300))
def test_any_name_survives_the_file(text):
    import tomllib

    told = _asking.answers(Path("x"), NONE | {"name": text}, ask=False)
    assert tomllib.loads(_asking.config_text(told))["publication"]["name"] == text


def test_a_configuration_is_found_upwards_and_not_somebody_elses(tmp_path, monkeypatch):
    inside = tmp_path / "brief" / "content" / "stories"
    inside.mkdir(parents=True)
    (tmp_path / "brief" / "content" / "config.toml").write_text("[server]\nport = 1\n")
    (tmp_path / "brief" / "config.toml").write_text("[publication]\n")
    monkeypatch.chdir(inside)
    assert _shell.config_file(_shell.HERE) == tmp_path / "brief" / "config.toml"
    assert _shell.config_file(Path("other.toml")) == Path("other.toml")
