"""A fault in the configuration: where it was written, what stands there, and what would do."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.config import settings as config_settings
from newsletter.core.config import wording
from newsletter.core.errors import ConfigError
from tests.support.publication import CONFIG

TEXT = CONFIG.replace("BATCH_SIZE", "1000").replace("PARALLEL", "4").replace("TIMEOUT", "30.0")


def problem(folder: Path, more: str = "", **environment: str) -> ConfigError:
    (folder / "config.toml").write_text(f"{TEXT}\n{more}\n")
    with pytest.raises(ConfigError) as caught:
        config_settings.load(folder, environment)
    return caught.value


@pytest.mark.parametrize(
    ("line", "shown", "example"),
    [
        ('[schedule]\nat = "6 pm"', "(“6 pm”)", 'at = "18:00"'),
        ("[schedule]\nat = 8", "(8)", 'at = "08:00"'),
        ('[schedule]\nat = "dawn"', "“dawn”", 'at = "07:00"'),
        ('[schedule]\nprepare_at = "5h45"', "“5h45”", 'prepare_at = "05:45"'),
        ('[schedule]\ndays = ["Tues"]', "“Tues”", 'days = ["tue"]'),
        ('[schedule]\nskip = ["easter"]', "“easter”", 'skip = ["2026-12-25"]'),
        ("[schedule]\nlook_every = 0", "(0)", "look_every = 10"),
        ('[edition]\nno_story = "extra"', "“extra”", 'no_story = "extras"'),
        ('[smtp]\nport = "mail"', "“mail”", "port = 587"),
        ('[clients]\nsupported = "gmail"', "“gmail”", ""),
    ],
)
def test_a_value_that_will_not_do_is_shown_with_one_that_would(tmp_path, line, shown, example):
    error = problem(tmp_path, line)
    assert shown.replace("“", '"').replace("”", '"') in error.what
    assert example in error.hint
    assert error.where.line == TEXT.count("\n") + 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Europe/Vienne", "Europe/Vienna"),
        ("lisbon", "Europe/Lisbon"),
        ("New York", "America/New_York"),
        ("asia/tokyo", "Asia/Tokyo"),
        ("EDT", "America/New_York"),
    ],
)
def test_a_zone_gets_a_suggestion(tmp_path, written, meant):
    error = problem(tmp_path, NEWSLETTER_PUBLICATION__ZONE=written)
    assert written in error.what
    assert f"Did you mean NEWSLETTER_PUBLICATION__ZONE={meant}?" in error.hint


@given(st.text(max_size=40))
def test_any_text_has_a_nearest_zone_that_is_one_or_none(text):
    found = wording.nearest_zone(text, zoneinfo.available_timezones)
    assert found is None or found in zoneinfo.available_timezones()


@pytest.mark.parametrize(
    ("text", "meant"), [("0:30", dt.time(0, 30)), ("23:59:59", dt.time(23, 59, 59))]
)
def test_a_time_of_day_may_be_written_short(tmp_path, text, meant):
    (tmp_path / "config.toml").write_text(f'{TEXT}\n[schedule]\nat = "{text}"\n')
    assert config_settings.load(tmp_path, {}).schedule.at == meant


def test_a_variable_that_spoils_a_whole_section_is_the_one_that_is_named(tmp_path):
    error = problem(tmp_path, '[schedule]\nat = "08:00"', NEWSLETTER_SCHEDULE__CATCH_UP="07:30")
    assert "variable NEWSLETTER_SCHEDULE__CATCH_UP" in error.what
    error = problem(tmp_path, '[schedule]\ncatch_up = "08:00"', NEWSLETTER_SCHEDULE__AT="09:15")
    assert "variable NEWSLETTER_SCHEDULE__AT" in error.what


def test_a_file_that_spoils_a_whole_section_is_told_by_the_line_of_the_key(tmp_path):
    error = problem(tmp_path, '[schedule]\nat = "08:00"\ncatch_up = "07:30"')
    assert error.where.key == "schedule.catch_up"
    assert error.where.line == TEXT.count("\n") + 4


def test_a_section_that_only_the_environment_has_is_its_fault(tmp_path):
    error = problem(tmp_path, NEWSLETTER_SHEDULE__AT="08:00")
    assert "variable NEWSLETTER_SHEDULE__AT" in error.what
    assert "Did you mean `schedule`?" in error.hint


def test_one_underscore_instead_of_two_is_told(tmp_path):
    error = problem(tmp_path, NEWSLETTER_SCHEDULE_AT="08:00")
    assert "sets nothing" in error.what
    assert "NEWSLETTER_SCHEDULE__AT" in error.hint


def test_variables_that_are_no_settings_are_left_alone(tmp_path):
    (tmp_path / "config.toml").write_text(TEXT)
    for name in ("NEWSLETTER_SMTP_PASSWORD", "NEWSLETTER_SECRET_KEY", "NEWSLETTER_DEBUG"):
        config_settings.load(tmp_path, {name: "x" * 40})


def test_no_part_of_a_databases_address_is_repeated(tmp_path):
    error = problem(tmp_path, '[database]\nurl = "mysql://root:orchid-7@db/x"')
    assert "orchid" not in error.what + error.hint
    assert "sqlite:///newsletter.db" in error.hint


def test_keys_of_sources_are_not_repeated(tmp_path):
    error = problem(tmp_path, '[alerts]\nurl = "http://hooks.brief.example/T0/orchid-7"')
    assert "orchid" not in error.what + error.hint
