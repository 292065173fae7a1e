"""How a place is said by another: thirty metres north of it, opposite it, beside it; and two roads that cross."""

import re
from dataclasses import dataclass
from typing import Literal

BEARINGS = {"北": 0, "东北": 45, "东": 90, "东南": 135, "南": 180, "西南": 225, "西": 270, "西北": 315}
COMPASS = {"north": 0, "northeast": 45, "east": 90, "southeast": 135, "south": 180, "southwest": 225, "west": 270}
COMPASS |= {"northwest": 315, "n": 0, "ne": 45, "e": 90, "se": 135, "s": 180, "sw": 225, "w": 270, "nw": 315}

WAY = r"正?(?P<way>东南|东北|西南|西北|东|南|西|北)"
LENGTH = r"(?P<number>\d+(?:\.\d+)?)[多来余几]?(?P<unit>米|公尺|m|公里|千米|km)"
WAY_EN = r"(?P<way>north ?east|north ?west|south ?east|south ?west|north|south|east|west|ne|nw|se|sw|n|s|e|w)"
LENGTH_EN = r"(?P<number>\d+(?:\.\d+)?) ?(?P<unit>m|metres?|meters?|km|kilometres?|kilometers?)"

AWAY = (
    re.compile(
        rf"(?P<base>.+?)的?[往向以朝]?{WAY}[侧边面方头部门口角向]*(?:大?约|大概|差不多)?{LENGTH}(?:处|左右|远|外|的?地方)*"
    ),
    re.compile(rf"(?:about )?{LENGTH_EN} (?:to the )?{WAY_EN} (?:of|from) (?P<base>.+)"),
    re.compile(rf"(?P<base>.+?),? (?:about )?{LENGTH_EN} (?:to the )?{WAY_EN}"),
)
THING = r"(?:的(?P<thing>\D{1,12}))?"  # 对面的小店: what stands there, seldom on the map
ASIDE = (
    re.compile(rf"(?P<base>.+?)的?{WAY}(?:侧|边|面|方|头|门|门口|大门|出口|入口|角)(?:外|处)?{THING}"),
    re.compile(rf"(?:to the |on the |just )?{WAY_EN}(?: side| gate| end)? of (?P<base>.+)"),
    re.compile(rf"(?P<base>.+?),? {WAY_EN} (?:side|gate|end)"),
)
ACROSS = (
    re.compile(rf"(?P<base>.+?)的?(?:正|斜)?(?:马路)?对(?:面|过|门|街|马路){THING}"),
    re.compile(r"(?:opposite|facing|across (?:the (?:road|street) )?from)(?: to| of)? (?P<base>.+)"),
    re.compile(r"(?P<base>.+?),? (?:opposite|across the (?:road|street))"),
)
BESIDE_M = 30.0
AT_DOOR_M = 10.0
BESIDE = (
    re.compile(
        r"(?P<base>.+?)的?(?:(?P<door>大?门口|门前|门外)|旁边?|附近|边上|隔壁|前面|后面|后门|周边|周围|一带|左右)"
        rf"{THING}"
    ),
    re.compile(r"(?:near|next to|beside|by|behind|close to|in front of|outside) (?:to )?(?P<base>.+)"),
)
CROSSED = re.compile(
    r"(?:的)?(?:交叉路口|交叉口|十字路口|丁字路口|交汇处?|交界处?|交会处?|相交处?|路口|街口|转角|拐角|红绿灯|口)$"
    r"|,? (?:intersection|crossing|crossroads|junction|corner)$"
)
CORNER = re.compile(r"^(?:the )?(?:corner|intersection|crossing|junction|crossroads) of ")
BETWEEN = re.compile(r"\s*(?:与|和|跟|同|及|、|/|&|\+|＆| and | at | x )\s*|(?<=[路街道巷弄])(?:到|靠近|近|交)")
ROAD_END = re.compile(r"大道|大街|胡同|路|街|巷|弄|里|道|桥|堤")


@dataclass(frozen=True, slots=True)
class Relation:
    """What was said of a base: how it lies to it, and how far in which direction, or how near at most beside it.

    `thing` is what is said to stand there.
    """

    base: str
    kind: Literal["away", "aside", "across", "beside"]
    bearing_deg: float = 0.0
    metres: float = 0.0
    way: str = ""
    thing: str = ""


def relation_in(text: str) -> Relation | None:
    """The relation that a tidied text states, None when it names a place outright."""
    for pattern in AWAY:
        if found := pattern.fullmatch(text):
            kilometres = found["unit"] in ("公里", "千米") or found["unit"].startswith("k")
            metres = float(found["number"]) * (1000.0 if kilometres else 1.0)
            return Relation(found["base"], "away", _bearing(found["way"]), metres, found["way"])
    for pattern in ASIDE:
        if found := pattern.fullmatch(text):
            return Relation(found["base"], "aside", _bearing(found["way"]), 0.0, found["way"], _thing(found))
    for pattern in ACROSS:
        if found := pattern.fullmatch(text):
            return Relation(found["base"], "across", thing=_thing(found))
    for pattern in BESIDE:
        if found := pattern.fullmatch(text):
            at_door = found.groupdict().get("door") is not None
            return Relation(found["base"], "beside", metres=AT_DOOR_M if at_door else BESIDE_M, thing=_thing(found))
    return None


def road_pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of road names that a tidied text may mean by a crossing, the likeliest split first."""
    inner = CORNER.sub("", text)
    # 东街口 without another road is a place of its own; the whole text is tried as a name elsewhere.
    pairs = []
    # The 街 of 街口 may be the end of the name: 宣和西街与渡桥大街口.
    for bare in dict.fromkeys((CROSSED.sub("", inner), inner.removesuffix("口"))):
        if len(parts := [part.strip() for part in BETWEEN.split(bare) if part]) == 2:
            pairs.append((parts[0], parts[1]))
        for end in ROAD_END.finditer(bare):
            if 1 < end.end() < len(bare) - 1:
                pairs.append((bare[: end.end()], bare[end.end() :]))
    return pairs


def _thing(found: re.Match[str]) -> str:
    return found.groupdict().get("thing") or ""


def _bearing(way: str) -> float:
    return float(BEARINGS[way] if way in BEARINGS else COMPASS[way.replace(" ", "")])
