"""Run the sandbox: in a thread for tests (`Sandbox`), or until a signal for people (`serve`)."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, TypeVar

from newsletter.core.errors import UsageError
from newsletter.sandbox.account import LARGEST_REQUEST, Account, AccountSettings, RecordedRequest
from newsletter.sandbox.connection import Connection, Ended
from newsletter.sandbox.dialogue import converse
from newsletter.sandbox.drafts import Draft, Mail
from newsletter.sandbox.faults import FaultPlan, Rule
from newsletter.sandbox.loopback import require_loopback
from newsletter.sandbox.mailbox import Store
from newsletter.sandbox.setup import Setup
from newsletter.sandbox.suppressions import ListName

_TICK = 0.25  # seconds between two looks for mail that has become due
Value = TypeVar("Value")


class Sandbox:
    """A local SendGrid v3 on a thread of its own: `with Sandbox(tmp_path) as sandbox: …`.

    `folder` keeps mails, index and signing key; it is made where it is missing. `port=0` takes a
    free port. `api_key=None` takes any key that is not empty; `senders=None` any From. `strict`
    also refuses what the real one is not known to refuse (see `validate`). `store="index"`
    writes no `.eml` files. `setup` is what the account's console was told. `rate_limit` is
    requests per `rate_window` seconds. `clock` gives
    Unix seconds. Raises `UsageError` for another host than this machine and for a taken port.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Sequence[Rule] = (),
        webhook: str | None = None,
        api_key: str | None = None,
        senders: Iterable[str] | None = None,
        strict: bool = True,
        store: Store = "eml",
        largest_request: int = LARGEST_REQUEST,
        rate_limit: int = 10_000,
        rate_window: float = 60.0,
        groups: Iterable[int] = (),
        pools: Iterable[str] = (),
        templates: Iterable[str] = (),
        keep_requests: int = 1_000,
        setup: Setup | None = None,
        on_request: Callable[[RecordedRequest], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        require_loopback(host, "The sandbox")
        self.folder = folder
        self._host, self._port = host, port
        settings = AccountSettings(
            api_key=api_key,
            senders=None if senders is None else frozenset(s.lower() for s in senders),
            strict=strict,
            store=store,
            webhook=webhook,
            largest_request=largest_request,
            rate_limit=rate_limit,
            rate_window=rate_window,
            setup=(setup or Setup()).having(groups, pools, templates),
            keep_requests=keep_requests,
        )
        self._account = Account(folder, settings, clock=clock)
        self._account.faults = FaultPlan(faults)
        if on_request:
            self._account.on_request = on_request
        self._started: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._work, name="sandbox", daemon=True)

    def __enter__(self) -> Sandbox:
        self._thread.start()
        try:
            self._port = self._started.result()
        except OSError as error:
            self._account.close()
            raise UsageError(
                f"The sandbox cannot listen on {self._host}, port {self._port}: {error.strerror}.",
                hint="Is another sandbox running? Choose a port with --port, or 0 for a free one.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop and self._stop and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._account.close()

    # --- what a test asks -----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Return the address to use as `[sendgrid] base_url`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def public_key(self) -> str:
        """Return the key that verifies the events: base64 SubjectPublicKeyInfo."""
        return self._account.public_key

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Return the requests to /v3 in the order in which they were understood."""
        return self._ask(lambda: tuple(self._account.requests))

    def mails(self) -> tuple[Mail, ...]:
        """Return the mails that arrived, in order, with those of earlier runs in this folder."""
        return self._ask(lambda: tuple(self._delivered().mailbox.mails))

    def pending(self) -> tuple[Draft, ...]:
        """Return the mails that wait for their `send_at` or for the end of a pause."""
        return self._ask(lambda: tuple(self._delivered().schedule.waiting))

    def read(self, mail: Mail) -> EmailMessage:
        """Parse a mail's file. Raises `OSError` where there is none (`store="index"`)."""
        self._write_out()
        source = self._account.mailbox.file(mail).read_bytes()
        found = message_from_bytes(source, policy=default_policy)
        assert isinstance(found, EmailMessage)
        return found

    def set_faults(self, faults: Sequence[Rule]) -> None:
        """Begin with new rules; requests are counted from 1 again."""

        def change() -> None:
            self._account.faults = FaultPlan(faults)

        self._ask(change)

    def suppress(self, name: ListName, email: str, *, at: float, reason: str = "") -> None:
        """Put an address on one of the account's lists, as of a moment in Unix seconds."""
        self._ask(lambda: self._account.suppressions.add(name, email, at=at, reason=reason))

    def settle(self, timeout: float = 60.0) -> bool:
        """Wait until all mail is written and all events are reported; False when time ran out."""
        self._write_out()
        return self._account.webhook is None or self._account.webhook.settle(timeout)

    def _write_out(self) -> None:
        for job in self._ask(self._unwritten):
            job.result()
        if self._account.mailbox.failure:
            raise self._account.mailbox.failure

    # --- the thread -----------------------------------------------------------------------------

    def _delivered(self) -> Account:
        self._account.deliver_due()
        return self._account

    def _unwritten(self) -> tuple[Future[None], ...]:
        return self._delivered().mailbox.writing()

    def _ask(self, question: Callable[[], Value]) -> Value:
        """Run a question on the sandbox's own thread, or here once that has ended."""
        if self._loop is None or not self._thread.is_alive():
            return question()

        async def asked() -> Value:
            return question()

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result()

    def _work(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[Any]] = set()

        # A plain function: with a coroutine, asyncio 3.11 complains about tasks we cancel.
        def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(_talk(Connection(reader, writer), self._account))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(talk, self._host, self._port)
        self._started.set_result(server.sockets[0].getsockname()[1])
        ticking = asyncio.create_task(self._tick())
        await self._stop.wait()
        server.close()
        for task in (*tasks, ticking):
            task.cancel()
        await asyncio.gather(*tasks, ticking, return_exceptions=True)
        await asyncio.sleep(0)  # lets the transports close their sockets

    async def _tick(self) -> None:
        while True:
            self._account.deliver_due()
            await asyncio.sleep(_TICK)


async def _talk(connection: Connection, account: Account) -> None:
    try:
        await converse(connection, account)
    except (Ended, ConnectionError):
        pass  # a client may go away at any time
    except asyncio.CancelledError:
        connection.reset()  # the sandbox ends; nobody may be left waiting for what is unsent
        raise
    finally:
        connection.close()


def serve(sandbox: Sandbox, *, announce: Callable[[Sandbox], None]) -> None:
    """Run until SIGINT or SIGTERM; call `announce` as soon as requests are answered.

    Works in the main thread only, as signals do.
    """
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ended.set()

    before = {name: signal.signal(name, end) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        with sandbox:
            announce(sandbox)
            while not ended.wait(1.0):
                pass  # a signal that comes as a wait begins is heard when the wait is over
    finally:
        for name, previous in before.items():
            signal.signal(name, previous)
