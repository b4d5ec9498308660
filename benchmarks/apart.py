"""Run a piece of work in a process of its own, and tell its time and its peak memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """What a piece of work took."""

    seconds: float
    memory: float  # MB at the peak, of the process that did it
    processor: float = 0.0  # seconds, where the work tells them as well


def apart(work: Callable[..., float | tuple[float, float]], *arguments: Any) -> Measured:
    """Do work that returns its seconds in a new process: what was loaded before counts nowhere."""
    context = get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_report, args=(work, arguments, answers))
    process.start()
    measured: Measured = answers.get()
    process.join()
    return measured


def _report(work: Callable[..., Any], arguments: tuple[Any, ...], answers: Any) -> None:
    told = work(*arguments)
    seconds, processor = told if isinstance(told, tuple) else (told, 0.0)
    answers.put(Measured(seconds, _peak(), processor))


def _peak() -> float:
    # Not `ru_maxrss`: a new process begins with the peak of the one that started it.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("this system does not tell a process's peak memory")
