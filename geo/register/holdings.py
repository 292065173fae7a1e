"""Who holds which post, from when to when, on which shift."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo.posts import Post
from geo.schedule import ALWAYS, Schedule
from geo.wording import Name


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can hold a post (责任人)."""

    code: str
    name: Name
    telephone: str | None = None


class Capacity(StrEnum):
    """As what somebody holds a post: it is theirs, or they stand in for whom it is (代理)."""

    HOLDER = "holder"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class Holding:
    """A post held by a person (任职). `source` is the document that says so."""

    id: str
    post: str
    person: str
    capacity: Capacity = Capacity.HOLDER
    schedule: Schedule = ALWAYS
    source: str | None = None

    def clashes(self, other: "Holding") -> bool:
        """Whether both cannot be: of one post, one shift has one holder and one deputy at a time."""
        rivals = (self.post, self.capacity) == (other.post, other.capacity) and self.id != other.id
        return rivals and self.schedule.meets(other.schedule)

    def same_as(self, other: "Holding") -> bool:
        """Whether somebody holds the same post on the same terms from the same moment, whenever it ends."""
        terms = (self.post, self.person, self.capacity, self.schedule.hours, self.schedule.valid_from)
        return terms == (other.post, other.person, other.capacity, other.schedule.hours, other.schedule.valid_from)


@dataclass(frozen=True, slots=True)
class Duty:
    """A post at a moment: who holds it, whether they are on duty, and who stands in for them then."""

    post: Post
    title: Name
    person: Person | None = None
    on_duty: bool = False
    deputy: Person | None = None
    until: datetime | None = None

    @property
    def contact(self) -> Person | None:
        """Whom to call: the deputy while there is one, else the holder who is on duty."""
        return self.deputy or (self.person if self.on_duty else None)
