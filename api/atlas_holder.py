"""Keeps the published editions in memory and swaps them in when any process publishes.

A request takes one `View` and answers from it alone, so no answer mixes two states of the map. The database is polled
by one background thread; when it cannot be reached, the last known editions go on answering.
"""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Engine

from api.services.drawings import Drawings
from api.storage.edition_store import list_editions, revision
from api.storage.engine import reading
from api.storage.map_store import load_map
from api.storage.register_store import grown
from geo.atlas import Atlas
from geo.editions import NOTHING_PUBLISHED, current_edition
from geo.errors import GeoError, NothingPublished
from geo.model import Edition
from geo.register.log import Register
from geo.register.overlay import overlaid

STOP_WITHIN_S = 10.0

log = logging.getLogger("pointward.atlas")


@dataclass(frozen=True, slots=True)
class View:
    """What was published at one moment.

    `latest` is the atlas of the edition that holds now; while none does yet, of the first one to come.
    """

    editions: tuple[Edition, ...]
    latest: Atlas
    register: Register
    holder: "AtlasHolder"

    def atlas(self, edition: Edition) -> Atlas:
        """The atlas of an edition; from memory, or loaded from the database, which may take seconds."""
        return self.latest if edition == self.latest.edition else self.holder.load(edition)

    def holds(self, edition: Edition) -> bool:
        """Whether this is the edition that answers now."""
        return edition == current_edition(self.editions, clock=datetime.now(UTC))

    def has(self, edition: Edition) -> bool:
        """Whether the edition's atlas is in memory."""
        return edition == self.latest.edition or self.holder.has(edition)


class AtlasHolder:
    """The editions of one database. Thread-safe."""

    def __init__(
        self, engine: Engine, *, poll_seconds: float, atlases_kept: int, drawings: Drawings | None = None
    ) -> None:
        self.engine = engine
        self.drawings = drawings or Drawings(engine)
        self._poll_seconds = poll_seconds
        self._atlases_kept = atlases_kept
        self._atlases: OrderedDict[Edition, Atlas] = OrderedDict()
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._looking = threading.Lock()
        self._stopped = threading.Event()
        self._seen: tuple[int, tuple[Edition, ...]] | None = None
        self._register = Register()
        self._editions: tuple[Edition, ...] = ()
        self._view: View | None = None
        self.trouble: GeoError | None = None
        self._thread = threading.Thread(target=self._watch, name="pointward-atlas", daemon=True)

    def start(self) -> None:
        """Loads what is published, then goes on watching in the background."""
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """Ends the watching; a look at the database that is under way is waited for, so that nothing is left open."""
        self._stopped.set()
        self._thread.join(timeout=STOP_WITHIN_S)

    def view(self) -> View:
        """What is published now, or NothingPublished."""
        if self._view is None:
            raise self.trouble or NothingPublished(NOTHING_PUBLISHED)
        return self._view

    def refresh(self) -> None:
        """Looks once whether another edition was published or has begun to hold, or the register grew; swaps it in."""
        with self._looking:  # a slower look must not undo a later one
            self._look()

    def _look(self) -> None:
        try:
            with reading(self.engine) as session:
                # The list beside the number: a database put in the place of another may have the same number.
                seen = revision(session), list_editions(session)
                replaced = self._seen is not None and not _follows(seen, self._seen)
                register = grown(session, Register() if replaced else self._register)
            if seen != self._seen:
                self._editions = seen[1]
            if self._editions:
                self._swap(register)
            self._register = register
            self._seen = seen
            self.trouble = None
        except GeoError as error:
            self.trouble = error

    def _swap(self, register: Register) -> None:
        editions = self._editions
        current = current_edition(editions, clock=datetime.now(UTC))
        # Before the first edition begins there is already a map to look ahead at.
        current = current or min(editions, key=lambda edition: (edition.valid_from or edition.published_at, edition.id))
        view = self._view
        if view is None or view.editions != self._editions or view.latest.edition != current:
            atlas = self.load(current)
            overlaid(atlas, register.roster(register.number))
            self._view = View(self._editions, atlas, register, self)
            log.info("edition %s answers now", current.id)
        elif view.register is not register:
            # Laid over the map here, so that nobody who asks waits for it.
            overlaid(view.latest, register.roster(register.number))
            self._view = replace(view, register=register)
            log.info("register %s answers now", register.number)

    def has(self, edition: Edition) -> bool:
        """Whether this edition's atlas is in memory."""
        return edition in self._atlases

    def load(self, edition: Edition) -> Atlas:
        """The atlas of an edition, built at most once at a time; the least recently used is forgotten."""
        with self._lock:
            if edition in self._atlases:
                self._atlases.move_to_end(edition)
                return self._atlases[edition]
        with self._loading:
            if edition not in self._atlases:
                with reading(self.engine) as session:
                    city_map = load_map(session, edition.id)
                atlas = Atlas(city_map, edition, draw=self.drawings.draw)
                with self._lock:
                    self._atlases[edition] = atlas
                    while len(self._atlases) > self._atlases_kept:
                        self._atlases.popitem(last=False)
                return atlas
        return self.load(edition)

    def _watch(self) -> None:
        while not self._stopped.wait(self._poll_seconds):
            before = self.trouble
            try:
                self.refresh()
            except Exception:
                # The watch must outlive whatever one look at the database raises.
                log.exception("the watch over the published editions failed once; it goes on")
            if self.trouble and str(self.trouble) != str(before):
                log.warning("the published editions cannot be read: %s", self.trouble)


def _follows(seen: tuple[int, tuple[Edition, ...]], before: tuple[int, tuple[Edition, ...]]) -> bool:
    """Whether a database can have come to this from what it was: editions are added and never change."""
    return seen[0] >= before[0] and seen[1][: len(before[1])] == before[1]
