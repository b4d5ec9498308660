"""Imports point down, and nothing goes round in circles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.support.publication import make_publication
from tests.support.source_code import ROOT

# Half a second each, or more: commands that do not need them must not wait for them.
HEAVY = {
    "alembic",
    "apscheduler",
    "babel",
    "cssutils",
    "email_validator",
    "jinja2",
    "lxml",
    "mjml",
    "premailer",
    "psycopg",
    "pydantic",
    "rich",
    "sendgrid",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "watchfiles",
}
# What Python would carry along to the end of a send, which lasts: 1 to 14 MB each.
BURDENS = {
    "PIL",
    "alembic",
    "apscheduler",
    "cssutils",
    "feedparser",
    "lxml",
    "premailer",
    "psycopg",
    "requests",
    "sendgrid",  # of the other providers
    "starlette",
    "tomlkit",
    "trafilatura",
    "uvicorn",
}
_LOADED = """
import json, sys
sys.argv = ["newsletter", *json.loads(sys.argv[1])]
from newsletter.__main__ import main
try:
    main()
except SystemExit:
    pass
print("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_contracts_of_the_project_file_are_kept() -> None:
    # In a process of its own: it would set up logging for all other tests.
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout


def test_there_is_no_import_cycle() -> None:
    graph = grimp.build_graph("newsletter", exclude_type_checking_imports=True, cache_dir=None)
    imports = {
        name: graph.find_modules_directly_imported_by(name) - {name} for name in graph.modules
    }
    assert len(imports) > 50
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


# Typer itself loads pydantic once it reads the options of a command.
@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [(["--help"], set()), (["--version"], set()), (["send", "--help"], {"pydantic"})],
)
def test_help_loads_nothing_heavy(arguments: list[str], allowed: set[str]) -> None:
    assert loaded_by(arguments) & HEAVY <= allowed


def test_a_send_carries_nothing_along_that_it_used_once_or_never(tmp_path: Path) -> None:
    outbox = {"NEWSLETTER_DELIVERY__PROVIDER": "outbox"}
    publication = make_publication(tmp_path, people=3, **outbox)
    arguments = ["send", "--now", "--config", str(publication.root)]
    assert loaded_by(arguments, **publication.environment) & BURDENS == set()
    assert publication.json("audit")["complete"]


def loaded_by(arguments: list[str], **environment: str) -> set[str]:
    """Name the packages that a command has loaded in the end."""
    output = subprocess.run(
        [sys.executable, "-c", _LOADED, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"NO_COLOR": "1"} | environment,
    ).stdout
    loaded = set(json.loads(output.splitlines()[-1]))
    assert "newsletter" in loaded
    return loaded
