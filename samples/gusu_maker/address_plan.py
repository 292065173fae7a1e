"""How houses are numbered, and what people call some places. All names are made up."""

from collections.abc import Mapping

from samples.gusu_maker.road_plan import RoadClass

FRONT_M: Mapping[RoadClass, float] = {"arterial": 14.0, "secondary": 11.0, "branch": 8.0, "alley": 6.0}
"""Mean width of a house along the road, by the class of the road; each house takes the next number of its side."""

REGISTERED_EVERY_M = 150.0
"""Metres of frontage to one house that the register knows; the others have a number that nobody wrote down."""

BUILDING_EVERY_M = (58.0, 46.0)
"""Along and across the rows of an estate, from the middle of one building to the next."""

CALLED: Mapping[str, str] = {
    "P-001": "大菜场",
    "P-003": "北货行",
    "P-006": "南门菜场",
    "P-027": "大水车公园；水车广场",
    "P-030": "动物角",
    "P-033": "老苗圃",
    "P-036": "鸽子广场",
    "P-039": "西头汽车站",
    "P-041": "长途站",
    "P-045": "老南站",
    "P-047": "纱厂宿舍",
    "P-052": "机床厂宿舍；机床新村",
    "P-060": "邮电大院",
    "P-074": "丝绸工房",
    "P-087": "第一实小",
    "P-093": "师范附小",
    "P-099": "育红小学",
    "P-103": "老百货",
    "P-104": "第二百货；二百",
    "P-106": "电子城",
    "P-108": "灯具城",
    "P-110": "家具城",
    "P-111": "烂尾楼",
    "P-115": "老茶厂",
}
"""What people call sites, by the code of the site; some are called two things."""
