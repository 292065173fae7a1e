"""Runs that are compared: interleaved, several times over, each told by its median and its spread."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# A run: it returns the seconds that it took. Whoever runs elsewhere, in a process of its own, holds its own watch.
Run = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """The seconds that each round took, of a run that did `count` things."""

    count: int
    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.seconds)

    @property
    def rate(self) -> float:
        """Things done in a second, by the median."""
        return self.count / self.median_s

    @property
    def slowest(self) -> float:
        """The rate of the slowest round."""
        return self.count / max(self.seconds)

    @property
    def fastest(self) -> float:
        """The rate of the fastest round."""
        return self.count / min(self.seconds)


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that some work took. What others left behind is collected first, and nothing while it runs."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started
    finally:
        gc.enable()


def timed(work: Callable[[], object]) -> Run:
    """The run that does some work in this process."""
    return lambda: seconds_of(work)


def interleaved(runs: Mapping[str, tuple[int, Run]], rounds: int, *, warm: bool = True) -> dict[str, Measured]:
    """What each run measured. Given are how many things it does, and the run itself.

    They take turns, so that what else the machine does meets all alike. With `warm` there is a round before, which
    does not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    if warm:
        for _, run in runs.values():
            run()
    for _ in range(rounds):
        for name, (_, run) in runs.items():
            seconds[name].append(run())
    return {name: Measured(count, tuple(seconds[name])) for name, (count, _) in runs.items()}
