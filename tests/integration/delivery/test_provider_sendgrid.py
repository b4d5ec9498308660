"""The provider `sendgrid` against a real server on loopback, from settings to errors."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from newsletter.core.config.secrets import Secrets
from newsletter.core.config.settings import Settings
from newsletter.core.errors import (
    ConfigError,
    DeliveryError,
    MessageRefused,
    RecipientRefused,
    Uncertain,
    Unreachable,
)
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers.sendgrid import provider as sendgrid_provider
from tests.support.delivery import FixedClock, make_attempt, make_message, make_recipient
from tests.support.edition import make_settings
from tests.support.http import (
    Connection,
    Script,
    ScriptedServer,
    always,
    close_after_request,
    closed_port,
    dribbling,
    in_turn,
    never_read,
    reset_after_request,
    reset_in_body,
    response,
    silent,
)
from tests.support.time import PATIENCE, SHORT, hold_time

KEY = "SG.abcdefgh.ijklmnop"
ACCEPTED = response(202, x_message_id="m-1")
HUGE = make_message(html="<p>" + "y" * 20_000_000)


def settings_for(root: Path, url: str, *, key: str = KEY, timeout: float = PATIENCE) -> Settings:
    made = make_settings(
        root, sendgrid={"base_url": url}, delivery={"parallel": 4, "timeout": timeout}
    )
    return made.model_copy(update={"secrets": Secrets({"SENDGRID_API_KEY": key})})


@contextmanager
def provider_at(root: Path, url: str, *, timeout: float = PATIENCE) -> Iterator[Provider]:
    provider = sendgrid_provider.make(settings_for(root, url, timeout=timeout), FixedClock())
    try:
        yield provider
    finally:
        provider.close()


def test_request_is_what_sendgrid_wants(tmp_path: Path) -> None:
    with ScriptedServer(always(ACCEPTED)) as server, provider_at(tmp_path, server.url) as provider:
        submission = provider.submit(make_attempt())
    assert (submission.provider_id, submission.status) == ("m-1", 202)
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/v3/mail/send")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json"
    body = orjson.loads(request.body)
    assert [one["to"][0]["email"] for one in body["personalizations"]] == [
        "reader1@example.com",
        "reader2@example.com",
    ]


def test_base_url_may_have_a_path(tmp_path: Path) -> None:
    with (
        ScriptedServer(always(ACCEPTED)) as server,
        provider_at(tmp_path, f"{server.url}/relay") as provider,
    ):
        provider.submit(make_attempt())
    assert server.requests[0].target == "/relay/v3/mail/send"


def test_headers_of_one_request_do_not_leak_into_the_next(tmp_path: Path) -> None:
    with ScriptedServer(always(ACCEPTED)) as server, provider_at(tmp_path, server.url) as provider:
        for _ in range(3):
            provider.submit(make_attempt())
        assert server.connections == 1
    first, *others = (request.headers for request in server.requests)
    assert all(headers == first for headers in others)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed_and_the_key_stays(tmp_path: Path, status: int) -> None:
    with ScriptedServer(always(ACCEPTED)) as elsewhere:
        said = response(status, location=f"{elsewhere.url}/v3/mail/send")
        with (
            ScriptedServer(always(said)) as server,
            provider_at(tmp_path, server.url) as provider,
            pytest.raises(Uncertain),
        ):
            provider.submit(make_attempt())
    assert elsewhere.connections == 0


def test_nothing_is_tried_twice(tmp_path: Path) -> None:
    with ScriptedServer(always(response(503))) as server:
        with provider_at(tmp_path, server.url) as provider, pytest.raises(Uncertain):
            provider.submit(make_attempt())
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "script", [silent, close_after_request, reset_after_request, dribbling(ACCEPTED)]
)
def test_missing_answer_is_uncertain(
    tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        ScriptedServer(script) as server,
        provider_at(tmp_path, server.url, timeout=SHORT) as provider,
    ):
        hold_time(monkeypatch, until=lambda: server.requests)
        with pytest.raises(Uncertain):
            provider.submit(make_attempt())


@pytest.mark.parametrize("script", [never_read, reset_in_body])
def test_incomplete_request_took_nothing(
    tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_time(monkeypatch)
    with (
        ScriptedServer(script) as server,
        provider_at(tmp_path, server.url, timeout=SHORT) as provider,
        pytest.raises(Unreachable),
    ):
        provider.submit(make_attempt(message=HUGE))


def test_refused_connection_took_nothing(tmp_path: Path) -> None:
    with (
        closed_port() as url,
        provider_at(tmp_path, url) as provider,
        pytest.raises(Unreachable),
    ):
        provider.submit(make_attempt())


def test_error_names_the_person_by_the_attempts_order(tmp_path: Path) -> None:
    def refuse_the_third(connection: Connection) -> None:
        while request := connection.read_request():
            people = orjson.loads(request.body)["personalizations"]
            at = [one["to"][0]["email"] for one in people].index("reader3@example.com")
            fault = {"field": f"personalizations.{at}.to.0.email", "message": "no"}
            connection.send(response(400, orjson.dumps({"errors": [fault]})))

    with (
        ScriptedServer(refuse_the_third) as server,
        provider_at(tmp_path, server.url) as provider,
        pytest.raises(RecipientRefused) as caught,
    ):
        provider.submit(make_attempt(count=5))
    assert caught.value.index == 2


def test_unwritable_person_is_named_without_any_request(tmp_path: Path) -> None:
    attempt = make_attempt(make_recipient(1), make_recipient(2, name="half \ud800"))
    with ScriptedServer(always(ACCEPTED)) as server:
        with (
            provider_at(tmp_path, server.url) as provider,
            pytest.raises(RecipientRefused) as caught,
        ):
            provider.submit(attempt)
        assert server.connections == 0
    assert caught.value.index == 1


def test_unwritable_message_is_refused_without_any_request(tmp_path: Path) -> None:
    with ScriptedServer(always(ACCEPTED)) as server:
        with provider_at(tmp_path, server.url) as provider, pytest.raises(MessageRefused):
            provider.submit(make_attempt(message=make_message(html="y" * 30_000_000)))
        assert server.connections == 0


def test_attempts_go_out_beside_each_other(tmp_path: Path) -> None:
    together = threading.Barrier(4, timeout=PATIENCE)

    def meet(connection: Connection) -> None:
        while request := connection.read_request():
            together.wait()
            name = orjson.loads(request.body)["custom_args"]["nl_attempt"]
            connection.send(response(202, x_message_id=f"id-of-{name}"))

    names = [f"a{n}" for n in range(20)]
    with (
        ScriptedServer(meet) as server,
        provider_at(tmp_path, server.url) as provider,
        ThreadPoolExecutor(4) as pool,
    ):
        ids = pool.map(lambda name: provider.submit(make_attempt(id=name)).provider_id, names)
        assert list(ids) == [f"id-of-{name}" for name in names]


@pytest.mark.parametrize("said", [ACCEPTED, response(401, KEY.encode()), response(500, b"oh")])
def test_key_and_addresses_are_neither_logged_nor_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, said: bytes
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with ScriptedServer(in_turn(said)) as server, provider_at(tmp_path, server.url) as provider:
        try:
            provider.submit(make_attempt())
        except DeliveryError as error:
            told = f"{error.what} {error.hint} {error!r}"
    assert server.requests, "the request has to be made for this to mean anything"
    for secret in (KEY, "reader1@", "Reader 1"):
        assert secret not in caplog.text + told


# --- configuration -----------------------------------------------------------------------------


def test_missing_key_says_how_to_get_one_and_how_to_do_without(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="SENDGRID_API_KEY") as caught:
        sendgrid_provider.make(make_settings(tmp_path), FixedClock())
    for way in (
        "Mail Send",
        "SENDGRID_API_KEY_FILE",
        "NEWSLETTER_DELIVERY__PROVIDER=outbox",
        "newsletter sandbox",
        "NEWSLETTER_SENDGRID__BASE_URL",
    ):
        assert way in caught.value.hint


def test_key_of_the_environment_is_not_read_behind_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.from.elsewhere")
    with pytest.raises(ConfigError):
        sendgrid_provider.make(make_settings(tmp_path), FixedClock())


@pytest.mark.parametrize("key", ["SG.a b", "SG.a\nX-Evil: 1", "SG.é", "SG.a\0"])
def test_impossible_key_is_refused_and_not_printed(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match="SENDGRID_API_KEY") as caught:
        sendgrid_provider.make(settings_for(tmp_path, "http://127.0.0.1", key=key), FixedClock())
    assert key[:4] not in str(caught.value) + caught.value.hint
