"""Whether links and pictures answer: over real sockets, bounded, and never the open internet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from newsletter.core.http.addresses import is_public
from newsletter.core.http.client import HttpClient
from newsletter.editions import proofs
from newsletter.message.check import addresses
from newsletter.message.checks import img_answers, img_weight, link_answers
from newsletter.message.external import PictureFile, Reached
from newsletter.message.probes import network, pictures
from newsletter.message.probes.prober import Prober
from tests.support.checked import good
from tests.support.edition import SITE, UNSUBSCRIBE, make_settings
from tests.support.http import (
    Connection,
    ScriptedServer,
    always,
    close_after_request,
    closed_port,
    dribbling,
    response,
)
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

QUIET = threading.Event()


@pytest.fixture
def wire() -> Iterator[HttpClient]:
    with HttpClient() as opened:
        yield opened


def ask(wire: HttpClient, *urls: str) -> dict[str, Reached]:
    told: list[tuple[int, int]] = []
    found = network.reach(
        urls, wire=wire, agent="test/1", any_port=True, progress=lambda *step: told.append(step)
    )
    assert told[-1] == (len(urls), len(urls))
    return dict(found)


def one(wire: HttpClient, server: ScriptedServer, path: str = "/a") -> Reached:
    (found,) = ask(wire, server.url + path).values()
    return found


def routes(**answers: bytes) -> ScriptedServer:
    """Serve answers by method and path: `HEAD_a` is HEAD /a; others get 404."""

    def script(connection: Connection) -> None:
        while request := connection.read_request():
            name = f"{request.method}_{request.target.strip('/')}"
            connection.send(answers.get(name, b"HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n"))

    return ScriptedServer(script)


def head(status: int, **headers: str) -> bytes:
    """Write the answer to a HEAD: a length may be told, and no body follows."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode()


def test_a_page_that_is_there_is_asked_for_once_with_a_name(wire: HttpClient) -> None:
    fine = head(200, content_type="text/html; charset=utf-8", content_length="1234")
    with routes(HEAD_a=fine) as server:
        assert one(wire, server) == Reached(status=200, kind="text/html", bytes=1234)
        (request,) = server.requests
    assert request.headers["user-agent"] == "test/1"


def test_a_missing_page_is_asked_for_again_by_get_and_told(wire: HttpClient) -> None:
    with routes() as server:
        found = one(wire, server)
        assert [request.method for request in server.requests] == ["HEAD", "GET"]
        assert server.requests[1].headers["range"] == "bytes=0-0"
    assert (found.status, found.problem) == (404, "it answered 404")


def test_a_server_that_refuses_head_is_asked_for_one_byte(wire: HttpClient) -> None:
    part = response(206, b"x", content_type="image/png", content_range="bytes 0-0/2000000")
    with routes(HEAD_a=head(405, content_length="0"), GET_a=part) as server:
        assert one(wire, server) == Reached(status=206, kind="image/png", bytes=2_000_000)


def test_a_server_that_hangs_up_on_head_is_asked_by_get(wire: HttpClient) -> None:
    with ScriptedServer(close_after_request, always(response(200, b"x"))) as server:
        assert one(wire, server).problem == ""


def test_a_server_that_sends_everything_is_there_all_the_same(wire: HttpClient) -> None:
    whole = response(200, b"x" * 300_000)
    with routes(HEAD_a=head(501, content_length="0"), GET_a=whole) as server:
        found = one(wire, server)
    assert (found.status, found.problem) == (200, "")


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_server_that_wants_no_machines_is_no_dead_link(wire: HttpClient, status: int) -> None:
    with ScriptedServer(always(head(status, content_length="0"))) as server:
        assert one(wire, server).problem == ""


def test_redirects_are_followed_and_a_new_address_is_told(wire: HttpClient) -> None:
    with routes(
        HEAD_a=head(301, location="/b", content_length="0"),
        HEAD_b=head(302, location="/c", content_length="0"),
        HEAD_c=head(200, content_length="0"),
    ) as server:
        found = one(wire, server)
        assert (found.status, found.moved_to) == (200, f"{server.url}/b")


def test_redirects_in_a_circle_end(wire: HttpClient) -> None:
    with routes(
        HEAD_a=head(302, location="/b", content_length="0"),
        HEAD_b=head(302, location="/a", content_length="0"),
    ) as server:
        assert one(wire, server).problem == "it redirects in a circle"


def test_endless_redirects_end(wire: HttpClient) -> None:
    def script(connection: Connection) -> None:
        while request := connection.read_request():
            connection.send(head(302, location=request.target + "x", content_length="0"))

    with ScriptedServer(script) as server:
        assert one(wire, server).problem == "it redirects more than 5 times"
        assert len(server.requests) == 6


def test_a_redirect_to_what_is_no_web_address_is_not_followed(wire: HttpClient) -> None:
    with routes(HEAD_a=head(302, location="file:///etc/passwd", content_length="0")) as server:
        assert "no http or https address" in one(wire, server).problem


def test_a_slow_drip_is_given_up(wire: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SECONDS", 0.3)
    with ScriptedServer(dribbling(response(200, b"x" * 500))) as server:
        assert one(wire, server).problem.startswith("it gave no answer: ")


def test_nobody_listening_is_told(wire: HttpClient) -> None:
    with closed_port() as url:
        (found,) = ask(wire, url).values()
    assert (found.status, found.problem[:18]) == (None, "it gave no answer:")


def test_addresses_within_the_house_are_not_asked() -> None:
    with (
        routes(HEAD_a=head(200, content_length="0")) as server,
        HttpClient(allow=is_public) as guarded,
    ):
        assert one(guarded, server).problem.startswith("it gave no answer: ")
        assert server.requests == []


def test_a_host_is_asked_one_thing_at_a_time(wire: HttpClient) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def script(connection: Connection) -> None:
        nonlocal at_once, most
        while connection.read_request():
            with lock:
                at_once += 1
                most = max(most, at_once)
            connection.wait(0.01)
            with lock:
                at_once -= 1
            connection.send(head(200, content_length="0"))

    with ScriptedServer(script) as one_host, ScriptedServer(script) as other:
        urls = [f"{server.url}/{n}" for n in range(5) for server in (one_host, other)]
        assert len(ask(wire, *urls)) == 10
    assert most <= 2


def test_a_hundred_different_web_addresses_are_chosen() -> None:
    found = [f"https://x.example/{n % 150}#part{n}" for n in range(300)]
    chosen = network.worth_asking(["mailto:a@x.example", "#", "", *found])
    assert chosen == tuple(f"https://x.example/{n}" for n in range(100))


# --- own pictures --------------------------------------------------------------------------------


def test_own_pictures_are_measured_and_others_are_left_alone(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    Image.new("RGB", (30, 20)).save(media / "a b.png")
    (media / "broken.png").write_bytes(b"no picture")
    Image.new("RGB", (1, 1)).save(tmp_path / "outside.png")
    public = f"{SITE}/media"
    names = ("a%20b.png?v=1", "broken.png", "missing.png", "../outside.png", "%2e%2e/outside.png")
    found = pictures.files(
        [*(f"{public}/{name}" for name in names), "https://elsewhere.example/a%20b.png"],
        folder=media,
        public=public,
    )
    size = (media / "a b.png").stat().st_size
    assert found == {f"{public}/a%20b.png?v=1": PictureFile(bytes=size, width=30, height=20)}
    assert pictures.files(found, folder=media, public=None) == {}


# --- everything together -------------------------------------------------------------------------


def test_what_was_found_out_reaches_the_checks(tmp_path: Path) -> None:
    page = head(200, content_type="text/html", content_length="3")
    with routes(HEAD_page=page) as server:
        html = good().html.replace(f"{SITE}/almanac", f"{server.url}/gone")
        html = html.replace(f"{SITE}/pictures/swing-bridge.jpg", f"{server.url}/page")
        html = html.replace(f"{SITE}/", f"{server.url}/page#").replace(f'"{SITE}"', '"mailto:x@y"')
        checked = replace(good(), html=html, unsubscribe_url=f"{server.url}/u/1")
        settings = make_settings(tmp_path, fetch={"allow_private": True})
        asker = Prober(
            settings=settings,
            envelope=lambda day: proofs.envelope(settings.publication, day),
            now=datetime(2027, 3, 9, tzinfo=UTC),
            over_network=lambda _done, _total: None,
        )
        checked = replace(checked, outside=asker(checked))
        assert all("/u/" not in request.target for request in server.requests)
        agents = {request.headers["user-agent"] for request in server.requests}
    assert agents == {f"{next(iter(agents)).split(' ')[0]} (+mailto:desk@brief.example.org)"}
    (dead,) = link_answers.check(checked)
    assert "it answered 404" in dead.message
    (no_picture,) = img_answers.check(checked)
    assert no_picture.measured == "text/html"
    assert UNSUBSCRIBE in addresses(good()).links


def test_a_publication_asks_for_its_own_edition(tmp_path: Path) -> None:
    with routes() as server:
        brief = make_publication(
            tmp_path / "brief",
            NEWSLETTER_PUBLICATION__URL=server.url,
            NEWSLETTER_FETCH__ALLOW_PRIVATE="true",
            NEWSLETTER_SOURCES__FACT="[]",
            NEWSLETTER_SOURCES__QUOTE="[]",
            NEWSLETTER_SOURCES__WORD="[]",
        )
        story = brief.root / "content/stories/tides.md"
        story.write_text(story.read_text() + f"\nRead [the tables]({server.url}/tables).\n")
        app = brief.open(MovingClock(datetime(2027, 3, 9, 12, tzinfo=UTC)))
        steps: list[int] = []
        ask = app.proofs.asker(over_network=lambda done, _total: steps.append(done))
        found = app.proofs.prove(date(2027, 3, 9), ask=ask).findings
        assert {request.target for request in server.requests} == {"/", "/tables"}
    dead = [one for one in found if one.code == "link-answers"]
    assert [one.measured for one in dead] == ["404", "404"]
    assert steps[-1] == 2
    assert all(one.severity == "warning" for one in dead)


def test_a_heavy_and_coarse_picture_is_told_twice() -> None:
    source = f"{SITE}/pictures/swing-bridge.jpg"
    heavy = PictureFile(bytes=1_000_000, width=959, height=540)
    checked = replace(good(), outside=replace(good().outside, pictures={source: heavy}))
    weight, pixels = img_weight.check(checked)
    assert (weight.measured, weight.limit) == ("1,000,000 bytes", "1,000,000 bytes")
    assert (pixels.measured, pixels.limit) == ("959 px", "960 px")
    light = PictureFile(bytes=999_999, width=960, height=540)
    checked = replace(good(), outside=replace(good().outside, pictures={source: light}))
    assert list(img_weight.check(checked)) == []


def test_the_size_the_network_tells_counts_too() -> None:
    source = f"{SITE}/pictures/swing-bridge.jpg"
    reached = {source: Reached(status=200, kind="image/jpeg", bytes=2_000_000)}
    checked = replace(good(), outside=replace(good().outside, reached=reached))
    (weight,) = img_weight.check(checked)
    assert weight.measured == "2,000,000 bytes"
