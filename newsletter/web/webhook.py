"""The webhook a provider posts its events to: keep what is genuine, answer, draw the consequences.

The answer waits for nothing but the post's own row: what follows from it is worked off by a thread
beside, and by the next start where this one ended first.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsletter.core.errors import InputError, StorageError
from newsletter.core.logs import origin
from newsletter.core.model.events import Intake
from newsletter.delivery.events.intake import EventIntake
from newsletter.delivery.events.keeping import Keeper
from newsletter.web.ending import Server

LARGEST_POST = 4 * 1024 * 1024  # bytes; SendGrid's are up to 768 KB (sendgrid.md 1.7)
_LOOK_AGAIN = 30.0  # seconds; for posts that another process stored, or a database that was away
_GATHERS = 0.1  # seconds; one transaction for all that come then costs hardly more than for one
log = logging.getLogger(__name__)


class Worker:
    """A thread that takes in what was stored, until it is closed."""

    def __init__(self, work_off: Callable[[], Intake]) -> None:
        self._work_off = work_off
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)

    def start(self) -> None:
        """Begin, with whatever waits from before."""
        self._wake.set()
        self._thread.start()

    def wake(self) -> None:
        """Tell that something was stored; never waits."""
        self._wake.set()

    def close(self) -> None:
        """Finish what is under way and end."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(_LOOK_AGAIN)
            self._closing.wait(_GATHERS)
            self._wake.clear()
            try:
                _tell(self._work_off())
            except StorageError as error:
                log.warning("Events wait: %s", error.what, extra={"event": "events.waiting"})
            except Exception as error:  # noqa: BLE001  # an edge: the next look may well succeed
                log.error("Events wait: %s", origin(error), extra={"event": "events.fault"})


def make(intake: EventIntake, *, path: str) -> Starlette:
    """Make the application with its one address, and the worker that lives as long as it does."""
    worker, keeper = Worker(intake.work_off), Keeper(intake.keep)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        worker.start()
        yield
        await run_in_threadpool(worker.close)

    async def post(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("The post is too large.\n", 413)
        try:
            # Telling it genuine takes less than a thread of its own would.
            await keeper.keep(intake.genuine(body, request.headers))
        except InputError as error:
            log.warning("Post refused: %s", error.what, extra={"event": "events.post.refused"})
            return PlainTextResponse("Refused.\n", 403)
        except StorageError as error:
            log.warning("Post not stored: %s", error.what, extra={"event": "events.post.lost"})
            return PlainTextResponse("Not stored; please repeat.\n", 503)
        worker.wake()
        return Response(status_code=204)

    return Starlette(routes=[Route(path, post, methods=["POST"])], lifespan=lifespan)


def server(app: Starlette) -> Server:
    """Make the server; run it with the sockets it is to listen on."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_level="critical",  # a post that is cut off is repeated by the provider
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return Server(config)


async def _body(request: Request) -> bytes | None:
    """Read the body as it came; None when it is larger than any genuine one."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_POST:
            return None
        parts.append(part)
    return b"".join(parts)


def _tell(done: Intake) -> None:
    if done.posts:
        log.info(
            "Took in %s new events of %s posts; %s batches proven, %s people mailed no more.",
            done.events,
            done.posts,
            done.proven,
            done.left,
            extra={"event": "events.taken_in"},
        )
