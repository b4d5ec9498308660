"""Tell the operator, once a day, what waits for a person: a message to a web hook of their own."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta

from newsletter.core.clock import Clock
from newsletter.core.config.proxies import Proxies
from newsletter.core.config.settings import Settings
from newsletter.core.http.answer import HttpFailure
from newsletter.core.http.client import HttpClient
from newsletter.core.logs import without_addresses
from newsletter.storage.alerts import ToldAlerts
from newsletter.storage.database import Database

AGAIN_AFTER = timedelta(hours=20)  # what still waits the next morning is told again
_TIMEOUT = 10.0  # seconds; a tick does not wait longer for a hook than that

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Alerts:
    """What one publication tells its operator."""

    settings: Settings
    database: Database
    clock: Clock

    def tell(self, what: str) -> None:
        """Post a sentence to `[alerts] url`, unless it was told within `AGAIN_AFTER`.

        Without an `url` nothing is told. A hook that does not take it is logged and asked again
        by the next tick; two processes at the same moment may both tell. Addresses are taken out.
        """
        url = self.settings.alerts.url
        if url is None:
            return
        text = without_addresses(f"{self.settings.publication.name}: {what}")
        told = ToldAlerts(self.database, self.settings.publication.id)
        now = self.clock.now()
        if told.since(text, now - AGAIN_AFTER):
            return
        if fault := _fault_of_posting(text, url, self.settings.proxies):
            log.warning("alert.not_taken %s", fault)
            return
        told.remember(text, now)


def _fault_of_posting(text: str, url: str, proxies: Proxies) -> str | None:
    # Chat services read `text` (Slack, Mattermost, Google Chat) or `content` (Discord).
    body = json.dumps({"text": text, "content": text}).encode()
    headers = {"Content-Type": "application/json"}
    try:
        with HttpClient(connections=1, proxies=proxies) as wire:
            answer = wire.exchange("POST", url, headers=headers, timeout=_TIMEOUT, body=body)
    except HttpFailure as error:
        return f"The address in [alerts] url gave no answer: {error}."
    if not 200 <= answer.status < 300:
        return f"The address in [alerts] url answered {answer.status}."
    return None
