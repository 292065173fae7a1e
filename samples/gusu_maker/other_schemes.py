"""Two further schemes over the same blocks: the grid of one sub-district, and sanitation across all of them."""

from collections.abc import Iterable

from geo.wording import Name
from samples.gusu_maker.admin import Tiers
from samples.gusu_maker.areas import DrawnArea, in_read_order, write_numeral
from samples.gusu_maker.dice import cast_dice
from samples.gusu_maker.gathering import gather
from samples.gusu_maker.mesh import Mesh, Ring, dissolve
from samples.gusu_maker.units import STATIONS, station_code

GRID_SUBDISTRICT = "320508005"
SUBGRIDS_A_GROUP = (3, 3, 3, 4, 4, 4)
"""From the smallest group to the largest."""


def draw_grid(mesh: Mesh, admin: Tiers) -> Tiers:
    """The grid groups (网格片) of Shuangta and their sub-grids (子网格), which together fill the sub-district."""
    blocks = [ring for cell in admin["cell"] if cell.code.startswith(GRID_SUBDISTRICT) for ring in cell.rings]
    members = gather(mesh, blocks, count=len(SUBGRIDS_A_GROUP), dice=cast_dice("grid groups"))
    by_outline = {outline(group): group for group in members}
    by_extent = sorted(by_outline, key=mesh.area_m2)
    groups: list[DrawnArea] = []
    subgrids: list[DrawnArea] = []
    for number, ring in in_read_order(mesh, tuple(by_outline)):
        code = f"SG{number}"
        name = Name(zh=f"双塔第{write_numeral(number)}网格片", en=f"Shuangta Grid Group {number}")
        groups.append(DrawnArea(code, name, (ring,), parent=None, unit=GRID_SUBDISTRICT))
        count = SUBGRIDS_A_GROUP[by_extent.index(ring)]
        parts = gather(mesh, by_outline[ring], count=count, dice=cast_dice(f"sub-grids of {code}"))
        for sequence, part in in_read_order(mesh, [outline(part) for part in parts]):
            part_code = f"{code}-{sequence:02d}"
            part_name = Name(zh=f"{name.zh}{sequence}号子网格", en=f"{name.en}, Sub-grid {sequence}")
            subgrids.append(DrawnArea(part_code, part_name, (part,), parent=code, unit=GRID_SUBDISTRICT))
    return {"group": tuple(groups), "subgrid": tuple(subgrids)}


def draw_sanitation(mesh: Mesh, admin: Tiers) -> Tiers:
    """The areas of the sanitation stations, which follow streets and no administrative border."""
    blocks = [ring for cell in admin["cell"] for ring in cell.rings]
    members = gather(mesh, blocks, count=STATIONS, dice=cast_dice("sanitation"))
    return {
        "area": tuple(
            DrawnArea(
                code=f"HW{number:02d}",
                name=Name(zh=f"环卫{write_numeral(number)}所责任区", en=f"Sanitation Area {number}"),
                rings=(ring,),
                parent=None,
                unit=station_code(number),
            )
            for number, ring in in_read_order(mesh, [outline(group) for group in members])
        )
    }


def outline(rings: Iterable[Ring]) -> Ring:
    """The one ring around a group; a group around a foreign block is refused."""
    (ring,) = dissolve(rings)
    return ring
