"""One write to the register: others wait, it is all or nothing, and it is one commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.storage.edition_store import queue_to_write
from api.storage.engine import writing
from api.storage.post_store import has_post
from api.storage.register_store import commit, load_register
from geo.codes import CODE_LIMIT, is_code
from geo.errors import InvalidInput, NotFound
from geo.post_book import NO_SUCH_POST
from geo.register.enlisting import holding_ids
from geo.register.log import Change, Register
from geo.register.roster import Roster
from geo.wording import Phrase

BAD_CODE = Phrase(
    zh="编码 {code} 不可用；请给出 1 到 {limit} 个可见字符",
    en="the code {code} cannot be used; give 1 to {limit} printable characters",
)
NO_SUCH_PERSON = Phrase(
    zh="台账中没有编码为 {code} 的责任人；请先登记：PUT /v1/people/{code}",
    en="the register has no person {code}; record them first: PUT /v1/people/{code}",
)


class RegisterWrite:
    """One commit to the register under way: how it stands, ids for new holdings, and what is to change."""

    def __init__(self, session: Session, register: Register) -> None:
        self.session = session
        self.roster: Roster = register.roster(register.number)
        self.ids = holding_ids(register)
        self.changes: list[Change] = []

    def check_post(self, code: str) -> None:
        """Nothing, or NotFound for a post that no edition has."""
        if not has_post(self.session, code):
            raise NotFound(NO_SUCH_POST, code=code)

    def check_person(self, code: str) -> None:
        """Nothing, or NotFound for somebody who was never recorded."""
        if code not in self.roster.people:
            raise NotFound(NO_SUCH_PERSON, code=code)


@contextmanager
def write_register(engine: Engine, *, actor: str, now: datetime) -> Iterator[RegisterWrite]:
    """What the block changes becomes one commit; without changes there is none."""
    with writing(engine) as session:
        queue_to_write(session)
        write = RegisterWrite(session, load_register(session))
        yield write
        if write.changes:
            commit(session, write.changes, actor=actor, now=now)


def check_code(code: str) -> None:
    """Nothing, or InvalidInput for what cannot be a code."""
    if not is_code(code):
        raise InvalidInput(BAD_CODE, code=repr(code[:CODE_LIMIT]), limit=CODE_LIMIT)
