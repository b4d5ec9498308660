"""What the sandbox keeps in its folder and shows on its pages, and to whom."""

from __future__ import annotations

import http.client
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.core.errors import UsageError
from newsletter.sandbox.server import Sandbox
from tests.support.sandbox import Client, make_body
from tests.support.time import PATIENCE


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    made = Client(sandbox.url)
    yield made
    made.close()


# --- the folder --------------------------------------------------------------------------------


def test_a_second_run_in_the_same_folder_goes_on_with_the_first(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        with Sandbox(tmp_path) as sandbox:
            client = Client(sandbox.url)
            client.send(make_body())
            client.close()
            keys.append(sandbox.public_key)

    assert [mail.id for mail in sandbox.mails()] == [1, 2]
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 2
    assert keys[0] == keys[1]


def test_the_signing_key_is_its_owners_alone(sandbox: Sandbox) -> None:
    mode = (sandbox.folder / "webhook-key.pem").stat().st_mode

    assert stat.S_IMODE(mode) == 0o600


def test_index_only_writes_no_content(tmp_path: Path) -> None:
    with Sandbox(tmp_path, store="index") as sandbox:
        client = Client(sandbox.url)
        client.send(make_body(2))
        client.close()

    assert list((tmp_path / "mails").iterdir()) == []
    assert len((tmp_path / "mails.jsonl").read_text().splitlines()) == 2


def test_a_folder_that_cannot_be_written_to_is_told_and_not_hidden(
    sandbox: Sandbox, client: Client
) -> None:
    (sandbox.folder / "mails").rmdir()
    client.send(make_body())
    with pytest.raises(FileNotFoundError):
        sandbox.settle()

    assert client.send(make_body())[0] == 500


def test_a_foreign_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mails.jsonl").write_text("not ours\n")

    with pytest.raises(UsageError, match="line 1"):
        Sandbox(tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", ""])
def test_the_sandbox_stays_on_this_machine(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="on this machine"):
        Sandbox(tmp_path, host=host)


def test_a_taken_port_is_a_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    port = int(sandbox.url.rpartition(":")[2])

    with pytest.raises(UsageError, match=str(port)), Sandbox(tmp_path / "other", port=port):
        pass


def test_what_was_asked_can_be_read_after_the_end(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        client = Client(sandbox.url)
        client.send(make_body())

    assert len(sandbox.requests) == 1
    assert sandbox.read(sandbox.mails()[0])["Subject"] == "A quiet morning"
    client.close()


# --- pages -------------------------------------------------------------------------------------


def page(client: Client, path: str, **headers: str) -> tuple[int, str, str]:
    status, told, body = client.call("GET", path, headers=headers)
    return status, body.decode(), told.get("Content-Security-Policy", "")


def test_the_list_shows_the_newest_first_and_filters_by_recipient(client: Client) -> None:
    client.send(make_body(12))

    everyone = re.findall(r"reader\d+@example\.org", page(client, "/")[1])
    some = re.findall(r"reader\d+@example\.org", page(client, "/?to=READER1")[1])

    assert everyone == [f"reader{n}@example.org" for n in range(11, -1, -1)]
    assert some == ["reader11@example.org", "reader10@example.org", "reader1@example.org"]


def test_the_list_comes_in_pages_of_200(client: Client) -> None:
    client.send(make_body(401))

    shown = [page(client, f"/?page={n}")[1].count('class="to"') for n in (1, 2, 3, 99, 0)]

    assert shown == [200, 200, 1, 1, 200]


def test_what_a_mail_contains_is_shown_and_never_run(client: Client) -> None:
    client.send(
        make_body(
            subject="<script>alert(1)</script>",
            content=[
                {"type": "text/plain", "value": "a < b"},
                {"type": "text/html", "value": "<head></head><script>alert(2)</script>"},
            ],
        )
    )

    for path in ("/", "/mails/1"):
        status, html, policy = page(client, path)
        assert status == 200
        assert "<script>" not in html
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
    html, policy = page(client, "/mails/1/html")[1:]
    assert "<script>alert(2)" in html
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy


def test_the_raw_source_is_the_file(sandbox: Sandbox, client: Client) -> None:
    client.send(make_body())
    sandbox.settle()

    source = page(client, "/mails/1/raw")[1]

    assert source.encode() == (sandbox.folder / "mails" / "0000001.eml").read_bytes()


@pytest.mark.parametrize(
    "path", ["/mails/2", "/mails/0", "/mails/x", "/../secret", "/mails/1/other"]
)
def test_a_page_that_is_not_there_is_404(client: Client, path: str) -> None:
    client.send(make_body())

    assert page(client, path)[0] == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8025", ""]
)
@pytest.mark.parametrize("path", ["/", "/v3/scopes"])
def test_a_foreign_host_name_is_turned_away(client: Client, host: str, path: str) -> None:
    assert page(client, path, Host=host)[0] == 421


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8025", "127.0.0.1:1", "[::1]:8025", "[::1]"]
)
def test_our_own_names_are_answered(client: Client, host: str) -> None:
    assert page(client, "/", Host=host)[0] == 200


def test_pages_are_only_for_reading(client: Client) -> None:
    assert client.call("POST", "/", {})[0] == 405


def test_tools_get_mails_and_requests_as_json(client: Client) -> None:
    client.send(make_body(2))

    mails, requests = (client.call("GET", f"/sandbox/{name}")[2] for name in ("mails", "requests"))

    assert [mail["to"] for mail in mails] == ["reader0@example.org", "reader1@example.org"]
    assert requests[0]["body"]["subject"] == "A quiet morning"
    assert requests[0]["headers"]["authorization"] == "Bearer ***"


def test_what_is_no_http_ends_the_connection_and_nothing_else(
    sandbox: Sandbox, client: Client
) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        line.sendall(b"EHLO sandbox\r\n\r\n")
        assert line.recv(100) == b""

    assert client.send(make_body())[0] == 202


def test_the_sandbox_ends_while_clients_are_connected(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        client = Client(sandbox.url)
        client.send(make_body())

    with pytest.raises((ConnectionError, http.client.HTTPException)):
        client.send(make_body())
    client.close()
