"""The wheel does what is promised where people install it: an old pip, no lock file, nothing else.

The pip is the one that CPython 3.11.0 brought along, the oldest of a Python we support: people who
make a venv get it, and it resolves what the wheel asks for in its own way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import ScriptedServer, always, response
from tests.support.source_code import ROOT
from tests.support.time import PATIENCE
from tests.support.web import rss, rss_item, web_page

pytestmark = pytest.mark.timeout(3600)  # the first test installs, which a busy machine does slowly
OLDEST_PIP = "22.3"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the machine's own settings for pip, without what would hold versions down."""
    none = tmp_path_factory.mktemp("pip") / "none.txt"
    none.touch()
    ours = {"PYTHONPATH", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith(("NEWSLETTER_", "SENDGRID_"))
    }
    return kept | {"PIP_CONSTRAINT": str(none), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*words: object, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True,
        timeout=8 * PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.fixture(scope="module")
def newsletter(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Command:
    """Build the wheel, install it in an empty environment, and return its command."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip")
    built = ("wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, ROOT)
    run(*pip, *built, cwd=folder, env=environment)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    run(
        *pip, "--python", python, "install", "-q", f"pip=={OLDEST_PIP}", cwd=folder, env=environment
    )
    # Compiled is what is imported, when it is: all of it would cost as much again as all else here.
    installed = ("-m", "pip", "install", "-q", "--no-compile", "--only-binary", ":all:", wheel)
    run(python, *installed, cwd=folder, env=environment)

    def command(*words: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
        own = environment | {"NEWSLETTER_FETCH__ALLOW_PRIVATE": "true", **more}
        return run(python.with_name("newsletter"), *words, cwd=cwd, env=own)

    return command


def assembled(newsletter: Command, root: Path, chain: list[dict[str, Any]]) -> dict[str, Any]:
    sources = {"NEWSLETTER_SOURCES__STORY": json.dumps(chain)}
    done = newsletter("assemble", "--json", "--fresh", cwd=root, **sources)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def brief(newsletter: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("brief") / "brief"
    newsletter("init", root, cwd=root.parent)
    return root


def test_the_demo_runs_from_the_wheel(newsletter: Command, tmp_path: Path) -> None:
    done = newsletter("demo", cwd=tmp_path)
    assert (tmp_path / "demo").is_dir()
    assert "audit" in done.stdout


@pytest.mark.parametrize("source", ["feed", "article"])
def test_a_story_of_the_web_is_read_from_the_wheel(
    newsletter: Command, brief: Path, source: str
) -> None:
    feed = rss(rss_item("The ferry keeps its hours", published=datetime.now(UTC)))
    documents = {
        "feed": response(200, feed.encode(), content_type="application/rss+xml"),
        "article": response(200, web_page().encode(), content_type="text/html; charset=utf-8"),
    }
    with ScriptedServer(always(documents[source])) as server:
        answer = assembled(newsletter, brief, [{"type": source, "url": f"{server.url}/ferry"}])
    story = next(one for one in answer["provenance"] if one["part"] == "story")
    assert story["source"] == source, story
    assert answer["edition"]["stories"][0]["headline"] == "The ferry keeps its hours"
