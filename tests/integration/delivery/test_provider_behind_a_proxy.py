"""A provider and alerts behind the proxy of the environment: the key goes to nobody else."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from newsletter.core.config.proxies import from_environment
from newsletter.core.config.secrets import Secrets
from newsletter.core.config.settings import Settings
from newsletter.core.errors import Unreachable
from newsletter.core.http import client
from newsletter.delivery import alarm_channels
from newsletter.delivery.providers.sendgrid import lists, provider
from newsletter.sandbox.server import Sandbox
from tests.support.delivery import NOW, FixedClock, make_attempt
from tests.support.edition import make_settings
from tests.support.http import ScriptedServer, always, response
from tests.support.proxy import SmallProxy
from tests.support.tls import server_side, write_certificate

NAME = "api.harbour.example"
TAKEN = response(202, x_message_id="m1")
KEY = "SG.for-sendgrid-alone"


def settings(tmp_path: Path, base_url: str, **variables: str) -> Settings:
    overrides: dict[str, Any] = {
        "sendgrid": {"base_url": base_url},
        "secrets": Secrets({"SENDGRID_API_KEY": KEY}),
        "proxies": from_environment(variables),
    }
    return make_settings(tmp_path, **overrides)


def test_a_send_goes_through_and_the_proxy_reads_neither_key_nor_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path, NAME)
    trust = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client, "_system_trust", lambda: trust)
    with (
        ScriptedServer(always(TAKEN), tls=server_side(certificate)) as server,
        SmallProxy(server.url, login="ada:pw") as proxy,
    ):
        made = provider.make(
            settings(tmp_path, f"https://{NAME}", HTTPS_PROXY=proxy.url("ada:pw")), FixedClock()
        )
        submission = made.submit(make_attempt())
        made.close()
        read = b"".join(proxy.passed) + "".join(proxy.heads).encode()

    assert submission.provider_id == "m1"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "proxy-authorization" not in server.requests[0].headers
    assert KEY.encode() not in read
    assert b"@" not in "".join(proxy.heads).encode()


def test_407_is_told_to_the_operator_and_nothing_is_in_doubt(tmp_path: Path) -> None:
    with SmallProxy(login="ada:pw") as proxy:
        made = provider.make(
            settings(tmp_path, f"https://{NAME}", HTTPS_PROXY=proxy.url("ada:geheim")), FixedClock()
        )
        with pytest.raises(Unreachable, match="407") as caught:
            made.submit(make_attempt())
        made.close()
    assert "HTTPS_PROXY" in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("section", ["sendgrid", "alerts"])
def test_an_address_that_a_proxy_could_read_is_no_setting(tmp_path: Path, section: str) -> None:
    key = "base_url" if section == "sendgrid" else "url"
    with pytest.raises(ValidationError, match="must begin with https"):
        make_settings(tmp_path, **{section: {key: f"http://{NAME}"}})


def test_the_lists_are_asked_for_through_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path, NAME)
    trust = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client, "_system_trust", lambda: trust)
    empty = response(200, b"[]", content_type="application/json")
    with (
        ScriptedServer(always(empty), tls=server_side(certificate)) as server,
        SmallProxy(server.url) as proxy,
    ):
        through = settings(tmp_path, f"https://{NAME}", ALL_PROXY=proxy.url())
        made = lists.make_lists(through, FixedClock())
        assert list(made.between(NOW, NOW)) == []
        made.close()
        assert len(proxy.heads) == 1


def test_the_sandbox_is_asked_directly(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "mailbox") as sandbox, SmallProxy(status=503) as proxy:
        made = provider.make(settings(tmp_path, sandbox.url, ALL_PROXY=proxy.url()), FixedClock())
        made.submit(make_attempt())
        made.close()
        assert len(sandbox.mails()) == len(make_attempt().recipients)
    assert proxy.heads == []


def test_an_alert_goes_through_it_and_its_path_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path, NAME)
    trust = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client, "_system_trust", lambda: trust)
    with (
        ScriptedServer(always(response(204)), tls=server_side(certificate)) as server,
        SmallProxy(server.url) as proxy,
    ):
        proxies = from_environment({"HTTPS_PROXY": proxy.url()})
        url = f"https://{NAME}/hook/secret"
        fault = alarm_channels.post("text", url=url, form="text", proxies=proxies, timeout=60.0)
        assert fault is None
        read = b"".join(proxy.passed) + "".join(proxy.heads).encode()
    assert server.requests[0].target == "/hook/secret"
    assert b"secret" not in read
