"""Posts that come together share a transaction; each is told what became of its own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from newsletter.core.errors import StorageBusy
from newsletter.delivery.events.keeping import Keeper
from tests.support.desk import finish
from tests.support.events import NOW
from tests.support.time import PATIENCE


class Disk:
    """Takes posts when it is let, and may be full."""

    def __init__(self) -> None:
        self.may_write, self.begun = threading.Event(), threading.Event()
        self.groups: list[list[bytes]] = []
        self.fault: BaseException | None = None

    def __call__(self, posts):
        self.begun.set()
        assert self.may_write.wait(PATIENCE)
        if self.fault:
            raise self.fault
        self.groups.append([body for body, _ in posts])


async def came_while_the_first_was_written(disk, keeper, count):
    """Keep one post, and so many while it is being written."""
    first = asyncio.create_task(keeper.keep((b"0", NOW)))
    assert await asyncio.to_thread(disk.begun.wait, PATIENCE)
    later = [asyncio.create_task(keeper.keep((b"%d" % n, NOW))) for n in range(1, count + 1)]
    while len(keeper._waiting) < count:
        await asyncio.to_thread(len, later)  # each of them begins meanwhile
    return [first, *later]


def test_posts_that_come_during_a_transaction_share_the_next():
    disk = Disk()

    async def keep():
        kept = await came_while_the_first_was_written(disk, Keeper(disk), 9)
        assert not any(one.done() for one in kept)
        disk.may_write.set()
        return await asyncio.gather(*kept)

    assert finish(keep()) == [None] * 10
    assert [sorted(group) for group in disk.groups] == [[b"0"], [b"%d" % n for n in range(1, 10)]]


def test_nobody_is_told_that_a_post_is_kept_which_is_not():
    disk = Disk()
    disk.fault = fault = StorageBusy("Somebody keeps the disk.")
    keeper = Keeper(disk)

    async def keep():
        kept = await came_while_the_first_was_written(disk, keeper, 4)
        disk.may_write.set()
        told = await asyncio.gather(*kept, return_exceptions=True)
        disk.fault = None
        await keeper.keep((b"again", NOW))
        return told

    assert finish(keep()) == [fault] * 5
    assert disk.groups == [[b"again"]]


@pytest.mark.parametrize("gone", [0, 2])
def test_who_does_not_wait_any_more_keeps_nobody_else_from_hearing(gone):
    disk = Disk()

    async def keep():
        kept = await came_while_the_first_was_written(disk, Keeper(disk), 3)
        kept[gone].cancel()
        disk.may_write.set()
        return await asyncio.gather(*kept, return_exceptions=True)

    told = finish(keep())
    assert [one for one in told if one is not None] == [told[gone]]
    assert sorted(one for group in disk.groups for one in group) == [b"0", b"1", b"2", b"3"]
