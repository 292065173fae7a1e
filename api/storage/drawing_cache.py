"""The folder in which a machine keeps drawings, for all its processes: each is mapped, so that it is in memory once.

A file is named by the key of what it is the drawing of, so editions and databases with the same ground share one. It
is written under another name and renamed, and never written to again. What was not used for long is removed.
"""

import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from geo.packed import Arrays, UnusableArrays, open_packed

if sys.platform != "win32":  # there, those who start at once draw each for themselves
    import fcntl

SUFFIX, UNFINISHED, LOCK = ".drawing", ".unfinished", ".lock"
KEPT_BYTES = 2 * 2**30
KEPT_S = 30 * 24 * 3600.0
LEFT_BEHIND_S = 3600.0  # by a process that was killed
WAIT_S = 120.0
LOOK_EVERY_S = 0.02

log = logging.getLogger("pointward.drawing")


class DrawingCache:
    """The drawings of one folder, which need not be there yet. Thread-safe, and safe among processes.

    Every method may raise OSError: the folder can be read-only, full or gone.
    """

    def __init__(self, folder: Path, *, kept_bytes: int = KEPT_BYTES, wait_s: float = WAIT_S) -> None:
        self.folder = folder
        self._kept_bytes = kept_bytes
        self._wait_s = wait_s

    def path(self, key: str) -> Path:
        """Where the drawing with this key is, if it is there."""
        return self.folder / (key + SUFFIX)

    def find(self, key: str, *, format_number: int) -> Arrays | None:
        """The arrays of the drawing with this key, or None; one that is damaged is removed."""
        path = self.path(key)
        try:
            arrays = open_packed(path, format_number=format_number)
        except FileNotFoundError:
            return None
        except UnusableArrays as trouble:
            log.warning("%s", trouble)
            self.remove(key)
            return None
        try:
            os.utime(path)  # it is in use
        except OSError:
            log.debug("%s cannot be touched", path)
        return arrays

    def keep(self, key: str, file: Iterable[bytes | memoryview], *, format_number: int) -> Arrays:
        """The arrays of the drawing whose file this is, which is in the folder now.

        Raises
        ------
        UnusableArrays
            It is none, or one of another format; nothing is kept.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f"{key}.{token_hex(8)}{UNFINISHED}"
        try:
            with unfinished.open("xb") as target:
                target.writelines(file)
                target.flush()
                os.fsync(target.fileno())
            arrays = open_packed(unfinished, format_number=format_number)
            unfinished.replace(self.path(key))
        finally:
            unfinished.unlink(missing_ok=True)
        self._sweep(kept=self.path(key))
        return arrays

    def remove(self, key: str) -> None:
        """Nothing; the drawing with this key is not there, though who has it open goes on using it."""
        self.path(key).unlink(missing_ok=True)

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """A block that one process at a time is in for this key; who waited for long enough goes in all the same."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / (key + LOCK)).open("ab") as lock:
            if sys.platform != "win32":
                until = time.monotonic() + self._wait_s
                while not _is_locked(lock.fileno()) and time.monotonic() < until:
                    time.sleep(LOOK_EVERY_S)
            yield

    def _sweep(self, *, kept: Path) -> None:
        """Removes what was not used for long, and the least recently used of what is more than fits."""
        now, total = time.time(), 0
        found = []
        for path in self.folder.iterdir():
            try:
                found.append((path.stat(), path))
            except FileNotFoundError:  # another process sweeps too
                continue
        found.sort(key=lambda one: (one[1] != kept, -one[0].st_mtime))
        for stat, path in found:
            age_s = now - stat.st_mtime
            total += stat.st_size if path.suffix == SUFFIX else 0
            unused = path.suffix == SUFFIX and path != kept and (age_s > KEPT_S or total > self._kept_bytes)
            left_behind = path.suffix in (UNFINISHED, LOCK) and age_s > LEFT_BEHIND_S
            if unused or left_behind:
                path.unlink(missing_ok=True)


def _is_locked(file: int) -> bool:
    """Whether the file is locked by us now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
