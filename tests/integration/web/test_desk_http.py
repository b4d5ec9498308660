"""The desk over HTTP: whom it answers, what protects it, and how changes get through."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from newsletter.core.errors import TemplateError, UsageError
from newsletter.core.model import MergeField
from newsletter.web.desk import server
from newsletter.web.desk.sign_in import write_door
from tests.support.desk import (
    HTML,
    TOKEN,
    Desk,
    Renders,
    desk_of,
    fields_of,
    make_preview,
    make_root,
    running_desk,
    versions,
)
from tests.support.time import PATIENCE


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Run a desk with one good render."""
    with running_desk(Renders(make_preview())) as running:
        yield running


@pytest.mark.parametrize("path", ["", "state", "mail", "events"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example"])
def test_another_host_name_is_refused(desk: Desk, path: str, host: str) -> None:
    with desk.get(path, Host=host) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:9000"])
def test_names_of_this_machine_are_answered(desk: Desk, host: str) -> None:
    with desk.get("", Host=host) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/2027-03-09/", "/2027-03-09/state", "/pages/look.js", f"/{TOKEN[:-1]}/2027-03-09/state"],
)
def test_without_the_token_nothing_is_told(desk: Desk, path: str) -> None:
    with desk.ask(path) as answer:
        assert answer.status == 403
        assert b"The terminal shows" in answer.read()


def sign_in(desk: Desk, **form: str) -> tuple[int, str, str]:
    """Submit the form in front of the token."""
    headers = {"Origin": desk.origin, "Content_Type": "application/x-www-form-urlencoded"}
    body = urlencode(form).encode()
    with desk.ask("/sign-in", method="POST", body=body, **headers) as answer:
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/", ""),
        ("/2027-03-09/write", "2027-03-09/write"),
        ("/of-an-earlier-run/2027-03-09/write", "2027-03-09/write"),
        ("/of-an-earlier-run/%22%3E%3Cscript%3E", ""),
        ("//evil.example/x", ""),
    ],
)
def test_a_bookmark_leads_to_its_page_with_the_code_of_the_terminal(
    desk: Desk, asked: str, led_to: str
) -> None:
    with desk.ask(asked) as answer:
        assert answer.status == 403
        page = answer.read().decode()
    assert TOKEN not in page
    form = fields_of(page)
    assert sign_in(desk, **form | {"token": TOKEN})[:2] == (303, f"/{TOKEN}/{led_to}")


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], f"{TOKEN}x", "é" * 22])
def test_another_code_is_told_and_leads_nowhere(desk: Desk, token: str) -> None:
    status, place, page = sign_in(desk, token=token, leads_to="2027-03-09/write")
    assert (status, place) == (403, "")
    assert "not the code" in page
    assert fields_of(page)["leads_to"] == "2027-03-09/write"


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "\r\nX: y", "../x"])
def test_signing_in_leads_to_the_desk_alone(desk: Desk, place: str) -> None:
    led_to = sign_in(desk, token=TOKEN, leads_to=place)[1]
    assert led_to.startswith(f"/{TOKEN}/")
    assert ":" not in led_to


def test_a_form_from_elsewhere_does_not_sign_in(desk: Desk) -> None:
    with desk.ask(
        "/sign-in", method="POST", body=b"token=x", Origin="http://127.0.0.1:1"
    ) as answer:
        assert answer.status == 403
        assert b"nothing was done" in answer.read()


def test_a_browser_is_started_with_the_name_of_a_file_of_its_own(tmp_path: Path) -> None:
    door = write_door(tmp_path, "http://127.0.0.1:8765/secret/")
    assert door.stat().st_mode & 0o777 == 0o600
    assert 'content="0; url=http://127.0.0.1:8765/secret/"' in door.read_text(encoding="utf-8")
    assert "secret" not in door.as_uri()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": "http://127.0.0.1:1"}],
)
def test_a_form_from_elsewhere_does_nothing(desk: Desk, headers: dict[str, str]) -> None:
    with desk.get("", method="POST", body=b"x=1", **headers) as answer:
        assert answer.status == 403


def test_the_desk_opens_with_its_date(desk: Desk) -> None:
    with desk.ask(f"/{TOKEN}/") as answer:
        assert answer.status == 307
        assert answer.headers["Location"] == f"/{TOKEN}/2027-03-09/today"


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "today", "2027-3-9"])
def test_what_is_no_date_is_not_found(desk: Desk, day: str) -> None:
    with desk.ask(f"/{TOKEN}/{day}/") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["", "state", "mail", "events", "nothing"])
def test_every_answer_is_protected(desk: Desk, path: str) -> None:
    with desk.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert answer.headers["Cache-Control"] == "no-store"


def test_page_may_load_nothing_from_elsewhere(desk: Desk) -> None:
    with desk.get("") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = answer.read().decode()
    assert "http" not in policy
    assert "unsafe" not in policy
    assert "//" not in page
    assert "<style" not in page
    assert " style=" not in page


def test_mail_may_run_nothing(desk: Desk) -> None:
    with desk.get("mail") as answer:
        directives = answer.headers["Content-Security-Policy"].split("; ")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.read().decode() == HTML
    assert not any(one.startswith("script-src") for one in directives)
    assert "frame-ancestors 'self'" in directives


def test_an_unknown_lens_is_told_the_valid_ones(desk: Desk) -> None:
    with desk.get("mail?lens=sepia") as answer:
        assert answer.status == 404
        assert b"outlook" in answer.read()


def test_the_mail_is_that_of_the_reader_who_was_chosen() -> None:
    name = MergeField(name="name", html_tag="-q1_name_h-", text_tag="-q1_name_t-", fallback="you")
    greeting = make_preview(html="<p>Hello -q1_name_h-</p>", fields=(name,))
    with running_desk(Renders(greeting)) as desk:
        for reader, told in (("robin", "Robin Reader"), ("nameless", "you"), ("x", "Robin Reader")):
            with desk.get(f"mail?reader={reader}") as answer:
                assert answer.read().decode() == f"<p>Hello {told}</p>"


@pytest.mark.parametrize(
    "path", ["pages/../site.py", "pages/..%2Fsite.py", "pages/%2e%2e/site.py", "media/x.jpg"]
)
def test_files_beside_the_pages_are_out_of_reach(desk: Desk, path: str) -> None:
    with desk.ask(f"/{TOKEN}/{path}") as answer:
        assert answer.status == 404


def test_desk_listens_on_this_machine_only() -> None:
    with server.listen(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert server.address(listener, "token") == f"http://127.0.0.1:{port}/token/"


def test_taken_port_is_an_error_with_a_way_out() -> None:
    with server.listen(0) as listener, pytest.raises(UsageError) as caught:
        server.listen(listener.getsockname()[1])
    assert "--port" in caught.value.hint


def test_no_mail_before_the_first_good_render() -> None:
    broken = Renders(TemplateError("Line 4 is broken.", hint="Mend it."))
    with running_desk(broken) as desk:
        with desk.get("mail") as answer:
            assert answer.status == 404
        assert desk.state()["problem"] == {
            "place": "",
            "message": "Line 4 is broken.",
            "hint": "Mend it.",
            "kind": "fault",
        }


def test_changed_file_gives_a_new_version(tmp_path: Path) -> None:
    story = tmp_path / "story.md"
    story.write_text("one", encoding="utf-8")
    renders = Renders(make_preview())
    with running_desk(renders, [tmp_path]) as desk, desk.get("events") as stream:
        told = versions(stream)
        assert next(told) == 1
        renders.answer = make_preview(subject="The ferry is late")
        story.write_text("two!", encoding="utf-8")
        assert next(told) == 2
        assert desk.state()["preview"]["subject"] == "The ferry is late"


def test_broken_file_keeps_the_last_render_until_it_is_mended(tmp_path: Path) -> None:
    template = tmp_path / "brief.mjml.j2"
    renders = Renders(make_preview())
    with running_desk(renders, [tmp_path]) as desk, desk.get("events") as stream:
        told = versions(stream)
        next(told)
        renders.answer = TemplateError("Line 4 is broken.")
        template.write_text("broken", encoding="utf-8")
        assert next(told) == 2
        state = desk.state()
        assert state["problem"]["message"] == "Line 4 is broken."
        assert state["preview"]["subject"] == "The ferry is back"
        renders.answer = make_preview()
        template.write_text("mended", encoding="utf-8")
        assert next(told) == 3
        assert desk.state()["problem"] is None


def test_file_that_is_replaced_or_made_later_is_noticed(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("a", encoding="utf-8")
    edition = tmp_path / "editions" / "edition.toml"
    renders = Renders(make_preview())
    with running_desk(renders, [config, edition]) as desk, desk.get("events") as stream:
        told = versions(stream)
        next(told)
        for version, file in enumerate((config, edition), start=2):
            renders.answer = make_preview(subject=file.name)
            file.parent.mkdir(exist_ok=True)
            new = file.with_suffix(".new")
            new.write_text("longer", encoding="utf-8")
            new.replace(file)
            assert next(told) == version


def test_files_the_preview_names_are_watched(tmp_path: Path) -> None:
    source = tmp_path / "elsewhere.csv"
    renders = Renders(make_preview(paths=(source,)))
    with running_desk(renders) as desk, desk.get("events") as stream:
        told = versions(stream)
        next(told)
        renders.answer = make_preview(subject="New", paths=(source,))
        source.write_text("row", encoding="utf-8")
        assert next(told) == 2


def test_open_pages_do_not_keep_the_desk_from_ending() -> None:
    with running_desk(Renders(make_preview())) as desk:
        stream = desk.get("events")
        answer = stream.__enter__()
        told = versions(answer)
        next(told)
    assert list(told) == []
    stream.__exit__(None, None, None)


_CONFIG = """
[publication]
name = "The Harbour Brief"
url = "https://brief.example.org"
postal_address = "4 Quay Street, Saltmouth"
sender = { name = "The Harbour Brief", email = "brief@example.org" }
[sources]
story = [{ type = "markdown", dir = "content/stories", rotate = true }]
"""
_STORY = "---\nheadline: The ferry is back\n---\n\nIt crosses the river again, as it always did.\n"


def test_preview_command_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(_CONFIG, encoding="utf-8")
    stories = tmp_path / "content" / "stories"
    stories.mkdir(parents=True)
    (stories / "ferry.md").write_text(_STORY, encoding="utf-8")
    command = ("preview", "--date", "2099-03-01", "--port", "0", "--no-open")
    with subprocess.Popen(
        [sys.executable, "-m", "newsletter", *command, "--config", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        day, _, url = line.partition(" is on the desk: ")
        code = Path(process.stdout.readline().split(", for")[0].rpartition(" ")[2])
        token = code.read_text(encoding="utf-8").strip()
        assert code.stat().st_mode & 0o777 == 0o600
        assert token not in Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8")
        port = urlsplit(url).port
        assert port is not None
        state = Desk(f"{url}{token}/", port, date.fromisoformat(day)).state()
        process.send_signal(signal.SIGINT)
        rest = "".join(process.communicate(timeout=PATIENCE))
    assert token not in f"{line}{rest}"
    assert not code.exists()
    assert day == "2099-03-01"
    assert state["preview"]["subject"] == "The ferry is back"
    assert process.returncode == 0


def test_a_form_that_never_ends_keeps_no_desk_open(tmp_path: Path) -> None:
    """`desk_of` waits for the desk's end, and fails where it does not come."""
    root = make_root(tmp_path, "")
    with socket.socket() as stranger:  # noqa: SIM117 - it stays when the desk has ended
        with desk_of(root) as desk:
            path = desk.url.removeprefix(desk.origin)
            head = (
                f"POST {path}write HTTP/1.1",
                f"Host: 127.0.0.1:{desk.port}",
                f"Origin: {desk.origin}",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: 9",
                "Expect: 100-continue",
            )
            stranger.connect(("127.0.0.1", desk.port))
            stranger.settimeout(PATIENCE)
            stranger.sendall("\r\n".join((*head, "", "")).encode())
            assert b"100" in stranger.recv(100)  # it is waited for
