"""Pointward in a process of its own for each kernel: a kernel is chosen once, when a process starts."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.findings import OURS
from benchmarks.sizes import Sizes
from benchmarks.timing import Run

KERNEL = "POINTWARD_KERNEL"


class ContenderFailed(Exception):
    """What was asked of the other process raised an error; the message is its own."""


@dataclass(frozen=True, slots=True)
class Contender:
    """Pointward on one kernel."""

    kernel: str
    _pipe: Connection

    @property
    def name(self) -> str:
        """As it stands in the tables."""
        return OURS + self.kernel

    def ask(self, task: str, *given: object) -> Any:
        """What a method of `Ours` returns.

        Raises
        ------
        ContenderFailed
        """
        self._pipe.send((task, given))
        failed, answer = self._pipe.recv()
        if failed:
            raise ContenderFailed(f"{task}{given}: {answer}")
        return answer

    def run(self, task: str, *given: object) -> Run:
        """The run that asks this; its seconds are taken over there."""
        return lambda: float(self.ask(task, *given))


@contextmanager
def contender(kernel: str, sizes: Sizes) -> Iterator[Contender]:
    """A block in which it is there."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, sizes), daemon=True)
    before = os.environ.get(KERNEL)
    os.environ[KERNEL] = kernel
    try:
        process.start()
    finally:
        os.environ.pop(KERNEL)
        if before is not None:
            os.environ[KERNEL] = before
    there.close()
    try:
        yield Contender(kernel, here)
    finally:
        here.close()  # it stops when nobody can ask it any more
        process.join()


def _serve(pipe: Connection, sizes: Sizes) -> None:
    from benchmarks.ours import Ours

    ours = Ours(sizes)
    while True:
        try:
            task, given = pipe.recv()
        except EOFError:
            return
        try:
            answer = (False, getattr(ours, task)(*given))
        except Exception as error:  # whoever asked is told, and decides
            answer = (True, f"{type(error).__name__}: {error}")
        pipe.send(answer)
