"""The administrative scheme: blocks make communities, these sub-districts, these the district."""

from collections.abc import Iterable
from itertools import pairwise

from geo.wording import Name
from samples.gusu_maker.areas import DrawnArea, in_read_order, write_numeral
from samples.gusu_maker.blocks import cut_into
from samples.gusu_maker.dice import cast_dice
from samples.gusu_maker.lines import Stretches, turn
from samples.gusu_maker.mesh import Mesh, Ring, dissolve
from samples.gusu_maker.plan import DISTRICT, SUBDISTRICTS, Quarter, Subdistrict

Tiers = dict[str, tuple[DrawnArea, ...]]
"""Areas by level, coarse first."""


def draw_admin(mesh: Mesh, quarters: Iterable[Quarter], stretches: Stretches) -> Tiers:
    """The four levels of the scheme; every border of a level is made of the edges of the level below."""
    blocks: dict[str, dict[Ring, list[Ring]]] = {subdistrict.code: {} for subdistrict in SUBDISTRICTS}
    for quarter in quarters:
        blocks[quarter.subdistrict].update(cut_quarter(mesh, quarter, stretches))
    subdistricts: list[DrawnArea] = []
    communities: list[DrawnArea] = []
    cells: list[DrawnArea] = []
    for subdistrict in SUBDISTRICTS:
        code = DISTRICT + subdistrict.code
        rings = dissolve(blocks[subdistrict.code])
        subdistricts.append(DrawnArea(code, name_subdistrict(subdistrict), rings, parent=DISTRICT, unit=code))
        for number, community in in_read_order(mesh, tuple(blocks[subdistrict.code])):
            drawn = draw_community(subdistrict, number, community)
            communities.append(drawn)
            for sequence, ring in in_read_order(mesh, blocks[subdistrict.code][community]):
                cells.append(draw_cell(drawn, sequence, ring))
    outline = dissolve(ring for area in subdistricts for ring in area.rings)
    district = DrawnArea(DISTRICT, Name(zh="姑苏区", en="Gusu District"), outline, parent=None, unit=DISTRICT)
    return {
        "district": (district,),
        "subdistrict": tuple(subdistricts),
        "community": tuple(communities),
        "cell": tuple(cells),
    }


def cut_quarter(mesh: Mesh, quarter: Quarter, stretches: Stretches) -> dict[Ring, list[Ring]]:
    """The quarter's communities, each with its blocks."""
    nodes = (*quarter.nodes, quarter.nodes[0])
    ring = tuple(vertex for start, end in pairwise(nodes) for vertex in stretches[start, end][:-1])
    dice = cast_dice(f"quarter {' '.join(quarter.nodes)}")
    axis = turn(quarter.axis)
    communities = cut_into(mesh, ring, count=quarter.communities, axis=axis, dice=dice)
    return {
        community: cut_into(
            mesh, community, count=round(mesh.area_m2(community) / quarter.block_m2), axis=axis, dice=dice
        )
        for community in communities
    }


def name_subdistrict(subdistrict: Subdistrict) -> Name:
    """The sub-district's name as an area."""
    return Name(zh=f"{subdistrict.name.zh}街道", en=f"{subdistrict.name.en} Sub-district")


def draw_community(subdistrict: Subdistrict, number: int, ring: Ring) -> DrawnArea:
    """The area of a community."""
    parent = DISTRICT + subdistrict.code
    code = f"{parent}{number:03d}"
    zh, en = subdistrict.name.zh, subdistrict.name.en
    name = Name(zh=f"{zh}第{write_numeral(number)}社区", en=f"{en} Community {number}")
    return DrawnArea(code, name, (ring,), parent=parent, unit=code)


def draw_cell(community: DrawnArea, sequence: int, ring: Ring) -> DrawnArea:
    """The area of a cell; responsible is its community."""
    name = Name(zh=f"{community.name.zh}{sequence}号网格", en=f"{community.name.en}, Cell {sequence}")
    return DrawnArea(f"{community.code}{sequence:03d}", name, (ring,), parent=community.code, unit=community.code)
