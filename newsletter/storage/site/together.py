"""Do in one transaction what is asked at the same time: a disk makes only so many durable a second.

Nobody waits for others to come: who finds none under way begins one, and those who come meanwhile
share the next. Each returns when its own is durable.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
_MOST = 100  # of one transaction


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Question, Answer]):
    question: Question
    answer: Answer | None = None
    error: BaseException | None = None
    is_over: bool = False


class Together(Generic[Question, Answer]):
    """Answers questions of several threads. `answer_all` makes all of its answers durable."""

    def __init__(self, answer_all: Callable[[Sequence[Question]], Sequence[Answer]]) -> None:
        self._answer_all = answer_all
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Waiting[Question, Answer]] = []

    def ask(self, question: Question) -> Answer:
        """Return when an answer is durable; raise what kept its transaction from being made."""
        mine: _Waiting[Question, Answer] = _Waiting(question)
        with self._lock:
            self._waiting.append(mine)
        while not mine.is_over:
            with self._turn:
                if not mine.is_over:  # the last transaction began before we came
                    self._answer(self._taken())
        if mine.error is not None:
            raise mine.error
        answer: Answer = mine.answer  # type: ignore[assignment]  # it is over
        return answer

    def _taken(self) -> list[_Waiting[Question, Answer]]:
        with self._lock:
            found, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        return found

    def _answer(self, group: Sequence[_Waiting[Question, Answer]]) -> None:
        try:
            answers = self._answer_all([one.question for one in group])
            for one, answer in zip(group, answers, strict=True):
                one.answer = answer
        except BaseException as fault:  # noqa: BLE001 - raised again by each that waits
            for one in group:
                one.error = fault
        for one in group:
            one.is_over = True
