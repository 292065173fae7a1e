"""What is drawn by hand: gates and corners, the canals and streets between them, and the quarters they enclose.

Metres east and north of the middle of the old town, before the whole plan is turned a little.
"""

from dataclasses import dataclass

from geo.wording import Name

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A canal or street from node to node; plain pairs of metres in between only bend it.

    `wobble_m` is how far it strays from its smooth course.
    """

    name: str
    path: tuple[str | Place, ...]
    wobble_m: float
    curved: bool


@dataclass(frozen=True, slots=True)
class Quarter:
    """A part of the sub-district with this code, between named lines; `nodes` go round it counter-clockwise.

    `axis` is a vector along which its streets run, before the plan is turned; `block_m2` the usual size of its blocks.
    """

    subdistrict: str
    nodes: tuple[str, ...]
    communities: int
    block_m2: float
    axis: Place


@dataclass(frozen=True, slots=True)
class Subdistrict:
    """A street office's area: three digits of code, and its name without 街道."""

    code: str
    name: Name


TURN = (0.9956, -0.0937)
"""Cosine and sine of the angle by which the plan is turned, as the old town is."""

DISTRICT = "320508"

SUBDISTRICTS = (
    Subdistrict("001", Name(zh="白洋湾", en="Baiyangwan")),
    Subdistrict("002", Name(zh="平江", en="Pingjiang")),
    Subdistrict("003", Name(zh="金阊", en="Jinchang")),
    Subdistrict("004", Name(zh="沧浪", en="Canglang")),
    Subdistrict("005", Name(zh="双塔", en="Shuangta")),
    Subdistrict("006", Name(zh="虎丘", en="Huqiu")),
    Subdistrict("007", Name(zh="苏锦", en="Sujin")),
    Subdistrict("008", Name(zh="吴门桥", en="Wumenqiao")),
)

NODES: dict[str, Place] = {
    "middle": (60.0, 40.0),
    "north_gate": (180.0, 2260.0),
    "east_gate": (1740.0, 180.0),
    "south_gate": (-60.0, -2330.0),
    "west_gate": (-1720.0, -60.0),
    "north_west_corner": (-1660.0, 1980.0),
    "north_east_corner": (1660.0, 2090.0),
    "south_east_corner": (1610.0, -2190.0),
    "south_west_corner": (-1730.0, -2060.0),
    "upper_lock": (-2980.0, 1330.0),
    "middle_lock": (-2860.0, -420.0),
    "lower_lock": (-2700.0, -2240.0),
    "canal_head": (-4860.0, 1820.0),
    "canal_mouth": (4560.0, -3330.0),
    "north_west_end": (-2060.0, 4320.0),
    "north_end": (360.0, 4290.0),
    "north_east_end": (4790.0, 2330.0),
    "east_end": (4760.0, -180.0),
    "south_east_end": (4900.0, -2330.0),
    "south_west_end": (-4850.0, -2480.0),
    "west_end": (-4730.0, -520.0),
}

LINES = (
    Line(
        "outline",
        (
            "canal_head",
            "west_end",
            (-4830.0, -1500.0),
            "south_west_end",
            (-4790.0, -3250.0),
            (-4330.0, -3980.0),
            (-3380.0, -4250.0),
            (-2100.0, -4160.0),
            (-700.0, -4400.0),
            (900.0, -4470.0),
            (2300.0, -4270.0),
            (3500.0, -4290.0),
            (4250.0, -3940.0),
            "canal_mouth",
            "south_east_end",
            (4700.0, -1250.0),
            "east_end",
            (4900.0, 1050.0),
            "north_east_end",
            (4760.0, 3280.0),
            (4380.0, 3980.0),
            (3620.0, 4290.0),
            (2050.0, 4180.0),
            "north_end",
            (-850.0, 4480.0),
            "north_west_end",
            (-3150.0, 4490.0),
            (-3980.0, 4330.0),
            (-4560.0, 3720.0),
            (-4790.0, 2820.0),
            "canal_head",
        ),
        wobble_m=26.0,
        curved=True,
    ),
    Line(
        "moat",
        (
            "north_gate",
            (-700.0, 2130.0),
            (-1400.0, 2160.0),
            "north_west_corner",
            (-1780.0, 1200.0),
            "west_gate",
            (-1690.0, -1100.0),
            "south_west_corner",
            (-1430.0, -2290.0),
            (-800.0, -2250.0),
            "south_gate",
            (800.0, -2390.0),
            (1390.0, -2370.0),
            "south_east_corner",
            (1780.0, -1100.0),
            "east_gate",
            (1700.0, 1200.0),
            "north_east_corner",
            (1380.0, 2300.0),
            (800.0, 2170.0),
            "north_gate",
        ),
        wobble_m=20.0,
        curved=True,
    ),
    Line(
        "grand_canal",
        (
            "canal_head",
            (-4000.0, 1500.0),
            "upper_lock",
            (-2790.0, 450.0),
            "middle_lock",
            (-2930.0, -1350.0),
            "lower_lock",
            (-2050.0, -3080.0),
            (-900.0, -3330.0),
            (900.0, -3280.0),
            (2700.0, -3500.0),
            "canal_mouth",
        ),
        wobble_m=18.0,
        curved=True,
    ),
    Line("north_south_street", ("north_gate", (110.0, 1150.0), "middle", (10.0, -1100.0), "south_gate"), 7.0, False),
    Line("east_west_street", ("west_gate", (-820.0, 30.0), "middle", (900.0, 80.0), "east_gate"), 7.0, False),
    Line("north_avenue", ("north_gate", (240.0, 3200.0), "north_end"), 9.0, False),
    Line("east_avenue", ("east_gate", (3200.0, -40.0), "east_end"), 9.0, False),
    Line("west_avenue", ("west_gate", (-2300.0, -300.0), "middle_lock", (-3800.0, -380.0), "west_end"), 9.0, False),
    Line("north_ring_road", ("north_east_corner", (2600.0, 2330.0), (3700.0, 2210.0), "north_east_end"), 11.0, False),
    Line("hill_stream", ("north_west_corner", (-2160.0, 1770.0), (-2560.0, 1390.0), "upper_lock"), 22.0, True),
    Line("tiger_road", ("upper_lock", (-2620.0, 2500.0), (-2330.0, 3400.0), "north_west_end"), 12.0, True),
    Line("south_east_river", ("south_east_corner", (2700.0, -2180.0), (3800.0, -2420.0), "south_east_end"), 24.0, True),
    Line("south_west_road", ("south_west_corner", "lower_lock", (-3800.0, -2330.0), "south_west_end"), 12.0, False),
)

STRAIGHT = (1.0, 0.0)

QUARTERS = (
    Quarter("001", ("canal_head", "upper_lock", "north_west_end"), 6, 106_000.0, (0.94, -0.34)),
    Quarter("002", ("middle", "east_gate", "north_east_corner", "north_gate"), 5, 42_000.0, STRAIGHT),
    Quarter("002", ("east_gate", "east_end", "north_east_end", "north_east_corner"), 4, 92_000.0, (1.0, 0.03)),
    Quarter("003", ("middle", "north_gate", "north_west_corner", "west_gate"), 4, 44_000.0, STRAIGHT),
    Quarter("003", ("west_gate", "north_west_corner", "upper_lock", "middle_lock"), 2, 66_000.0, (0.99, 0.1)),
    Quarter("003", ("middle_lock", "upper_lock", "canal_head", "west_end"), 2, 118_000.0, (0.98, -0.18)),
    Quarter("004", ("middle", "west_gate", "south_west_corner", "south_gate"), 4, 44_000.0, STRAIGHT),
    Quarter("004", ("west_gate", "middle_lock", "lower_lock", "south_west_corner"), 2, 66_000.0, (1.0, -0.05)),
    Quarter("004", ("middle_lock", "west_end", "south_west_end", "lower_lock"), 2, 118_000.0, (1.0, 0.06)),
    Quarter("005", ("middle", "south_gate", "south_east_corner", "east_gate"), 5, 43_000.0, STRAIGHT),
    Quarter("005", ("east_gate", "south_east_corner", "south_east_end", "east_end"), 4, 90_000.0, (1.0, -0.04)),
    Quarter(
        "006",
        ("north_gate", "north_end", "north_west_end", "upper_lock", "north_west_corner"),
        communities=6,
        block_m2=90_000.0,
        axis=(0.95, 0.31),
    ),
    Quarter("007", ("north_gate", "north_east_corner", "north_east_end", "north_end"), 6, 100_000.0, (1.0, 0.09)),
    Quarter(
        "008",
        ("south_west_corner", "lower_lock", "canal_mouth", "south_east_end", "south_east_corner", "south_gate"),
        communities=4,
        block_m2=88_000.0,
        axis=(1.0, -0.06),
    ),
    Quarter("008", ("lower_lock", "south_west_end", "canal_mouth"), 4, 122_000.0, (0.99, -0.1)),
)
