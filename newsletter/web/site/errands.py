"""What is worked off beside the answers: mails to one person, a provider's posts, old rows."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.core.logs import origin
from newsletter.storage.events import EventStore
from newsletter.storage.site.records import Records

_LOOK_AGAIN = 20.0  # seconds; for what another process wrote, or a provider that was away
_TIDY_AGAIN = timedelta(hours=6)
log = logging.getLogger(__name__)


class Errands:
    """A thread that does them, from `start` until `close`; without it the tick does."""

    def __init__(self, app: App, records: Records) -> None:
        self._app = app
        self._records = records
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._tidied_at: datetime | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with whatever waits from before."""
        self._closing.clear()
        self._wake.set()
        self._thread = threading.Thread(target=self._work, name="errands", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Tell that there is something to do; never waits."""
        self._wake.set()

    def close(self) -> None:
        """Finish what is under way and end."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(_LOOK_AGAIN)
            self._wake.clear()
            if self._closing.is_set():
                return
            for errand in (self._mail, self._take_in, self._tidy):
                try:
                    errand()
                except NewsletterError as error:
                    log.warning("It waits: %s", error.what, extra={"event": "site.waiting"})
                except Exception as error:  # noqa: BLE001  # an edge: the next look may succeed
                    log.error("It waits: %s", origin(error), extra={"event": "site.fault"})

    def _mail(self) -> None:
        delivery = self._app.single_delivery
        if delivery.is_due():
            delivery.send_due(wants_to_stop=self._closing.is_set)

    def _take_in(self) -> None:
        provider = self._app.settings.delivery.provider
        if EventStore(self._app.database).waiting(provider):
            self._app.events().work_off()

    def _tidy(self) -> None:
        now = self._app.clock.now()
        if self._tidied_at is None or now - self._tidied_at >= _TIDY_AGAIN:
            self._records.take_off(now=now)
            self._tidied_at = now
