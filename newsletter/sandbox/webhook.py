"""Post events to the configured address from a thread of its own, with a key of its own."""

from __future__ import annotations

import http.client
import os
import queue
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from newsletter.core.errors import UsageError
from newsletter.sandbox.events import Event, bodies, signed_headers
from newsletter.sandbox.loopback import require_loopback

KEY_FILE = "webhook-key.pem"
RETRY_GAPS = (0.2, 1.0, 3.0, 10.0)  # seconds; the real one goes on for 24 hours
_PATIENCE = 10.0  # seconds for one POST


def signing_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Return the folder's key pair, made on the first run and readable by its owner only."""
    file = folder / KEY_FILE
    if not file.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as writing:
            writing.write(text)
        return key
    try:
        found = load_pem_private_key(file.read_bytes(), password=None)
    except ValueError as error:
        raise UsageError(
            f"{file} is not a private key.", hint="Delete it to get a new one."
        ) from error
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise UsageError(f"{file} is not an EC key.", hint="Delete it to get a new one.")
    return found


class Webhook:
    """A queue of event posts; `add` never waits."""

    def __init__(
        self,
        url: str,
        key: ec.EllipticCurvePrivateKey,
        *,
        retry_gaps: tuple[float, ...] = RETRY_GAPS,
    ) -> None:
        parts = urlsplit(url)
        require_loopback(parts.hostname or "", "The webhook address")
        if parts.scheme != "http":
            raise UsageError(
                f"The webhook address {url} must begin with http://.",
                hint="The sandbox reports to this machine only, such as http://127.0.0.1:8000/…",
            )
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._key = key
        self._gaps = retry_gaps
        self._events: queue.SimpleQueue[tuple[Event, ...] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._idle = threading.Condition()
        self._open = 0
        self.undelivered = 0  # events given up after the last try
        self._thread = threading.Thread(target=self._work, name="sandbox-webhook", daemon=True)
        self._thread.start()

    def add(self, events: Iterable[Event]) -> None:
        """Queue events that are reported together."""
        found = tuple(events)
        if found:
            with self._idle:
                self._open += 1
            self._events.put(found)

    def settle(self, timeout: float) -> bool:
        """Wait until every queued event is reported or given up; False when time ran out."""
        with self._idle:
            return self._idle.wait_for(lambda: self._open == 0, timeout)

    def close(self) -> None:
        """Stop after the POST under way; events still queued are forgotten."""
        self._stopping.set()
        self._events.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (events := self._events.get()) is not None:
            for body in bodies(events) if not self._stopping.is_set() else ():
                if not self._deliver(body):
                    self.undelivered += body.count(b'"sg_event_id"')
            with self._idle:
                self._open -= 1
                self._idle.notify_all()

    def _deliver(self, body: bytes) -> bool:
        """Post until the answer is 2xx, with growing gaps; False when nobody took it."""
        for gap in (*self._gaps, None):
            if self._post(body):
                return True
            if gap is None or self._stopping.wait(gap):
                return False
        return False

    def _post(self, body: bytes) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE)
        try:
            headers = signed_headers(self._key, body, at=time.time())
            connection.request("POST", self._target, body=body, headers=headers)
            return 200 <= connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
