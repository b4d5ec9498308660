"""Telling a sender at work from one that died."""

from __future__ import annotations

import os
import subprocess
import sys

from newsletter.delivery import owner as delivery_owner

TELL = "from newsletter.delivery import owner; print(owner.this_process(), flush=True); input()"


def test_this_process_is_at_work():
    assert not delivery_owner.is_gone(delivery_owner.this_process())


def test_two_names_of_one_process_differ():
    assert delivery_owner.this_process() != delivery_owner.this_process()


def test_another_process_is_gone_when_it_has_ended():
    with subprocess.Popen(
        [sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        owner = process.stdout.readline().strip()
        assert not delivery_owner.is_gone(owner)
        process.kill()
        process.wait()
        assert delivery_owner.is_gone(owner)


def test_a_zombie_has_ended():
    process = subprocess.Popen(
        [sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    owner = process.stdout.readline().strip()
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert delivery_owner.is_gone(owner)  # though nobody has taken its exit code yet
    process.wait()
    process.stdout.close()


def test_a_reused_pid_does_not_look_alive():
    machine, pid, started, nonce = delivery_owner.this_process().rsplit("/", 3)
    assert delivery_owner.is_gone(f"{machine}/{pid}/{int(started) - 1}/{nonce}")


def test_of_another_machine_nothing_is_known():
    assert not delivery_owner.is_gone("elsewhere/1/999999/5/abc")
