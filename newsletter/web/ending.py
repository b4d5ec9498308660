"""A server that ends soon, and leaves no connection open when it has."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

import uvicorn

_LOOKS_AGAIN = 0.1  # seconds


class Server(uvicorn.Server):
    """uvicorn, which asks those connections to close that it knows of in one moment.

    One that was accepted just before (a browser opens some ahead) is not among them: it kept the
    server for as long as a page under way may, and was never closed.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection, at once where nothing is asked, at last whatever is."""
        asking = asyncio.create_task(self._go_on_asking())
        try:
            await super().shutdown(sockets)
        finally:
            asking.cancel()
            for one in self._open():
                one.transport.abort()
            await asyncio.sleep(0)  # the loop lets them go

    async def _go_on_asking(self) -> None:
        while True:
            await asyncio.sleep(_LOOKS_AGAIN)
            for one in self._open():
                one.shutdown()

    def _open(self) -> Sequence[Any]:
        return tuple(self.server_state.connections)
