"""Who draws for atlases: a drawing that was worked out before is taken from this machine's folder or the database.

Nothing that goes wrong here reaches a user: what cannot be read is drawn anew, and what cannot be kept stays in memory.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from api.storage.drawing_cache import DrawingCache
from api.storage.drawing_store import Parcel, file_of, name_of, parcel_of, stored_size
from api.storage.engine import reading
from geo.drawing import FORMAT, Drawing, Outlines, arrays_of, draw, restored
from geo.errors import GeoError, NotAllowed
from geo.packed import UnusableArrays, pieces, unpack

log = logging.getLogger("pointward.drawing")


class Drawings:
    """Draws for the atlases of one database; `folder` is where this machine keeps drawings, None for nowhere."""

    def __init__(self, engine: Engine, folder: Path | None = None) -> None:
        self._engine = engine
        self._cache = None if folder is None else DrawingCache(folder)
        self._said = ""

    def draw(self, outlines: Outlines) -> Drawing:
        """The drawing of some outlines: what the folder has, else what the database has, else worked out."""
        kept = self._from_folder(outlines)
        if kept is not None:
            return kept
        with self._alone(outlines):
            # Whoever was alone before us may have put it there.
            return self._from_folder(outlines) or self._from_database(outlines) or self._anew(outlines)

    def _from_folder(self, outlines: Outlines) -> Drawing | None:
        """What the folder has, if anything; a file that cannot be used is removed."""
        if self._cache is None:
            return None
        try:
            arrays = self._cache.find(outlines.key, format_number=FORMAT)
            if arrays is None:
                return None
            try:
                return restored(outlines, arrays, what=self._cache.path(outlines.key))
            except UnusableArrays as trouble:
                log.warning("%s", trouble)
                self._cache.remove(outlines.key)
                return None
        except OSError as error:
            self._say(self._cache, error)
            return None

    def _from_database(self, outlines: Outlines) -> Drawing | None:
        """What was stored by whoever published this ground, if it can be used; it is in the folder then."""
        try:
            with reading(self._engine) as session:
                size = stored_size(session, outlines.key)
                if size is None:
                    return None
                return self._unpacked(outlines, partial(file_of, session, outlines.key, size))
        except GeoError as trouble:
            log.warning("%s", trouble)
            return None

    def _unpacked(self, outlines: Outlines, file: Callable[[], Iterable[bytes]]) -> Drawing:
        """The drawing whose file this is; mapped in the folder, or in memory where that cannot be used."""
        what = name_of(outlines.key)
        if self._cache is not None:
            try:
                return restored(outlines, self._cache.keep(outlines.key, file(), format_number=FORMAT), what=what)
            except OSError as error:
                self._say(self._cache, error)
        return restored(outlines, unpack(b"".join(file()), format_number=FORMAT, what=what), what=what)

    def _anew(self, outlines: Outlines) -> Drawing:
        started = time.perf_counter()
        drawing = draw(outlines)
        log.info("%d boundaries were drawn in %.1f s", len(outlines.boundaries), time.perf_counter() - started)
        if self._cache is not None:
            try:
                file = pieces(arrays_of(drawing), format_number=FORMAT)
                kept = self._cache.keep(outlines.key, file, format_number=FORMAT)
                # What is mapped instead of what was drawn, so that this process has no copy of its own either.
                return restored(outlines, kept, what=self._cache.path(outlines.key))
            except OSError as error:
                self._say(self._cache, error)
        return drawing

    @contextmanager
    def _alone(self, outlines: Outlines) -> Iterator[None]:
        """A block that one process at a time is in, where the folder can be used for that."""
        with ExitStack() as held:
            if self._cache is not None:
                try:
                    held.enter_context(self._cache.alone(outlines.key))
                except OSError as error:
                    self._say(self._cache, error)
            yield

    def _say(self, cache: DrawingCache, error: OSError) -> None:
        if str(error) != self._said:  # of one trouble at several steps the log says one line
            log.warning("the folder %s cannot be used, and drawings stay in memory: %s", cache.folder, error)
        self._said = str(error)


def parcel_to_store(drawing: Drawing) -> Parcel | None:
    """A drawing ready to be stored; None when it is too large, which the log says."""
    file = pieces(arrays_of(drawing), format_number=FORMAT)
    try:
        return parcel_of(file, key=drawing.outlines.key, format_number=FORMAT)
    except NotAllowed as refusal:
        log.warning("%s", refusal)
        return None
