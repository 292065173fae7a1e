"""[[checkpoints]]: files of sites, with the unit that answers for each and the halo around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import numpy as np
import shapely

from geo.codes import name_of
from geo.datum import Datum
from geo.findings import find, say_rows
from geo.model import MANAGER, Area, Finding, Policy, Scheme, Unit, fallback_level_of
from geo.site_types import UNTYPED, is_known, type_of
from geo.sites import Checkpoint, Governance
from geo.sources.description import CHECKPOINT_FIELDS, CheckpointSource
from geo.sources.entries import Entry, read_entries, united
from geo.sources.limits import Limits
from geo.sources.rows import metres, word_of
from geo.sources.toml_files import HALO_LIMIT_M
from geo.strips import halo_of
from geo.wording import Name

GOVERNANCE: Mapping[str, Governance] = MappingProxyType(
    {way.value: way for way in Governance}
    | {"托管": Governance.ENTRUSTED, "接管": Governance.TAKEN_OVER, "自管": Governance.SELF_GOVERNED}
)


@dataclass(frozen=True, slots=True)
class PlacedSite:
    """A site and where it was first read. Its unit and principal are as the file says, not yet known to exist."""

    site: Checkpoint
    file: str
    row: int | None


def read_checkpoints(
    source: CheckpointSource, *, city_datum: Datum | None, limits: Limits
) -> tuple[list[tuple[Entry, float]], list[Finding]]:
    """The features of a file with the metres of halo that hold where they say nothing, and what is wrong."""
    entries, findings = read_entries(source.layer, city_datum=city_datum, limits=limits)
    return [(entry, source.halo_m) for entry in entries], findings


def place_sites(
    features: Sequence[tuple[Entry, float]], own_types: Mapping[str, Name]
) -> tuple[list[PlacedSite], list[Finding]]:
    """One site for each code, by code, and what is wrong with them; `own_types` are the city's own."""
    usual_m = {entry.code: halo_m for entry, halo_m in reversed(features)}
    sites, findings = [], []
    for entry, troubles in united([entry for entry, _ in features], CHECKPOINT_FIELDS):
        row, texts = entry.row, entry.texts
        halo_m = row.parsed("halo_m", partial(metres, limit_m=HALO_LIMIT_M), usual_m[entry.code])
        site = Checkpoint(
            code=entry.code,
            name=name_of(texts.get("name", entry.code), texts.get("name_en")),
            type=type_of(texts.get("type", UNTYPED), own_types),
            inner=entry.boundary,
            halo=halo_of(entry.boundary, halo_m=halo_m) if halo_m > 0.0 else None,
            halo_m=halo_m,
            unit=texts.get("unit"),
            principal=texts.get("principal"),
            governance=row.parsed("governance", word_of(GOVERNANCE), None),
            manager=texts.get("manager"),
        )
        sites.append(PlacedSite(site, row.source.file, row.number))
        findings += [*troubles, *row.findings]
    return sites, findings + _types_unknown(sites, own_types)


def _types_unknown(sites: Sequence[PlacedSite], own_types: Mapping[str, Name]) -> list[Finding]:
    """A notice for each type that neither the city nor anybody else knows."""
    rows_of: dict[tuple[str, str], list[int | None]] = {}
    for placed in sites:
        if not is_known(placed.site.type, own_types):
            rows_of.setdefault((placed.file, placed.site.type), []).append(placed.row)
    return [
        find("unknown-site-type", source=file, row=rows[0], value=value, count=len(rows), rows=say_rows(rows))
        for (file, value), rows in rows_of.items()
    ]


def keep_sites(
    placed_sites: Sequence[PlacedSite],
    units: Mapping[str, Unit],
    territory: Scheme,
    areas: Sequence[Area],
    policy: Policy,
) -> tuple[list[Checkpoint], list[Finding]]:
    """The sites with the units that answer for them, and what is wrong with these.

    A site that names no unit is kept as its governance says: by its manager, or by the territory at a place inside it;
    without governance by the finest territory: what nobody runs belongs to the territory. Of areas over each other the
    lowest code counts.
    """
    levels = [level.code for level in territory.levels]
    rule = {Governance.TAKEN_OVER.value: fallback_level_of(policy, levels), **policy.governance}
    unit_at = _territory_at(levels, [area for area in areas if area.scheme == territory.code])
    sites, findings = [], []
    for placed in placed_sites:
        site = placed.site
        findings += [
            find("unknown-unit", source=placed.file, row=placed.row, code=site.code, unit=unit)
            for unit in dict.fromkeys((site.unit, site.principal, site.manager))
            if unit is not None and unit not in units
        ]
        answers = rule.get(site.governance) if site.governance is not None else None
        keeper = unit_at(site.inner, levels[-1] if answers in (None, MANAGER) else answers)
        if keeper is None:
            findings.append(find("site-outside-city", source=placed.file, row=placed.row, code=site.code))
        if site.governance is Governance.ENTRUSTED and site.manager is None:
            findings.append(find("entrusted-without-manager", source=placed.file, row=placed.row, code=site.code))
        manager = site.manager if answers == MANAGER else None
        sites.append(replace(site, unit=site.unit or manager or keeper))
    return sites, findings


def _territory_at(levels: Sequence[str], areas: Sequence[Area]) -> Callable[[shapely.Geometry, str], str | None]:
    """Says the unit of the territorial area of a level at a place inside a ground.

    Where no area of the level has a unit, the finest that has one; None outside all of them.
    """
    fine_first = list(reversed(levels))
    kept = [area for area in areas if area.unit is not None]
    kept.sort(key=lambda area: (fine_first.index(area.level), area.code))
    tree = shapely.STRtree(np.array([area.boundary for area in kept], dtype=object))

    def unit_at(ground: shapely.Geometry, level: str) -> str | None:
        covering = sorted(tree.query(shapely.point_on_surface(ground), predicate="intersects").tolist())
        at_level = [number for number in covering if kept[number].level == level]
        return kept[(at_level or covering)[0]].unit if covering else None

    return unit_at
