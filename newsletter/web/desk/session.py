"""Work on the publication from a page: opened for one request, on a thread, and closed again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar

from starlette.requests import Request

from newsletter.app import App

Opener = Callable[[], AbstractContextManager[App]]
Result = TypeVar("Result")


async def with_app(opened: Opener, work: Callable[[App], Result]) -> Result:
    """Do something with the publication as its files are now; what it raises is raised here."""

    def do() -> Result:
        with opened() as app:
            return work(app)

    return await asyncio.to_thread(do)


def day_of(request: Request) -> date:
    """Return the publication date that a page's address names."""
    day: date = request.path_params["day"]
    return day
