"""Each kind of thing out of what a caller sends for it, by the same steps as out of a file."""

from zoneinfo import ZoneInfo

from geo.changes.given import Given
from geo.errors import InvalidInput, NotFound
from geo.model import CityMap, Contact, Finding
from geo.roads import Segment, Side, StripKind
from geo.sources.addresses import PlacedAddress, address_of, is_named
from geo.sources.areas import PlacedArea, areas_of_level
from geo.sources.categories import CategoryRow, category_row
from geo.sources.checkpoints import PlacedSite, place_sites
from geo.sources.city_toml import NO_LEVEL_ABOVE
from geo.sources.claim_rows import EACH, PlacedClaim, claim_of, named_place, own_place
from geo.sources.components import PlacedComponent, component_of
from geo.sources.description import Widths
from geo.sources.entries import Entry
from geo.sources.golden import PlacedGolden, golden_of
from geo.sources.posts import PlacedPost, post_of
from geo.sources.segments import Drawing, lay_out
from geo.sources.toml_policy import STRIPS, as_strips
from geo.sources.unit_tables import PlacedUnit, unit_of
from geo.wording import Phrase

ONE_PLACE = Phrase(
    zh="“*”在此不可用：一次提交只写一个地点；请写明编码，多个地点请放在同一批里，或用文件导入",
    en="* cannot be used here: what stands at one address has one place; give its code, and send several in one "
    "request or import a file",
)
BAD_CONTACTS = Phrase(
    zh='应为 [{{"title": "…", "telephone": "…"}}]，两项都是非空文字',
    en='it must be [{{"title": "…", "telephone": "…"}}], both of them texts',
)
NOT_AN_AREA = Phrase(
    zh="没有 {code} 这样的区域地址；请写成 体系/层级/编码，现有层级：{known}",
    en="there is no address {code} for an area; write scheme/level/code, the levels are: {known}",
)


def read_unit(given: Given, city_map: CityMap) -> tuple[PlacedUnit | None, list[Finding]]:
    """The unit of a body; None when something is lacking, which is told."""
    contacts = given.body.get("contacts")
    match contacts:
        case None:
            made: tuple[Contact, ...] = ()
        case list() if all(_is_contact(contact) for contact in contacts):
            made = tuple(Contact(contact["title"].strip(), contact["telephone"].strip()) for contact in contacts)
        case _:
            made = ()
            given.row.refuse("contacts", InvalidInput(BAD_CONTACTS))
    return unit_of(given.row, made), []


def _is_contact(value: object) -> bool:
    match value:
        case {"title": str() as title, "telephone": str() as telephone, **more}:
            return not more and all(text.strip() and text.isprintable() for text in (title, telephone))
    return False


def split_area(code: str, city_map: CityMap) -> tuple[str, str, str]:
    """Scheme, level and code of an area's address; raises NotFound where the city has no such level."""
    parts = code.split("/", 2)
    known = [f"{scheme.code}/{level.code}" for scheme in city_map.schemes for level in scheme.levels]
    if len(parts) < 3 or "/".join(parts[:2]) not in known:
        raise NotFound(NOT_AN_AREA, code=ascii(code)[1:-1][:80], known=", ".join(known))
    return parts[0], parts[1], parts[2]


def read_area(given: Given, city_map: CityMap) -> tuple[PlacedArea | None, list[Finding]]:
    """The area of a body, with the code that its address ends in; None when something is lacking, which is told."""
    scheme_code, level_code, code = split_area(given.row.texts["code"], city_map)
    row = given.row
    row.texts = {**row.texts, "code": code}
    boundary = given.polygons(needed=True)
    scheme = next(scheme for scheme in city_map.schemes if scheme.code == scheme_code)
    level = [level.code for level in scheme.levels].index(level_code)
    if level == 0 and "parent" in row.texts:
        row.refuse("parent", InvalidInput(NO_LEVEL_ABOVE))
    if row.code() is None or boundary is None:
        return None, []
    [placed], findings = areas_of_level(scheme, level, [Entry(row, code, boundary)])
    return placed, findings


def read_category(given: Given, city_map: CityMap) -> tuple[CategoryRow | None, list[Finding]]:
    """The category of a body; None when something is lacking, which is told."""
    return category_row(given.row), []


def read_checkpoint(given: Given, city_map: CityMap) -> tuple[PlacedSite | None, list[Finding]]:
    """The site of a body with its halo; None when something is lacking, which is told."""
    code, boundary = given.row.code(), given.polygons(needed=True)
    if code is None or boundary is None:
        return None, []
    sites, findings = place_sites([(Entry(given.row, code, boundary), 0.0)], city_map.city.policy.checkpoint_types)
    return sites[0], findings


def read_segment(given: Given, city_map: CityMap) -> tuple[Segment | None, list[Finding]]:
    """The segment of a body with its strips; None when something is lacking, which is told."""
    row = given.row
    code, line = row.code(), given.line()
    asked = given.body.get("widths")
    own = as_strips(asked) if asked is not None else None
    if asked is not None and own is None:
        row.refuse("widths", InvalidInput(STRIPS))
    if code is None or line is None or row.findings:
        return None, []
    road_class = row.texts.get("class", "")
    widths = {road_class: own} if own is not None else _widths_of(city_map, code)
    segments, findings = lay_out([Drawing(row, line, widths)], city_map.city.policy.road_classes)
    return (segments[0] if segments else None), findings


def _widths_of(city_map: CityMap, code: str) -> Widths:
    """The widths of each class as the map has them: those of the segment itself, else of the lowest code that has any.

    The widths of city.toml are not kept with an edition; its strips are.
    """
    widths: dict[str, tuple[tuple[StripKind, float], ...]] = {}
    for segment in sorted(city_map.segments, key=lambda segment: (segment.code != code, segment.code)):
        strips = [strip for strip in segment.strips if strip.side is Side.LEFT]
        if strips:
            outwards = sorted(strips, key=lambda strip: strip.near_m)
            drawn = tuple((strip.kind, strip.far_m - strip.near_m) for strip in outwards)
            widths.setdefault(segment.road_class, drawn)
    return widths


def read_claim(given: Given, city_map: CityMap) -> tuple[PlacedClaim | None, list[Finding]]:
    """The claim of a body, on ground that it names or draws; None when something is lacking, which is told."""
    ground = given.polygons(needed=False)
    row = given.row
    if row.code("id") is None:
        return None, []
    draws = given.body.get("geometry") is not None
    place = own_place(row, ground) if draws else named_place(row)
    if place is not None and EACH in place.key:
        row.refuse(place.kind.value, InvalidInput(ONE_PLACE))
        return None, []
    return claim_of(row, place, ZoneInfo(city_map.city.timezone)), []


NO_NAME = "road + number / estate / alias"


def read_address(given: Given, city_map: CityMap) -> tuple[PlacedAddress | None, list[Finding]]:
    """The address of a body; None when something is lacking, which is told."""
    row, position = given.row, given.position()
    if not is_named(row):
        row.tell("value-missing", field=NO_NAME)
    if position is None:
        return None, []
    return address_of(row, lon=position[0], lat=position[1]), []


def read_post(given: Given, city_map: CityMap) -> tuple[PlacedPost | None, list[Finding]]:
    """The post of a body; None when something is lacking, which is told."""
    post = post_of(given.row)
    if post is None:
        return None, []
    if EACH in post.subject.key:
        given.row.refuse(post.subject.kind.value, InvalidInput(ONE_PLACE))
        return None, []
    return PlacedPost(post, given.row.source.file, None), []


def read_component(given: Given, city_map: CityMap) -> tuple[PlacedComponent | None, list[Finding]]:
    """The component of a body; None when something is lacking, which is told."""
    row, position = given.row, given.position()
    if position is None:
        return None, []
    component, findings = component_of(row, lon=position[0], lat=position[1])
    return (None if component is None else PlacedComponent(component, row)), findings


def read_golden_place(given: Given, city_map: CityMap) -> tuple[PlacedGolden | None, list[Finding]]:
    """The golden place of a body; None when something is lacking, which is told."""
    row, position = given.row, given.position()
    if position is None:
        return None, []
    return golden_of(row, lon=position[0], lat=position[1], zone=ZoneInfo(city_map.city.timezone)), []
