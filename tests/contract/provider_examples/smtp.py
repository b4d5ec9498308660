"""The provider `smtp` with a mail server, and without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.delivery.provider import Provider
from tests.support.http import closed_port
from tests.support.plugins import make_provider
from tests.support.smtp import MailServer, running


@contextmanager
def works(root: Path) -> Iterator[Provider]:
    with running(MailServer()) as server:
        yield make_provider("smtp", root, host="127.0.0.1", port=server.port, security="none")


@contextmanager
def fails(root: Path) -> Iterator[Provider]:
    with closed_port() as url:
        port = url.rpartition(":")[2]
        yield make_provider("smtp", root, host="127.0.0.1", port=port, security="none")
