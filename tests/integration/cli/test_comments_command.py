"""`newsletter comments`: what waits is listed, let through, and refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from newsletter.cli import comments
from newsletter.core.errors import UsageError
from newsletter.storage.site.answers import Said
from newsletter.web.site.application import open_site
from newsletter.web.site.notices import of_comment
from tests.support.site import freeze, member, open_app

DAY = date(2026, 3, 2)


def test_a_comment_is_listed_and_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(tmp_path / "p")
    monkeypatch.setenv("NEWSLETTER_DELIVERY__PROVIDER", "outbox")
    freeze(app, DAY)
    anna = member(app, "anna@example.org")
    site = open_site(app)
    said = Said(edition=DAY, canonical=anna.canonical, name="Ines [b]", text="Good [words]")
    number = site.records.answers.write(
        said, of_comment(site, said, now=site.now()), now=site.now()
    )
    root = app.settings.root
    comments.list_comments(root)
    assert "Good [words]" in capsys.readouterr().out
    comments.approve(number, root)
    assert "stands below" in capsys.readouterr().out
    assert [one.text for one in site.records.answers.approved(DAY)] == ["Good [words]"]
    comments.list_comments(root, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"comments": []}
    comments.refuse(number, root, as_json=True)
    assert json.loads(capsys.readouterr().out)["state"] == "refused"
    with pytest.raises(UsageError, match="no comment 77"):
        comments.approve(77, root)
    comments.letters(root)
    comments.departures(root)
    assert "Nobody" in capsys.readouterr().out
    app.close()
