"""Posts that come together share a transaction; each is told what became of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from newsletter.core.errors import StorageBusy
from newsletter.delivery.events.keeping import Keeper
from tests.support.events import NOW
from tests.support.time import PATIENCE, wait_until


class Disk:
    """Takes posts when it is let, and may be full."""

    def __init__(self) -> None:
        self.may_write, self.begun = threading.Event(), 0
        self.groups: list[list[bytes]] = []
        self.fault: BaseException | None = None

    def __call__(self, posts):
        self.begun += 1
        assert self.may_write.wait(PATIENCE)
        if self.fault:
            raise self.fault
        self.groups.append([body for body, _ in posts])


def came_while_the_first_was_written(disk, keeper, pool, count):
    """Keep one post, and so many while it is being written."""
    kept = [pool.submit(keeper.keep, (b"0", NOW))]
    wait_until(lambda: disk.begun == 1)
    kept += [pool.submit(keeper.keep, (b"%d" % n, NOW)) for n in range(1, count + 1)]
    wait_until(lambda: len(keeper._queue.waiting) == count)
    return kept


def test_posts_that_come_during_a_transaction_share_the_next():
    disk = Disk()
    with ThreadPoolExecutor(10) as pool:
        kept = came_while_the_first_was_written(disk, Keeper(disk), pool, 9)
        assert not any(one.done() for one in kept)
        disk.may_write.set()
        assert [one.result(PATIENCE) for one in kept] == [None] * 10
    assert [sorted(group) for group in disk.groups] == [[b"0"], [b"%d" % n for n in range(1, 10)]]


@pytest.mark.parametrize("fault", [StorageBusy("Somebody keeps the disk."), KeyboardInterrupt()])
def test_nobody_is_told_that_a_post_is_kept_which_is_not(fault):
    disk = Disk()
    disk.fault = fault
    keeper = Keeper(disk)
    with ThreadPoolExecutor(5) as pool:
        kept = came_while_the_first_was_written(disk, keeper, pool, 4)
        disk.may_write.set()
        assert [one.exception(PATIENCE) for one in kept] == [fault] * 5
    disk.fault = None
    keeper.keep((b"again", NOW))
    assert disk.groups == [[b"again"]]
