"""The draft as if it were published: its atlas, built once for each state of the draft."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.services.drafting import tag_of_draft
from api.services.drawings import Drawings
from api.storage.audit_log import trail_of_draft
from api.storage.edition_store import draft_id, list_editions
from api.storage.engine import reading
from api.storage.map_store import load_map
from api.storage.register_store import grown
from geo.atlas import Atlas
from geo.editions import edition_by_id
from geo.errors import NotFound
from geo.model import Edition
from geo.register.log import Register
from geo.wording import Phrase

NO_DRAFT_TO_ASK = Phrase(
    zh="没有草稿可问；请先导入城市数据（python main.py import 目录）或写入 /v1/draft，或不带 draft 再问",
    en="there is no draft to ask; import a city (python main.py import DIR) or write to /v1/draft first, or ask "
    "without draft",
)


@dataclass(frozen=True, slots=True)
class DraftView:
    """What would be published, at one moment: every look-up that names the draft's edition is answered from it.

    `tag` is the draft's ETag; `latest` its atlas, whose edition has the id that the draft would get.
    """

    tag: str
    editions: tuple[Edition, ...]
    latest: Atlas
    register: Register

    def atlas(self, edition: Edition) -> Atlas:
        """The atlas of the draft; no other is here."""
        edition_by_id((self.latest.edition,), edition.id)
        return self.latest


class Drafts:
    """The draft of one database; its last atlas is kept. Thread-safe."""

    def __init__(self, engine: Engine, drawings: Drawings | None = None) -> None:
        self._engine = engine
        self.drawings = drawings or Drawings(engine)
        self._building = threading.Lock()
        self._kept: tuple[tuple[str, datetime], Atlas] | None = None
        self._register = Register()

    def view(self) -> DraftView:
        """The draft as it is now; building its atlas may take seconds.

        Raises
        ------
        NotFound
            There is no draft.
        """
        with reading(self._engine) as session:
            return self.view_in(session)

    def view_in(self, session: Session) -> DraftView:
        """The draft as a transaction sees it, or NotFound."""
        draft = draft_id(session)
        if draft is None:
            self._kept = None
            raise NotFound(NO_DRAFT_TO_ASK)
        register = self._register = grown(session, self._register)
        tag, editions = tag_of_draft(session, draft), list_editions(session)
        # The moment beside the tag: a database put in the place of another may have a draft with the same one.
        atlas = self._atlas(session, draft, (tag, trail_of_draft(session, draft)[-1].at))
        return DraftView(tag, (*editions, atlas.edition), atlas, register)

    def _atlas(self, session: Session, draft: int, state: tuple[str, datetime]) -> Atlas:
        kept = self._kept
        if kept is not None and kept[0] == state:
            return kept[1]
        with self._building:
            kept = self._kept
            if kept is None or kept[0] != state:
                edition = Edition(draft, published_at=datetime.now(UTC), valid_from=None)
                kept = self._kept = state, Atlas(load_map(session, draft), edition, draw=self.drawings.draw)
            return kept[1]
