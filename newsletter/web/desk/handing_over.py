"""Hand a begun send over from the desk, on a thread of its own; the page only looks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date

from newsletter.core.errors import NewsletterError
from newsletter.delivery.preconditions import SendRequest
from newsletter.web.desk.session import Opener

log = logging.getLogger(__name__)


class HandingOver:
    """The sends this desk goes on with; killed anywhere, the next one goes on from the ledger."""

    def __init__(self, opened: Opener, *, is_closing: Callable[[], bool]) -> None:
        self._opened = opened
        self._is_closing = is_closing
        self._lock = threading.Lock()
        self._under_way: set[date] = set()

    def go_on(self, day: date) -> None:
        """Go on with the send of an edition, once at a time; others may be at work on it too."""
        with self._lock:
            if day in self._under_way:
                return
            self._under_way.add(day)
        threading.Thread(target=self._deliver, args=(day,), name=f"send-{day}").start()

    def _deliver(self, day: date) -> None:
        request = SendRequest(day=day, goes_on=True)
        try:
            with self._opened() as app:
                app.sends.start(request, wants_to_stop=self._is_closing)
        except NewsletterError as error:
            log.info("desk.send edition=%s %s", day, type(error).__name__)
        except Exception:
            log.exception("desk.send edition=%s", day)
        finally:
            with self._lock:
                self._under_way.discard(day)
