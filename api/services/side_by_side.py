"""Work on batches side by side, their order kept."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, cast

Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(make: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[tuple[Given, Made]]:
    """What is made of each of the given, in their order; a few are made at a time, and no more than these are held.

    In threads: arrays are worked on without Python's lock, and the atlas is shared. The given are read ahead in one of
    their own. What fails ends everything, and what was not begun is not begun.
    """
    workers = os.cpu_count() or 1
    waiting: deque[tuple[Given, Future[Made]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="batch")
    try:
        for one in read_ahead(given):
            waiting.append((one, pool.submit(make, one)))
            if len(waiting) > workers:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def read_ahead(given: Iterable[Given]) -> Iterator[Given]:
    """The given, in their order; while one is worked on, the next is read."""
    end = object()
    iterator = iter(given)

    def following() -> object:
        return next(iterator, end)

    pool = ThreadPoolExecutor(1, thread_name_prefix="read")
    try:
        future = pool.submit(following)
        while (one := future.result()) is not end:
            future = pool.submit(following)
            yield cast("Given", one)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
