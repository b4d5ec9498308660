"""Settings: strict, overridable, silent about secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from newsletter.core.config import settings as config_settings
from newsletter.core.config.delivery import Delivery
from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import ConfigError, PluginError
from newsletter.core.toml import line_of
from tests.support.publication import CONFIG, KEY

TEXT = CONFIG.replace("BATCH_SIZE", "1000").replace("PARALLEL", "4").replace("TIMEOUT", "30.0")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(TEXT)
    return tmp_path / "config.toml"


def problem(file: Path, text: str, **environment: str) -> ConfigError:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        config_settings.load(file, environment)
    return caught.value


def test_a_file_and_its_folder_name_the_same_publication(file):
    assert config_settings.load(file, {}) == config_settings.load(file.parent, {})
    assert config_settings.load(file, {}).root == file.parent.resolve()


def test_every_key_can_be_overridden_by_the_environment(file):
    settings = config_settings.load(
        file,
        {
            "NEWSLETTER_PUBLICATION__NAME": "Another",
            "NEWSLETTER_PUBLICATION__SENDER__EMAIL": "desk@brief.example.org",
            "NEWSLETTER_SCHEDULE__DAYS": '["mon", "fri"]',
            "NEWSLETTER_SENDGRID__BASE_URL": "http://127.0.0.1:8025",
            "NEWSLETTER_CHECKS__SUBJECT": "off",
        },
    )
    assert settings.publication.name == "Another"
    assert settings.publication.sender.email == "desk@brief.example.org"
    assert settings.schedule.days == ("mon", "fri")
    assert settings.sendgrid.base_url == "http://127.0.0.1:8025"
    assert settings.checks["subject"] == "off"


def test_a_text_that_looks_like_json_may_be_text(file):
    settings = config_settings.load(file, {"NEWSLETTER_PUBLICATION__NAME": "[The] Brief"})
    assert settings.publication.name == "[The] Brief"


def test_a_relative_sqlite_file_lies_beside_the_configuration(file):
    root = file.parent.resolve()
    assert config_settings.load(file, {}).database_url == f"sqlite:///{root / 'newsletter.db'}"
    for url in ("sqlite:////var/lib/x.db", "postgresql+psycopg://me@host/x"):
        assert config_settings.load(file, {"NEWSLETTER_DATABASE__URL": url}).database_url == url


def test_secrets_are_read_but_never_shown(file, tmp_path):
    (tmp_path / "key").write_text(f"  {KEY}\n")
    for environment in (
        {"SENDGRID_API_KEY": KEY},
        {"SENDGRID_API_KEY_FILE": str(tmp_path / "key")},
    ):
        settings = config_settings.load(file, environment)
        assert settings.secret("SENDGRID_API_KEY") == KEY
        assert KEY not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()
    assert config_settings.load(file, {}).secret("SENDGRID_API_KEY") is None


def test_a_secret_file_that_is_not_there_is_told(file):
    settings = config_settings.load(file, {"SENDGRID_API_KEY_FILE": "/nowhere/at/all"})
    with pytest.raises(ConfigError, match="file /nowhere/at/all cannot be read") as caught:
        settings.secret("SENDGRID_API_KEY")
    assert "SENDGRID_API_KEY_FILE" in caught.value.hint


def test_an_unknown_key_is_answered_with_the_nearest_and_all_that_are_allowed(file):
    error = problem(file, TEXT.replace("parallel", "paralel"))
    assert "`delivery.paralel` is not a key" in error.what
    assert "Did you mean `parallel`?" in error.hint
    assert "batch_size" in error.hint


def test_several_faults_are_counted(file):
    text = TEXT.replace("parallel", "paralel").replace('zone = "UTC"', 'zone = "Nowhere"')
    assert "1 more" in problem(file, text).what


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("https://brief.example.org", "http://brief.example.org", "https"),
        ("https://brief.example.org", "brief.example.org", "web address"),
        ("editor@brief.example.org", "editor at brief", "e-mail"),
        ("1 Example Street", "1 Example\\nStreet", "postal_address"),
        ('name = "The Brief"\nzone', 'name = ""\nzone', "publication.name"),
    ],
)
def test_values_are_checked_for_what_they_mean(file, old, new, expected):
    assert old in TEXT
    assert expected in problem(file, TEXT.replace(old, new)).what


def test_the_schedule_must_be_in_order(file):
    assert (
        "later than"
        in problem(file, f'{TEXT}\n[schedule]\nat = 07:00:00\ncatch_up = "06:00"\n').what
    )
    assert "not be later" in problem(file, f'{TEXT}\n[schedule]\nprepare_at = "09:00"\n').what


def test_what_is_not_in_the_file_is_told_by_variable(file):
    error = problem(file, TEXT, NEWSLETTER_PUBLICATION__ZONE="Nowhere")
    assert "environment variable NEWSLETTER_PUBLICATION__ZONE" in error.what


def test_a_variable_cannot_go_below_a_value(file):
    assert "goes below" in problem(file, TEXT, NEWSLETTER_PUBLICATION__NAME__X="1").what


def test_a_segment_that_cannot_be_read_is_refused_with_its_place(file):
    text = TEXT.replace("[delivery]\n", '[delivery]\nsegment = "tag:vip or"\n')
    assert "`delivery.segment`" in problem(file, text).what
    assert "The segment ends where" in problem(file, text).what


def test_internal_fields_cannot_be_set_from_the_file(file):
    for key in ("root", "secrets", "tables", "written"):
        assert key in problem(file, f'{key} = "x"\n{TEXT}').what


def test_lines_are_found_for_tables_and_dotted_keys():
    text = "a = 1\n[b]\nc = 2\nd.e = 3\n[f.g]\nh = 4\n"
    assert line_of(("a",), text) == 1
    assert line_of(("b", "c"), text) == 3
    assert line_of(("b", "d", "e"), text) == 4
    assert line_of(("f", "g", "h"), text) == 6
    assert line_of(("b", "absent"), text) == 2
    assert line_of(("nowhere",), text) is None


def test_a_timeout_that_leaves_no_time_to_recall_is_an_error():
    with pytest.raises(ValidationError, match="at most 120"):
        Delivery(mode="scheduled", timeout=121)
    assert Delivery(mode="scheduled", timeout=120).timeout == 120


def test_what_has_a_providers_name_must_be_a_table(file):
    error = problem(file, f"carrier = 3\n{TEXT}", NEWSLETTER_DELIVERY__PROVIDER="carrier")
    assert "config.toml, line 1: `carrier` must be a table" in error.what


def test_a_table_that_no_provider_has_the_name_of_is_refused(file):
    error = problem(file, f"{TEXT}\n[carrier]\nurl = 1\n")
    assert "`carrier` is not a key of the configuration" in error.what
    assert "when [delivery] provider names it" in error.hint


def test_secrets_of_a_plug_in_are_those_it_names():
    secrets = Secrets({"A_KEY": "a-value", "B_KEY": "b-value"}).limited(
        {"A_KEY"}, whose="source “x”"
    )
    assert secrets.read("A_KEY") == "a-value"
    with pytest.raises(PluginError, match="The source “x” asks for the secret B_KEY"):
        secrets.read("B_KEY")
    assert secrets.hide("a-value and b-value") == "… and b-value"
    assert "a-value" not in repr(secrets)
