"""How many sites of which type, how large, and what they are called. All names are made up."""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.sites import Governance
from geo.wording import Name


@dataclass(frozen=True, slots=True)
class SiteType:
    """A type of site: how many, and the shortest and longest side in metres; `border` counts those on a border.

    `unit` and `principal` are codes of departments; without a unit the community answers inside.
    """

    code: str
    name: Name
    count: int
    side_m: tuple[float, float]
    halo_m: float
    unit: str | None = None
    principal: str | None = None
    border: int = 0


MARKET = SiteType("market", Name(zh="市场", en="Market"), 6, (80.0, 140.0), 30.0, "markets", "markets")
BACK_ALLEY = SiteType("back_alley", Name(zh="背巷", en="Back Alley"), 20, (7.0, 9.0), 0.0)
OTHER_TYPES = (
    SiteType("park", Name(zh="公园", en="Park"), 12, (80.0, 150.0), 20.0, "parks", "parks", border=4),
    SiteType("station", Name(zh="车站", en="Station"), 8, (40.0, 70.0), 50.0, "transport", "transport"),
    SiteType("estate", Name(zh="新村", en="Estate"), 40, (150.0, 300.0), 10.0, border=3),
    SiteType("school", Name(zh="小学", en="Primary School"), 16, (70.0, 130.0), 50.0, "education", "education"),
    SiteType("mall", Name(zh="商场", en="Mall"), 8, (60.0, 110.0), 20.0),
    SiteType("construction_site", Name(zh="工地", en="Construction Site"), 10, (60.0, 140.0), 20.0, "housing"),
)

GOVERNANCE = (Governance.ENTRUSTED, Governance.TAKEN_OVER, Governance.SELF_GOVERNED)
"""Of the estates, in turn: run by a property company, by the street office, or by the people who live there."""

FIRST = (
    ("青", "Qing"), ("云", "Yun"), ("柳", "Liu"), ("荷", "He"), ("菱", "Ling"), ("棠", "Tang"),
    ("松", "Song"), ("芦", "Lu"), ("桑", "Sang"), ("橘", "Ju"), ("稻", "Dao"),
)  # fmt: skip
SECOND = (
    ("溪", "xi"), ("桥", "qiao"), ("泾", "jing"), ("湾", "wan"), ("渚", "zhu"), ("塍", "cheng"),
    ("坞", "wu"), ("浦", "pu"), ("汀", "ting"), ("埭", "dai"), ("墩", "dun"), ("圩", "wei"),
)  # fmt: skip


def invent_names() -> Iterator[Name]:
    """Place names of two syllables, every pair once: the two lists have no common factor in their lengths."""
    for number in range(len(FIRST) * len(SECOND)):
        (first_zh, first_en), (second_zh, second_en) = FIRST[number % len(FIRST)], SECOND[number % len(SECOND)]
        yield Name(zh=first_zh + second_zh, en=first_en + second_en)
