"""A small publication in a folder, its commands as real processes, and its app in this one."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsletter.app import App, build
from newsletter.core.config import settings
from tests.support.ledger import MovingClock, add_people
from tests.support.processes import Running, start
from tests.support.time import PATIENCE

CONFIG = """\
[publication]
name = "The Brief"
zone = "UTC"
url = "https://brief.example.org"
sender = { name = "The Brief", email = "editor@brief.example.org" }
postal_address = "1 Example Street, Exampletown"

[sources]
story = [{ type = "markdown", rotate = true }]

[delivery]
batch_size = BATCH_SIZE
parallel = PARALLEL
timeout = TIMEOUT
"""
STORY = """\
+++
title = "How the tide tables are made"
+++

A tide table is a promise about the sea, printed a year ahead and kept to within minutes.

The promise rests on a sum of waves. Each of them follows one motion of the sun or the moon, and
each has its own period, which never changes; only its height differs from harbour to harbour.
"""
KEY = "SG.test-key-that-must-never-be-printed"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A publication's folder, and the provider it is pointed at."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, check: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; `check` is the exit code it must have."""
        process = self.start(*words)
        out, err = process.communicate()
        done = subprocess.CompletedProcess(words, process.returncode, out, err)
        assert "Traceback" not in err, err
        assert KEY not in out + err
        if check is not None:
            assert done.returncode == check, f"exit {done.returncode}\n{out}\n{err}"
        return done

    def start(self, *words: str) -> Running:
        """Start a command and return at once."""
        return start(
            words,
            root=self.root,
            environment=_bare_environment() | self.environment,
            output=self.root.parent / f"{self.root.name}-said",
        )

    def json(self, *words: str, check: int = 0) -> Any:
        """Run a command with --json and read its document."""
        return json.loads(self.run(*words, "--json", check=check).stdout)

    def open(self, clock: MovingClock | None = None) -> App:
        """Open the publication in this process."""
        return build(
            settings.load(self.root, self.environment),
            clock=clock or MovingClock(datetime.now(UTC)),
        )

    def add_readers(self, count: int) -> None:
        """Put so many active readers (`readers`) into the list, without an import."""
        app = self.open()
        add_people(app.database, count)
        app.close()

    def add(self, people: Iterable[tuple[str, str]]) -> None:
        """Import readers, as (address, name)."""
        import csv

        file = self.root / "readers.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("email", "name"), *people])
        self.run("subscribers", "import", str(file), check=0)


def make_publication(
    root: Path,
    *,
    base_url: str = "http://127.0.0.1:9",
    people: int = 0,
    batch_size: int = 1000,
    parallel: int = 1,
    timeout: float = PATIENCE,
    **environment: str,
) -> Publication:
    """Write a publication with one evergreen story, and so many readers."""
    text = CONFIG.replace("BATCH_SIZE", str(batch_size)).replace("PARALLEL", str(parallel))
    root.mkdir(exist_ok=True)
    (root / "config.toml").write_text(text.replace("TIMEOUT", str(float(timeout))))
    stories = root / "content" / "stories"
    stories.mkdir(parents=True)
    (stories / "tides.md").write_text(STORY)
    made = Publication(
        root=root,
        environment={
            "SENDGRID_API_KEY": KEY,
            "NEWSLETTER_SENDGRID__BASE_URL": base_url,
        }
        | environment,
    )
    if people:
        made.add_readers(people)
    return made


def with_template(publication: Publication, line: str) -> None:
    """Return the publication a brief of its own, with a greeting before its stories."""
    folder = publication.root / "templates" / "email"
    folder.mkdir(parents=True)
    bundled = Path(__file__).parents[2] / "templates" / "email" / "brief.mjml.j2"
    begin = "{% block stories %}"
    section = f"<mj-section><mj-column><mj-text>{line}</mj-text></mj-column></mj-section>"
    html = bundled.read_text().replace(begin, f"{begin}\n{section}")
    (folder / "brief.mjml.j2").write_text(html)
    (folder / "brief.txt.j2").write_text(
        '{% extends "partials/frame.txt.j2" %}\n'
        f"{begin}\n{line}\n\n{{{{ super() }}}}\n{{% endblock %}}\n"
    )


def readers(count: int) -> list[tuple[str, str]]:
    return [(f"reader{n:04}@example.org", f"Reader {n}") for n in range(1, count + 1)]


def recipients_of(requests: Sequence[Any]) -> list[list[str]]:
    """List the addresses of each request to mail/send, in order."""
    return [
        [to["email"] for one in request.body["personalizations"] for to in one["to"]]
        for request in requests
        if request.path == "/v3/mail/send"
    ]


def _bare_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NEWSLETTER_", "SENDGRID_"))
    }
