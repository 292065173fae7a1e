"""Which streets are named roads, what they are called and how wide their class is. All names are made up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geo.wording import Name

RoadClass = Literal["arterial", "secondary", "branch", "alley"]


@dataclass(frozen=True, slots=True)
class NamedRoad:
    """A road of the plan."""

    name: Name
    road_class: RoadClass


def _road(zh: str, en: str, road_class: RoadClass) -> NamedRoad:
    return NamedRoad(Name(zh=zh, en=en), road_class)


ALONG_LINES: Mapping[tuple[str, str], NamedRoad] = {
    ("north_gate", "middle"): _road("拱辰北街", "Gongchen North Street", "arterial"),
    ("middle", "south_gate"): _road("拱辰南街", "Gongchen South Street", "arterial"),
    ("west_gate", "middle"): _road("宣和西街", "Xuanhe West Street", "arterial"),
    ("middle", "east_gate"): _road("宣和东街", "Xuanhe East Street", "arterial"),
    ("north_gate", "north_end"): _road("北望大道", "Beiwang Avenue", "arterial"),
    ("east_gate", "east_end"): _road("东晖大道", "Donghui Avenue", "arterial"),
    ("west_gate", "middle_lock"): _road("渡桥大街", "Duqiao Street", "arterial"),
    ("middle_lock", "west_end"): _road("西渚大道", "Xizhu Avenue", "arterial"),
    ("north_east_corner", "north_east_end"): _road("北塍大道", "Beicheng Avenue", "arterial"),
    ("upper_lock", "north_west_end"): _road("青冈路", "Qinggang Road", "secondary"),
    ("south_west_corner", "lower_lock"): _road("柳堰路", "Liuyan Road", "secondary"),
    ("lower_lock", "south_west_end"): _road("稻堰路", "Daoyan Road", "secondary"),
}
"""By the nodes between which they run; each parts two sub-districts."""

ALONG_STREETS: Mapping[int, NamedRoad] = {
    59: _road("桂枝街", "Guizhi Street", "secondary"),
    60: _road("灯笼巷", "Denglong Lane", "alley"),
    61: _road("白鹤街", "Baihe Street", "branch"),
    62: _road("豆市巷", "Doushi Lane", "alley"),
    216: _road("织锦街", "Zhijin Street", "secondary"),
    217: _road("打铜巷", "Datong Lane", "alley"),
    218: _road("石榴街", "Shiliu Street", "branch"),
    366: _road("梅坞街", "Meiwu Street", "secondary"),
    367: _road("纸坊巷", "Zhifang Lane", "alley"),
    368: _road("槐荫街", "Huaiyin Street", "branch"),
    515: _road("荷池街", "Hechi Street", "secondary"),
    516: _road("墨香巷", "Moxiang Lane", "alley"),
    517: _road("桑园街", "Sangyuan Street", "branch"),
    518: _road("染坊巷", "Ranfang Lane", "alley"),
    0: _road("芦花路", "Luhua Road", "secondary"),
    3: _road("苇塘路", "Weitang Road", "branch"),
    139: _road("长堤路", "Changdi Road", "secondary"),
    140: _road("菱角路", "Lingjiao Road", "branch"),
    335: _road("蒲苇路", "Puwei Road", "secondary"),
    453: _road("砚桥路", "Yanqiao Road", "secondary"),
    613: _road("泊舟路", "Bozhou Road", "secondary"),
    614: _road("棠梨路", "Tangli Road", "branch"),
    689: _road("松径路", "Songjing Road", "secondary"),
    692: _road("樵夫路", "Qiaofu Road", "branch"),
    760: _road("麦浪路", "Mailang Road", "secondary"),
    763: _road("纺车路", "Fangche Road", "branch"),
    764: _road("梭子路", "Suozi Road", "branch"),
    932: _road("南畈路", "Nanfan Road", "secondary"),
}
"""By the place of the street among all that were laid; each parts two communities of one sub-district."""

NOT_ROADS: Mapping[str, Name] = {
    "outline": Name(zh="区界", en="the district border"),
    "moat": Name(zh="护城河", en="the Moat"),
    "grand_canal": Name(zh="大运河", en="the Grand Canal"),
    "hill_stream": Name(zh="望山河", en="Wangshan Stream"),
    "south_east_river": Name(zh="东南塘", en="Dongnan River"),
}
"""Lines of the plan that are no streets."""

STRIP_WIDTHS_M: Mapping[RoadClass, Mapping[str, float]] = {
    "arterial": {"carriageway": 12.0, "green_belt": 6.0, "pavement": 4.0},
    "secondary": {"carriageway": 8.0, "green_belt": 4.0, "pavement": 3.0},
    "branch": {"carriageway": 5.0, "pavement": 2.5, "frontage": 2.5},
    "alley": {"carriageway": 2.5, "frontage": 2.0},
}
"""Of each side, from the middle outwards; the same widths stand in city.toml."""


def half_width_m(road_class: RoadClass) -> float:
    """Metres from the centreline to the outer edge of the outermost strip."""
    return sum(STRIP_WIDTHS_M[road_class].values())
