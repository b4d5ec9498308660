"""The provider `sendgrid` with an API that takes everything, and without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.delivery.provider import Provider
from tests.support.http import ScriptedServer, always, closed_port, response
from tests.support.plugins import make_provider

SECRETS = {"SENDGRID_API_KEY": "SG.contract.secret"}


@contextmanager
def works(root: Path) -> Iterator[Provider]:
    with ScriptedServer(always(response(202, x_message_id="m"))) as server:
        yield make_provider("sendgrid", root, secrets=SECRETS, base_url=server.url)


@contextmanager
def fails(root: Path) -> Iterator[Provider]:
    with closed_port() as url:
        yield make_provider("sendgrid", root, secrets=SECRETS, base_url=url)
