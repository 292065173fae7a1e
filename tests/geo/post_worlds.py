"""A tiny city with posts, and a register to ask about them.

A town `town` of eight steps with the cell `cell` in its west (unit `town`, post GO); a site `s` with halo in the east,
kept by `market`; a road `r` along the south.
"""

from dataclasses import replace
from datetime import UTC, datetime

from geo.atlas import Atlas
from geo.model import CityMap, Policy
from geo.posts import Post, Subject, SubjectKind
from geo.register.holdings import Capacity, Holding, Person
from geo.register.log import Change, Entry, Register
from geo.resolve import Moment
from geo.roads import Side, StripKind
from geo.schedule import Schedule, Shift
from geo.wording import Name
from tests.geo.claim_worlds import claim, claim_city, department, in_site, on_area, on_strip, road, site
from tests.geo.small_worlds import EDITION, area, open_atlas, square

IN_CELL, IN_SITE, IN_HALO, ON_ROAD = (1, 4), (6, 6), (6, 4.6), (4, 0.5)

POSTS = (
    Post("DD", "duty_desk", "town", Subject(SubjectKind.UNIT, ("town",))),
    Post("GO", "grid_officer", "town", Subject(SubjectKind.AREA, ("admin", "cell", "cell"))),
    Post("LEADER", "area_leader", "hq", Subject(SubjectKind.AREA, ("admin", "town", "town"))),
    Post("PR", "principal", "market", Subject(SubjectKind.CHECKPOINT, ("s",))),
    Post("RC1", "road_chief_1", "hq", Subject(SubjectKind.SEGMENT, ("r",))),
    Post("RC2L", "road_chief_2", "town", Subject(SubjectKind.SEGMENT, ("r", "left"))),
    Post("RC2R", "road_chief_2", "town", Subject(SubjectKind.SEGMENT, ("r", "right")), Name(zh="南侧路长", en="South")),
    Post("SC", "site_chief", "town", Subject(SubjectKind.CHECKPOINT, ("s",))),
)


def town_with_posts() -> CityMap:
    """The city of the drawing."""
    strips = (
        (Side.LEFT, StripKind.CARRIAGEWAY, square(0, 0.4, 8, 0.8)),
        (Side.RIGHT, StripKind.CARRIAGEWAY, square(0, 0, 8, 0.4)),
    )
    plain = claim_city(
        claim("all", "town", "*", on_area("town")),
        claim("stalls", "market", "1102", in_site("s"), post="SC"),
        claim("litter", "market", "1101", in_site("s")),
        claim("works", "town", "1102", on_strip("r")),
        areas=(
            area("town", square(0, 0, 8, 8)),
            area("cell", square(0, 0, 2, 8), unit="town", level="cell"),
        ),
        units=(department("market"),),
        sites=(site("s", square(5, 5, 7, 7), square(4, 4, 8, 5), unit="market"),),
        roads=(road("r", "arterial", ((0, 0.4), (8, 0.4)), *strips),),
        levels=("town", "cell"),
        policy=Policy(fallback_level="town"),
    )
    return replace(plain, posts=POSTS)


def atlas() -> Atlas:
    """The city, open."""
    return open_atlas(town_with_posts())


def person(code: str, telephone: str | None = "0512-0000-0001") -> Person:
    """Somebody called like their code."""
    return Person(code, Name(zh=f"{code}员", en=f"Mx {code}"), telephone)


def held(post: str, who: str, schedule: Schedule = Schedule(), *, deputy: bool = False) -> Holding:  # noqa: B008
    """A holding known by its post, person and beginning."""
    id_ = f"{post}-{who}-{schedule.valid_from or ''}"
    return Holding(id_, post, who, Capacity.DEPUTY if deputy else Capacity.HOLDER, schedule)


def may(day: int, hour: int = 0) -> datetime:
    """A moment of May 2026 by the clocks of Shanghai (the first is a Friday), in UTC."""
    return datetime.fromisoformat(f"2026-05-{day:02}T{hour:02}:00+08:00").astimezone(UTC)


def term(start: datetime | None = None, end: datetime | None = None, *shifts: Shift) -> Schedule:
    """From one moment to another, on these shifts."""
    return Schedule(tuple(shifts), start, end)


def daily(first_hour: int, last_hour: int) -> tuple[Shift, ...]:
    """The same hours on every day."""
    return tuple(Shift(day, first_hour * 60, last_hour * 60) for day in range(7))


def register_of(*commits: tuple[Person | Holding, ...]) -> Register:
    """A register with these commits, one on each of the first days of April 2026."""
    return Register(
        [
            Entry(number, datetime(2026, 4, number, tzinfo=UTC), *change_of(value))
            for number, values in enumerate(commits, start=1)
            for value in values
        ]
    )


def change_of(value: Person | Holding) -> Change:
    """What says that something is so."""
    return type(value), value.code if isinstance(value, Person) else value.id, value


def moment_of(at: datetime, *values: Person | Holding) -> Moment:
    """A moment, with a register of one commit."""
    register = register_of(values)
    return Moment(at, at, (EDITION,), register.roster(register.number))
