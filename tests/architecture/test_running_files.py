"""The files of docs/running are held to the commands, options, keys and secrets that there are."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from newsletter.core.config.settings import Settings, _keys
from tests.support.called import refuse_unknown
from tests.support.source_code import ROOT

FOLDER = ROOT / "docs" / "running"
UNITS = sorted(FOLDER.glob("*.service"))
COMPOSE = sorted(FOLDER.glob("compose.*.yaml"))
SECRETS = {"SENDGRID_API_KEY", "NEWSLETTER_SECRET_KEY", "SENDGRID_WEBHOOK_PUBLIC_KEY"}


def refuse_unknown_variable(name: str) -> None:
    """Refuse a variable that nothing reads."""
    if name.startswith("NEWSLETTER_") and "__" in name:
        section, _, key = name.removeprefix("NEWSLETTER_").lower().partition("__")
        assert key in _keys()[section], name
    elif name != "NEWSLETTER_CONFIG":
        assert name.removesuffix("_FILE") in SECRETS, name


def unit(file: Path) -> list[tuple[str, str]]:
    """Return the settings of a unit's [Service], in order, the repeated ones too."""
    lines = file.read_text(encoding="utf-8").partition("[Service]")[2].partition("[Install]")[0]
    pairs = (line.partition("=") for line in lines.splitlines() if line and line[0] != "#")
    return [(key, value) for key, _, value in pairs]


def test_all_of_them_are_told_of_on_the_page() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    files = {file.name for file in FOLDER.iterdir() if file.is_file()}
    assert set(re.findall(r"\(running/([^)]+)\)", page)) == files


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_unit_starts_a_command_with_variables_that_are_read(file: Path) -> None:
    found = unit(file)
    (start,) = [value for key, value in found if key == "ExecStart"]
    program, *words = shlex.split(start)
    assert Path(program).name == "newsletter"
    refuse_unknown(words)
    named = [value.partition("=") for key, value in found if key == "Environment"]
    credentials = {value.partition(":")[0] for key, value in found if key == "LoadCredential"}
    assert {value.removeprefix("%d/") for _, _, value in named} == credentials
    for name, _, _ in named:
        refuse_unknown_variable(name)


HARDENED = {
    **dict.fromkeys(("CapabilityBoundingSet", "AmbientCapabilities"), ""),
    **dict.fromkeys(
        (
            *("NoNewPrivileges", "PrivateDevices", "PrivateTmp", "PrivateUsers", "ProtectHome"),
            *("ProtectClock", "ProtectHostname", "ProtectControlGroups", "ProtectKernelLogs"),
            *("ProtectKernelModules", "ProtectKernelTunables", "LockPersonality"),
            *("MemoryDenyWriteExecute", "RestrictNamespaces"),
        ),
        "true",
    ),
    "ProtectProc": "invisible",
    "UMask": "0077",
}


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_unit_is_hardened(file: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    settings = dict(unit(file))
    assert settings["ProtectSystem"] == "strict"
    assert settings["User"] == "brief"
    # What each unit is hardened with, counted where there is no systemd to ask.
    assert {name: settings.get(name) for name in HARDENED} == HARDENED
    if program is None:
        return
    copy = tmp_path / file.name.replace("@", "@1")
    copy.write_bytes(file.read_bytes())
    done = subprocess.run(
        [program, "security", "--offline=true", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    level = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert level is not None, done.stdout + done.stderr
    assert float(level[1]) <= 2.0


def test_timer_wakes_the_unit_of_its_name() -> None:
    timer = configparser.ConfigParser()
    timer.read(FOLDER / "newsletter-run.timer", encoding="utf-8")
    assert timer["Timer"]["OnCalendar"] == "*:0/1"
    assert (FOLDER / "newsletter-run.service").exists()


def test_crontab_is_a_command_each_minute() -> None:
    lines = (FOLDER / "newsletter.crontab").read_text(encoding="utf-8").splitlines()
    (line,) = [one for one in lines if one.startswith("*")]
    assert line.split()[:5] == ["*"] * 5
    refuse_unknown(shlex.split(line)[6:])


def test_container_runs_a_command_as_nobody_special() -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    assert "\nUSER 10001" in text
    for name in re.findall(r"\b(NEWSLETTER_\w+)=", text):
        refuse_unknown_variable(name)
    health = re.search(r"CMD (newsletter [^>]+)", text)
    assert health is not None
    refuse_unknown(shlex.split(health[1])[1:])
    copied = set(" ".join(re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE)).split())
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {*project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]} < copied
    locked = (ROOT / "requirements" / "app.txt").read_text(encoding="utf-8")
    assert all(f"\n{name}==" in locked for name in ("psycopg", "holidays", "hatchling"))


def test_image_is_made_of_what_is_copied_and_of_no_publication_beside_it() -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    copied = set(" ".join(re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE)).split())
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and line[0] != "#"]
    assert rules[0] == "*"
    place = rules.index("docs/running/*")
    assert {rule.removeprefix("!") for rule in rules[1:place]} == copied
    told = [rule.removeprefix("!docs/running/") for rule in rules[place + 1 :] if rule[0] == "!"]
    assert all(any(file.match(one) for one in told) for file in FOLDER.iterdir() if file.is_file())
    texts = [file.read_text(encoding="utf-8") for file in COMPOSE]
    beside = {one for text in texts for one in re.findall(r"(?<!\.)\./(\w+)", text)}
    assert beside == {"brief", "secrets"}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"/docs/running/{name}/" for name in beside} <= set(ignored)


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_compose_example_starts_commands_with_what_it_defines(file: Path) -> None:
    text = yaml.safe_load(file.read_text(encoding="utf-8"))
    ours = {name: one for name, one in text["services"].items() if one.get("image") == "newsletter"}
    assert {"schedule", "web"} <= set(ours)
    for service in ours.values():
        refuse_unknown(service["command"])
        health = service["healthcheck"]["test"]  # a string: an older podman-compose mangles lists
        assert isinstance(health, str)
        if health.startswith("newsletter"):
            refuse_unknown(shlex.split(health.partition(">")[0])[1:])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        for name, value in service["environment"].items():
            refuse_unknown_variable(name)
            assert Path(value).name in service["secrets"]
    used = {secret for one in text["services"].values() for secret in one.get("secrets", ())}
    assert used == set(text["secrets"])
    assert Settings.model_fields["web"] is not None
    if "postgresql" in file.name:
        assert text["services"]["worker"]["deploy"]["replicas"] == 2
        refuse_unknown_variable("NEWSLETTER_DATABASE__URL")
