"""Types of sites (点位类型): the usual ones with their names, and the words that files have for them."""

from collections.abc import Mapping
from types import MappingProxyType

from geo.wording import Name

UNTYPED = "other"

SITE_TYPES: Mapping[str, Name] = MappingProxyType(
    {
        "market": Name(zh="农贸市场", en="Market"),
        "estate": Name(zh="小区", en="Estate"),
        "estate_unmanaged": Name(zh="无物业小区", en="Estate without a property company"),
        "back_alley": Name(zh="背街小巷", en="Back alley"),
        "park": Name(zh="公园", en="Park"),
        "square": Name(zh="广场", en="Square"),
        "school": Name(zh="学校", en="School"),
        "hospital": Name(zh="医院", en="Hospital"),
        "station": Name(zh="车站", en="Station"),
        "mall": Name(zh="商场超市", en="Mall"),
        "hotel": Name(zh="宾馆饭店", en="Hotel"),
        "restaurant": Name(zh="餐饮店", en="Restaurant"),
        "scenic_spot": Name(zh="景区", en="Scenic spot"),
        "public_toilet": Name(zh="公共厕所", en="Public toilet"),
        "construction_site": Name(zh="建筑工地", en="Construction site"),
        "community_centre": Name(zh="社区服务中心", en="Community centre"),
        UNTYPED: Name(zh="其他", en="Other"),
    }
)
ALSO_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "菜场": "market", "菜市场": "market", "集贸市场": "market", "市场": "market",
        "居民小区": "estate", "住宅小区": "estate", "物业小区": "estate",
        "三无小区": "estate_unmanaged", "无物业": "estate_unmanaged", "老旧小区": "estate_unmanaged",
        "背街": "back_alley", "小巷": "back_alley", "背巷": "back_alley",
        "校园": "school", "汽车站": "station", "火车站": "station", "地铁站": "station",
        "商场": "mall", "超市": "mall", "商超": "mall", "宾馆": "hotel", "酒店": "hotel", "饭店": "restaurant",
        "工地": "construction_site", "公厕": "public_toilet", "景点": "scenic_spot",
    }
)  # fmt: skip
"""What else files call them."""


def type_of(text: str, own: Mapping[str, Name]) -> str:
    """The code of the type that a text names: a code or a name of the city's own types, then of the usual ones.

    A text that names none stays as it is.
    """
    for types in (own, SITE_TYPES):
        for code, name in types.items():
            if text in (code, name.zh) or text.lower() in (code, (name.en or code).lower()):
                return code
    return ALSO_CALLED.get(text, text)


def is_known(code: str, own: Mapping[str, Name]) -> bool:
    """Whether it is one of the city's own types or of the usual ones."""
    return code in own or code in SITE_TYPES


def type_name(code: str, own: Mapping[str, Name]) -> Name:
    """What a type is called; a type that nobody knows by its own text."""
    return own.get(code) or SITE_TYPES.get(code) or Name(zh=code, en=code)
