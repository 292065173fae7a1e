"""General rulings that are due: what was decided three times between two units need not be decided a fourth time."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, combinations, count

import numpy as np
import shapely
from shapely import MultiLineString, MultiPolygon

from geo.atlas import Atlas
from geo.claims import EVERY_CATEGORY
from geo.codes import CODE_LIMIT
from geo.errors import InvalidGeometry
from geo.register.borders import band_along
from geo.register.disputes import sheets_of
from geo.register.overlay import ground_on
from geo.register.roster import Roster
from geo.register.rulings import GroundKind, Ruling, RulingState
from geo.shape_door import ASKED_VERTICES
from geo.shapes import polygons_only
from geo.sheet import Sheet
from geo.wording import Name, Phrase

DUE_AFTER = 3
# Of the ground that is proposed a ruling may leave out so much and still cover it.
LEFT_OUT = 0.01

Basis = tuple[tuple[str, str], str]
"""A pair of units by code, and the major that their disputes are of."""

REASON = Phrase(
    zh="{first}与{second}之间的{branch}争议已裁定 {count} 次（{rulings}），其中 {won} 次由{unit}牵头，现定为一般规则",
    en="disputes between {first} and {second} over {branch} were decided {count} times ({rulings}), {won} of them for "
    "{unit}; this makes it the rule",
)
REASON_TIED = Phrase(
    zh="{first}与{second}之间的{branch}争议已裁定 {count} 次（{rulings}），胜出次数相同，牵头单位待定",
    en="disputes between {first} and {second} over {branch} were decided {count} times ({rulings}), and nobody is "
    "ahead; who leads is to be said",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A general ruling, drawn and filled in. `rests_on` are the ids of the rulings that it is drawn from.

    `lead` is who won most of them, None when several did. `line` is the whole border between the ground of the two,
    `ground` what lies within 10 m of it. Without a border in common there is no line, and the ground is that of the
    rulings together, or None, the whole city, where none of theirs is on the map.
    """

    id: str
    pair: tuple[str, str]
    branch: str
    rests_on: tuple[str, ...]
    lead: str | None
    line: MultiLineString | None
    ground: MultiPolygon | None
    reason: Name


def proposals(atlas: Atlas, roster: Roster, now: datetime) -> tuple[Proposal, ...]:
    """The general rulings that are due, by pair and major, drawn and filled in. `atlas` is the map without rulings."""
    return tuple(_drawn_up(atlas, roster, basis, rulings, now) for basis, rulings in due(atlas, roster, now))


def due(atlas: Atlas, roster: Roster, now: datetime, *, of: str | None = None) -> Iterator[tuple[Basis, list[Ruling]]]:
    """What a general ruling is due for, with the rulings that it rests on; with `of` only where that one is among them.

    Due after three decided rulings on some ground, none of them revoked or on a condition, between the same two units
    over one major; no longer once a ruling in force or to come for all of that major covers the ground that would be
    proposed.
    """
    for basis, rulings in sorted(_settled(atlas, roster).items()):
        if len(rulings) < DUE_AFTER or (of is not None and all(ruling.id != of for ruling in rulings)):
            continue
        general = [ruling for ruling in roster.rulings.values() if _is_for_all(ruling, basis[1], now)]
        # Drawn only for comparison: to look for the border takes a moment the first time.
        ground = _along_border(atlas, basis[0], rulings, now)[1] if general else None
        if not any(_covers(atlas, ruling, ground) for ruling in general):
            yield basis, rulings


def _settled(atlas: Atlas, roster: Roster) -> Mapping[Basis, list[Ruling]]:
    """The settled disputes on some ground, by pair of units and major; each by id."""
    settled: dict[Basis, list[Ruling]] = {}
    for _, ruling in sorted(roster.rulings.items()):
        if ruling.state is not RulingState.DECIDED or ruling.ground.kind is GroundKind.CITY or ruling.condition:
            continue
        majors = {_major(atlas, code) for code in ruling.categories if code != EVERY_CATEGORY}
        for first, second in combinations(sorted(set(ruling.between) & atlas.units.keys()), 2):
            for major in sorted(majors):
                settled.setdefault(((first, second), major), []).append(ruling)
    return settled


def _major(atlas: Atlas, code: str) -> str:
    return atlas.categories.chain(code)[-1] if code in atlas.categories.by_code else code


def _drawn_up(atlas: Atlas, roster: Roster, basis: Basis, rulings: Sequence[Ruling], now: datetime) -> Proposal:
    pair, branch = basis
    won = Counter(ruling.unit for ruling in rulings).most_common(2)
    lead = won[0][0] if len(won) == 1 or won[0][1] > won[1][1] else None
    line, ground = _along_border(atlas, pair, rulings, now)
    ids = tuple(ruling.id for ruling in rulings)
    first, second = (atlas.units[code].name for code in pair)
    known = atlas.categories.by_code.get(branch)
    values: dict[str, object] = {
        "first": first,
        "second": second,
        "branch": known.name if known else branch,
        "count": len(rulings),
        "rulings": Name(zh="、".join(ids), en=", ".join(ids)),
    }
    if lead is not None:
        unit = atlas.units[lead].name if lead in atlas.units else lead
        reason = REASON.name(**values, won=won[0][1], unit=unit)
    else:
        reason = REASON_TIED.name(**values)
    id_ = _free_id("/".join(("general", branch, *pair)), roster)
    return Proposal(id_, pair, branch, ids, lead, line, ground, reason)


def _free_id(id_: str, roster: Roster) -> str:
    """The id, with a number behind it where an earlier general ruling has it; a draft of it is to be replaced."""
    endings = chain(("",), (f"/{number}" for number in count(2)))
    ids = (f"{id_[: CODE_LIMIT - len(ending)]}{ending}" for ending in endings)
    return next(one for one in ids if one not in roster.rulings or roster.rulings[one].is_draft)


def _along_border(
    atlas: Atlas, pair: tuple[str, str], rulings: Sequence[Ruling], now: datetime
) -> tuple[MultiLineString | None, MultiPolygon | None]:
    """The border between the ground of two units with what lies along it; else the ground of the rulings together."""
    sheets = dict.fromkeys(sheet for ruling in rulings for sheet in sheets_of(atlas, ruling, now))
    lines = [line for sheet in sheets for line in _lines_between(sheet, pair)]
    if lines and shapely.get_num_coordinates(lines).sum() <= ASKED_VERTICES:
        merged = shapely.line_merge(shapely.union_all(lines))
        border = MultiLineString(list(shapely.get_parts(merged)))
        try:
            return border, band_along(border)
        except InvalidGeometry:
            pass  # too long a border to be one ruling
    grounds = [ground for ruling in rulings if (ground := ground_on(atlas, ruling.ground)) is not None]
    return None, polygons_only(shapely.union_all(grounds))


def _lines_between(sheet: Sheet, pair: tuple[str, str]) -> Iterator[MultiLineString]:
    """The lines with the one unit leading on their one side and the other on the other."""
    left, right = sheet.sides.of(np.arange(len(sheet.lines.geometries), dtype=np.int64))
    first, second = (np.array([unit in leading.units for leading in sheet.sides.keys], dtype=bool) for unit in pair)
    parting = (first[left] & second[right]) | (second[left] & first[right])
    yield from sheet.lines.geometries[parting & (left != right)]


def _is_for_all(ruling: Ruling, branch: str, now: datetime) -> bool:
    """Whether a ruling is for all of a major, and in force or to come."""
    is_over = ruling.schedule.valid_to is not None and ruling.schedule.valid_to <= now
    is_named = not {branch, EVERY_CATEGORY}.isdisjoint(ruling.categories)
    return is_named and ruling.state is RulingState.DECIDED and not is_over and ruling.condition is None


def _covers(atlas: Atlas, ruling: Ruling, proposed: MultiPolygon | None) -> bool:
    """Whether the ground of a ruling covers one that would be proposed (None: the whole city)."""
    if ruling.ground.kind is GroundKind.CITY:
        return True
    ground = ground_on(atlas, ruling.ground)
    if ground is None or proposed is None:
        return False
    return bool(shapely.difference(proposed, ground).area <= LEFT_OUT * proposed.area)
