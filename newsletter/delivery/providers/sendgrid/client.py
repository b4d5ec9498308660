"""SendGrid's SDK, with our wire below it.

The SDK's own transport has no timeout, opens a connection per request, follows a redirect with
the key in its headers and then calls it a success, logs key and addresses at DEBUG, reads proxy
settings from the environment, and lets the headers of one call leak into the next (sendgrid.md
3). So it builds the paths and the headers, and the request itself is made here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import python_http_client
from sendgrid import SendGridAPIClient

from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError
from newsletter.core.http.answer import Answer
from newsletter.core.http.client import HttpClient

_KEY = "SENDGRID_API_KEY"
_WITHOUT_KEY = (
    "To try the newsletter without an account, set NEWSLETTER_DELIVERY__PROVIDER=outbox, which "
    "writes mails into a folder; or run `newsletter sandbox`, point NEWSLETTER_SENDGRID__BASE_URL "
    "at it, and use any key."
)


def api_key(settings: Settings) -> str:
    """Return the account's key. Raises `ConfigError` when it is missing or cannot be one."""
    key = settings.secret(_KEY)
    if not key:
        raise ConfigError(
            f"{_KEY} is not set, and [delivery] provider is sendgrid.",
            hint="Create a key with the permission Mail Send in SendGrid under Settings, API "
            f"Keys; set it as {_KEY}, or name a file that holds it as {_KEY}_FILE. {_WITHOUT_KEY}",
        )
    if not re.fullmatch(r"[!-~]+", key):
        raise ConfigError(
            f"{_KEY} has spaces, line ends or other signs that no key has.",
            hint="Copy the key again, without quotes and without anything around it.",
        )
    return key


def open_wire(settings: Settings, *, connections: int) -> HttpClient:
    """Return connections to SendGrid, through the proxy of the environment where there is one.

    It cannot read the key: `[sendgrid] base_url` begins with https://, or is on this machine,
    which is asked directly.
    """
    return HttpClient(connections=connections, proxies=settings.proxies)


def connect(
    *,
    key: str,
    base_url: str,
    wire: HttpClient,
    timeout: float,
    on_behalf_of: str | None = None,
) -> SendGridAPIClient:
    """Return the SDK's client, whose calls return an `Answer` for every status.

    They take `request_body` as bytes, take `timeout` seconds at most in all, and raise what
    `Wire.exchange` raises. Safe to call from several threads.
    """
    sdk = SendGridAPIClient(key, host=base_url, impersonate_subuser=on_behalf_of)
    sdk.client = _Client(
        wire=wire, timeout=timeout, host=base_url, headers=sdk.client.request_headers
    )
    return sdk


class _Client(python_http_client.Client):  # type: ignore[misc]  # the SDK is untyped
    """A path below the API's address that grows by attribute, as the SDK's does."""

    def __init__(
        self,
        *,
        wire: HttpClient,
        timeout: float,
        host: str,
        headers: Mapping[str, str],
        path: Sequence[str] = (),
    ) -> None:
        super().__init__(
            host, request_headers=dict(headers), version=3, url_path=list(path), timeout=timeout
        )
        self._wire = wire

    def _build_client(self, name: str | None = None) -> _Client:
        return _Client(
            wire=self._wire,
            timeout=self.timeout,
            host=self.host,
            headers=self.request_headers,
            path=[*self._url_path, name] if name else self._url_path,
        )

    def __getattr__(self, name: str) -> Any:
        if name in self.methods:
            return partial(self._exchange, name.upper())
        return super().__getattr__(name)

    def _exchange(
        self,
        method: str,
        *,
        request_body: bytes | None = None,
        query_params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make the request; nothing is kept of it."""
        headers = dict(self.request_headers)
        if request_body is not None:
            headers["Content-Type"] = "application/json"
        return self._wire.exchange(
            method,
            self._build_url(query_params),
            headers=headers,
            body=request_body,
            timeout=self.timeout,
        )
