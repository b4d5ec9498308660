"""The pages as files: whole or not at all, on both databases, and only where they may stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest

from newsletter.core.errors import UsageError
from newsletter.web.site.application import open_site
from newsletter.web.site.reading import export as exporting
from newsletter.web.site.reading.export import export
from tests.support.archive import SENT, fill
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication
from tests.support.site import NOW

HOST = "https://brief.example.org"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_everything_that_can_be_read_is_written_and_leads_nowhere_else(
    publish: Callable[..., Publication], tmp_path: Path
) -> None:
    made = publish(tmp_path / "p", NEWSLETTER_MEDIA__URL=f"{HOST}/media")
    media = made.root / "content" / "media"
    media.mkdir(parents=True)
    (media / "bridge.png").write_bytes(b"a picture")
    (media / "notes.txt").write_text("not for readers")
    app = made.open(MovingClock(NOW))
    fill(app, count=4)
    folder = tmp_path / "public"
    done = export(open_site(app), folder)
    files = tree(folder)
    assert (done.folder, done.files) == (folder, len(files) - 1)
    assert {
        "index.html", "latest/index.html", "404.html", "robots.txt", "feed.atom", "feed.json",
        "sitemap.xml", "news-sitemap.xml", "icon.svg", "archive/index.html",
        "archive/2026-02/index.html", "archive/2026-03/index.html", "media/bridge.png",
        f"editions/{SENT}/index.html", "editions/2026-02-28/card.png",
    } <= files.keys()  # fmt: skip
    assert f"editions/{SENT}/card.png" not in files  # its story has a picture
    assert "media/notes.txt" not in files
    for path, content in files.items():
        if path.endswith(".html"):
            for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', content.decode()):
                assert _leads_somewhere(link, files), (path, link)
            assert b"<form" not in content
    assert not feedparser.parse(files["feed.atom"]).bozo
    before = files
    export(open_site(app), folder)
    assert tree(folder) == before
    assert [one.name for one in tmp_path.iterdir() if "public" in one.name] == ["public"]
    app.close()


def _leads_somewhere(link: str, files: dict[str, bytes]) -> bool:
    path = link.split("#", maxsplit=1)[0].strip("/")
    return path in files or f"{path}/index.html".lstrip("/") in files


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path,
) -> None:
    app = make_publication(tmp_path / "p").open(MovingClock(NOW))
    home = tmp_path / "home"
    home.mkdir()
    (home / "letters.txt").write_text("mine")
    with pytest.raises(UsageError, match="not of an export"):
        export(open_site(app), home)
    with pytest.raises(UsageError, match="not of an export"):
        export(open_site(app), home / "letters.txt")
    assert tree(home) == {"letters.txt": b"mine"}
    app.close()


def test_a_power_cut_leaves_the_old_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_publication(tmp_path / "p").open(MovingClock(NOW))
    fill(app, count=2)
    folder = tmp_path / "public"
    export(open_site(app), folder)
    before = tree(folder)

    def cut(_folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "_settle", cut)
        with pytest.raises(KeyboardInterrupt):
            export(open_site(app), folder)
    assert tree(folder) == before
    folder.rename(tmp_path / ".public.before")  # cut between the two
    export(open_site(app), folder)
    assert tree(folder) == before
    app.close()


def test_the_command_says_what_is_missing_there(tmp_path: Path) -> None:
    made = make_publication(tmp_path / "p")
    said = made.json("web", "export", str(tmp_path / "public"))
    assert said["pages"] == 3
    assert any("search" in one for one in said["missing"])
    assert (tmp_path / "public" / "index.html").is_file()
    refused = made.run("web", "export", str(made.root))
    assert refused.returncode == 2
    assert "not of an export" in refused.stderr
