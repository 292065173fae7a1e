"""Posts and who holds them: grid officers, site and road chiefs, leaders in charge, principals, duty desks.

Nobody here exists: people are called by their posts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geo.model import UnitKind
from geo.wording import Name
from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.areas import DrawnArea
from samples.gusu_maker.mesh import Mesh
from samples.gusu_maker.plan import DISTRICT
from samples.gusu_maker.roads import DrawnRoad
from samples.gusu_maker.sites import DrawnSite
from samples.gusu_maker.units import DrawnUnit, dial

ITS_OWN = "*"
SINCE = "2026-03-01"
HANDED_OVER = "2026-07-01"
DAY_SHIFT, NIGHT_SHIFT = "08:00-20:00", "20:00-08:00"
ON_SHIFTS = "320508005"
"""The sub-district whose grid officers relieve each other."""

VACANT_CELL = "320508003002003"
"""The cell whose officer's post is held by nobody."""

DEPUTY_CELL = "320508005004010"
DEPUTY_FROM, DEPUTY_TO = "2026-06-10", "2026-06-20"
ENDING_SITE, ENDING_ON = "P-003", "2026-12-31"
FUTURE_ROAD, FUTURE_START = "R-012", "2027-01-01"
FEW_CONTACTS = ("P-021", "P-044")
"""Sites without a contact person."""


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """A row of posts.csv; at most one of the three places is given."""

    code: str
    kind: str
    unit: str
    area: str = ""
    checkpoint: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPerson:
    """A row of people.csv."""

    code: str
    name: Name
    telephone: str


@dataclass(frozen=True, slots=True)
class DrawnHolder:
    """A row of holders.csv."""

    post: str
    person: str
    valid_from: str = SINCE
    valid_to: str = ""
    hours: str = ""
    capacity: str = ""
    source: int = 20


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and what they hold."""

    posts: tuple[DrawnPost, ...]
    people: tuple[DrawnPerson, ...]
    holders: tuple[DrawnHolder, ...]


def draw_staff(
    mesh: Mesh, admin: Tiers, roads: Sequence[DrawnRoad], sites: Sequence[DrawnSite], units: Sequence[DrawnUnit]
) -> Staff:
    """The posts with their people and holders."""
    parts = (
        along_roads(roads),
        in_cells(admin["cell"]),
        at_sites(mesh, admin["cell"], sites),
        over_subdistricts(admin["subdistrict"]),
        at_desks(units),
    )
    return Staff(
        posts=tuple(post for part in parts for post in part.posts),
        people=tuple(person for part in parts for person in part.people),
        holders=tuple(holder for part in parts for holder in part.holders),
    )


def along_roads(roads: Sequence[DrawnRoad]) -> Staff:
    """Two levels of chiefs: the district's for the whole road, the sub-districts' each for its side of a border.

    The first road's chief was relieved in summer, one begins next year.
    """
    first = [
        call(f"chief-{101 + number}", "一级路长 A-", "Road chief, level 1, A-", number + 1, 9401)
        for number in range(10)
    ]
    holders = []
    for number, road in enumerate(roads):
        post, chief = f"RC1/{road.code}", first[number // 4].code
        if number == 0:
            holders += [DrawnHolder(post, chief, valid_to=HANDED_OVER)]
            holders += [DrawnHolder(post, first[1].code, valid_from=HANDED_OVER, source=21)]
        else:
            holders.append(DrawnHolder(post, chief))
    posts = [DrawnPost("RC1", "road_chief_1", DISTRICT, segment=ITS_OWN)]
    second: list[DrawnPerson] = []
    for road in roads:
        halves = [(road.code, road.left)]
        if road.left != road.right:
            halves = [(f"{road.code}/left", road.left), (f"{road.code}/right", road.right)]
        for segment, subdistrict in halves:
            number = len(second) + 1
            half_chief = call(f"chief-{200 + number}", "二级路长 B-", "Road chief, level 2, B-", number, 9501)
            second.append(half_chief)
            posts.append(DrawnPost(f"RC2/{segment}", "road_chief_2", subdistrict, segment=segment))
            since = FUTURE_START if road.code == FUTURE_ROAD else SINCE
            holders.append(DrawnHolder(f"RC2/{segment}", half_chief.code, valid_from=since))
    return Staff(tuple(posts), (*first, *second), tuple(holders))


def in_cells(cells: Sequence[DrawnArea]) -> Staff:
    """A grid officer for every cell but one; in one sub-district two that relieve each other, with a deputy in June."""
    people, holders = [], []
    numbers: dict[str, int] = {}
    for cell in cells:
        post = f"GO/{cell.code}"
        subdistrict = cell.code[:9]
        if cell.code == VACANT_CELL:
            continue
        shifts = (DAY_SHIFT, NIGHT_SHIFT) if subdistrict == ON_SHIFTS else ("",)
        for hours in shifts:
            number = numbers[subdistrict] = numbers.get(subdistrict, 0) + 1
            serial = 1000 * int(subdistrict[-1]) + number
            person = DrawnPerson(
                f"officer-{serial}",
                Name(zh=f"网格员 G-{serial}", en=f"Grid officer G-{serial}"),
                dial(1000 * int(subdistrict[-1]) + 200 + number),
            )
            people.append(person)
            holders.append(DrawnHolder(post, person.code, hours=hours))
    neighbour = next(holder for holder in holders if holder.post[3:-3] == DEPUTY_CELL[:-3])
    holders.append(
        DrawnHolder(f"GO/{DEPUTY_CELL}", neighbour.person, DEPUTY_FROM, DEPUTY_TO, capacity="deputy", source=22)
    )
    return Staff((DrawnPost("GO", "grid_officer", ITS_OWN, area="admin/cell/*"),), tuple(people), tuple(holders))


def at_sites(mesh: Mesh, cells: Sequence[DrawnArea], sites: Sequence[DrawnSite]) -> Staff:
    """A chief from the sub-district, a principal and a contact from whoever runs the site."""
    posts = [
        DrawnPost("PR", "principal", ITS_OWN, checkpoint=ITS_OWN),
        DrawnPost("SL", "site_contact", ITS_OWN, checkpoint=ITS_OWN),
    ]
    people, holders = [], []
    shapes = [mesh.polygon_m(cell.rings[0]) for cell in cells]
    for number, site in enumerate(sites, start=1):
        middle = mesh.polygon_m(site.ring).representative_point()
        subdistrict = next(cell.code[:9] for cell, shape in zip(cells, shapes, strict=True) if shape.intersects(middle))
        posts.append(DrawnPost(f"SC/{site.code}", "site_chief", subdistrict, checkpoint=site.code))
        chief = call(f"site-chief-{number:03d}", "点位长 C-", "Site chief C-", number, 9101, digits=3)
        principal = call(f"principal-{number:03d}", "第一责任人 D-", "Principal D-", number, 9601, digits=3)
        people += [chief, principal]
        ends = ENDING_ON if site.code == ENDING_SITE else ""
        holders += [DrawnHolder(f"SC/{site.code}", chief.code, valid_to=ends)]
        holders += [DrawnHolder(f"PR/{site.code}", principal.code)]
        if site.code not in FEW_CONTACTS:
            contact = call(f"contact-{number:03d}", "联络员 E-", "Site contact E-", number, 9801, digits=3)
            people.append(contact)
            holders.append(DrawnHolder(f"SL/{site.code}", contact.code))
    return Staff(tuple(posts), tuple(people), tuple(holders))


def over_subdistricts(subdistricts: Sequence[DrawnArea]) -> Staff:
    """A leader of the district in charge of each sub-district."""
    leaders = [
        call(f"leader-{number}", "挂钩领导 F-", "Leader in charge F-", number, 71)
        for number in range(1, len(subdistricts) + 1)
    ]
    holders = (DrawnHolder(f"AL/{area.code}", leader.code) for area, leader in zip(subdistricts, leaders, strict=True))
    return Staff(
        (DrawnPost("AL", "area_leader", DISTRICT, area="admin/subdistrict/*"),), tuple(leaders), tuple(holders)
    )


def at_desks(units: Sequence[DrawnUnit]) -> Staff:
    """A duty desk at headquarters, in every department and every street office."""
    desks = [
        unit
        for unit in units
        if unit.kind in (UnitKind.HEADQUARTERS, UnitKind.DEPARTMENT) or unit.code[:-3] == DISTRICT
    ]
    people = [
        call(f"desk-{number:02d}", "值班员 H-", "Duty desk H-", number, 121) for number in range(1, len(desks) + 1)
    ]
    return Staff(
        tuple(DrawnPost(f"DD/{unit.code}", "duty_desk", unit.code) for unit in desks),
        tuple(people),
        tuple(DrawnHolder(f"DD/{unit.code}", person.code) for unit, person in zip(desks, people, strict=True)),
    )


def call(code: str, zh: str, en: str, number: int, first_number: int, *, digits: int = 2) -> DrawnPerson:
    """Somebody who is called by a post, with a telephone in the row that begins with `first_number`."""
    return DrawnPerson(
        code, Name(zh=f"{zh}{number:0{digits}d}", en=f"{en}{number:0{digits}d}"), dial(first_number + number - 1)
    )


def rows_of(staff: Staff) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """The three tables: file, header, rows."""
    yield (
        "posts.csv",
        ("code", "kind", "unit", "area", "checkpoint", "segment"),
        [(it.code, it.kind, it.unit, it.area, it.checkpoint, it.segment) for it in staff.posts],
    )
    yield (
        "people.csv",
        ("code", "name", "name_en", "telephone"),
        [(it.code, it.name.zh or "", it.name.en or "", it.telephone) for it in staff.people],
    )
    yield (
        "holders.csv",
        ("post", "person", "capacity", "hours", "valid_from", "valid_to", "source"),
        [
            (it.post, it.person, it.capacity, it.hours, it.valid_from, it.valid_to, f"示例〔2026〕{it.source}号")
            for it in staff.holders
        ],
    )
