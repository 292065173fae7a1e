"""Who disputes a place that is ruled on, and who arbitrates between them."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from geo.atlas import Atlas
from geo.claims import EVERY_CATEGORY
from geo.errors import InvalidGeometry
from geo.portions import Piece, pieces_of
from geo.posts import Post, SubjectKind
from geo.register.overlay import ground_on, overlaid
from geo.register.roster import Roster
from geo.register.rulings import GroundKind, Ruling
from geo.shares import contesting, to_thousandths
from geo.sheet import Sheet
from geo.units import chain_upwards, coordinator_of, headquarters_of

# Each one is asked for every piece of the ground.
SHEETS_AT_MOST = 16


def at_odds(atlas: Atlas, roster: Roster, ruling: Ruling, moment: datetime) -> tuple[str, ...]:
    """The units that a ruling decides between, by code: the one it names, and who leads its ground without it.

    `roster` is the register before the ruling. Of several that lead some of the ground only the fewest that hold 95 %
    of what is claimed there count, as in a contested answer. None for the whole city, for ground that the map does not
    have, and for ground with too many borders to be cut in a moment.
    """
    ground = ground_on(atlas, ruling.ground)
    if ground is None:
        return ()
    over = overlaid(atlas, roster)
    try:
        pieces = pieces_of(over, ground)
    except InvalidGeometry:
        return ()
    leading = {unit for sheet in sheets_of(over, ruling, moment) for unit in _leading(sheet, pieces)}
    return tuple(sorted({ruling.unit, *leading}))


def _leading(sheet: Sheet, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The fewest units that lead 95 % of what is claimed of a ground that is cut into pieces."""
    held: dict[str, Fraction] = {}
    for piece in pieces:
        units = sheet.outcome(piece.cover).units
        for unit in units:
            held[unit] = held.get(unit, Fraction(0)) + piece.measure / len(units)
    total = sum((piece.measure for piece in pieces), Fraction(0))
    units = tuple(sorted(held, key=lambda unit: (-held[unit], unit)))
    if total == 0:
        return units
    claimed = [held[unit] / total for unit in units]
    *shares, nobody = to_thousandths([*claimed, 1 - sum(claimed)])
    return units[: contesting(shares, nobody=nobody)]


def sheets_of(atlas: Atlas, ruling: Ruling, moment: datetime) -> tuple[Sheet, ...]:
    """Who leads for each of a ruling's first categories; those that nobody tells apart are one."""
    codes = [None if code == EVERY_CATEGORY else code for code in ruling.categories]
    known = [code for code in codes if code is None or not atlas.categories.by_code or code in atlas.categories.by_code]
    return tuple(dict.fromkeys(atlas.sheet(code, moment) for code in known[:SHEETS_AT_MOST]))


def arbiter_of(atlas: Atlas, ruling: Ruling) -> Post | None:
    """The post that decides between the units of a ruling: the first one of their coordinator.

    Where the coordinator has no post, of the nearest unit above it that has one; None where there is none either. The
    whole city's rulings are headquarters' to decide.
    """
    between = [code for code in ruling.between if code in atlas.units]
    if ruling.ground.kind is GroundKind.CITY or not between:
        unit = headquarters_of(atlas.units)
    else:
        unit = coordinator_of(between, atlas.units)
    for code in chain_upwards(unit.code, atlas.units):
        for post in atlas.posts.for_subject(SubjectKind.UNIT, code):
            if post.unit == code:
                return post
    return None
