"""The units of the sample: headquarters, government, street offices, communities, departments, contractors."""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.model import UnitKind
from geo.wording import Name
from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.areas import write_numeral
from samples.gusu_maker.plan import DISTRICT, SUBDISTRICTS

HEADQUARTERS = "hq"
SANITATION = "sanitation"
STATIONS = 12


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """A row of units.csv."""

    code: str
    name: Name
    kind: UnitKind
    parent: str | None
    telephone: str


def draw_units(admin: Tiers) -> Iterator[DrawnUnit]:
    """All units, each after its parent."""
    yield DrawnUnit(
        HEADQUARTERS, Name(zh="姑苏区创建指挥部", en="Gusu Campaign Headquarters"), UnitKind.HEADQUARTERS, None, dial(1)
    )
    yield DrawnUnit(
        DISTRICT,
        Name(zh="姑苏区人民政府", en="Gusu District Government"),
        UnitKind.TERRITORIAL,
        HEADQUARTERS,
        dial(2),
    )
    for number, (code, parent, name) in enumerate(DEPARTMENTS, start=11):
        yield DrawnUnit(code, name, UnitKind.DEPARTMENT, parent, dial(number))
    for number, (code, parent, name) in enumerate(CONTRACTORS, start=31):
        yield DrawnUnit(code, name, UnitKind.CONTRACTOR, parent, dial(number))
    for number in range(1, STATIONS + 1):
        name = Name(zh=f"环卫{write_numeral(number)}所", en=f"Sanitation Station {number}")
        yield DrawnUnit(station_code(number), name, UnitKind.DEPARTMENT, SANITATION, dial(50 + number))
    for subdistrict in SUBDISTRICTS:
        name = Name(zh=f"{subdistrict.name.zh}街道办事处", en=f"{subdistrict.name.en} Sub-district Office")
        code = DISTRICT + subdistrict.code
        yield DrawnUnit(code, name, UnitKind.TERRITORIAL, DISTRICT, dial(100 + int(subdistrict.code)))
    for community in admin["community"]:
        name = Name(zh=f"{community.name.zh}居民委员会", en=f"{community.name.en} Committee")
        number = 1000 * int(community.code[6:9]) + int(community.code[9:])
        yield DrawnUnit(community.code, name, UnitKind.TERRITORIAL, community.parent, dial(number))


DEPARTMENTS = (
    ("urban-management", DISTRICT, Name(zh="姑苏区城市管理局", en="Gusu Urban Management Bureau")),
    ("housing", DISTRICT, Name(zh="姑苏区住房和建设局", en="Gusu Housing and Construction Bureau")),
    ("transport", DISTRICT, Name(zh="姑苏区交通运输局", en="Gusu Transport Bureau")),
    ("water", DISTRICT, Name(zh="姑苏区水务局", en="Gusu Water Bureau")),
    ("parks", DISTRICT, Name(zh="姑苏区园林绿化局", en="Gusu Parks and Greening Bureau")),
    (SANITATION, "urban-management", Name(zh="姑苏区环境卫生管理处", en="Gusu Environmental Sanitation Office")),
    ("roads", "housing", Name(zh="姑苏区市政设施管理处", en="Gusu Municipal Roads Office")),
    ("lighting", "housing", Name(zh="姑苏区城市照明管理处", en="Gusu Street Lighting Office")),
    ("power", DISTRICT, Name(zh="姑苏供电公司", en="Gusu Power Supply Company")),
    ("police", DISTRICT, Name(zh="姑苏公安分局", en="Gusu Police Bureau")),
    ("education", DISTRICT, Name(zh="姑苏区教育局", en="Gusu Education Bureau")),
    ("markets", DISTRICT, Name(zh="姑苏集贸市场经营公司", en="Gusu Market Company")),
)

STREET_CLEANING = "street-cleaning"
GREENING = "greening-works"
ROAD_WORKS = "road-works"
PROPERTY_SERVICES = "property-services"
CONTRACTORS = (
    (STREET_CLEANING, SANITATION, Name(zh="净街环卫保洁公司", en="Jingjie Street Cleaning Company")),
    (GREENING, "parks", Name(zh="绿塍园林养护公司", en="Lücheng Greening Works")),
    (ROAD_WORKS, "roads", Name(zh="坦途市政养护公司", en="Tantu Road Works")),
    (PROPERTY_SERVICES, "housing", Name(zh="邻里物业服务公司", en="Linli Property Services")),
)
"""Each below the department that hires it."""


def station_code(number: int) -> str:
    """The code of a sanitation station."""
    return f"{SANITATION}-{number:02d}"


def dial(number: int) -> str:
    """A telephone that cannot exist: no subscriber's number in China begins with 0."""
    return f"0512-0000-{number:04d}"
