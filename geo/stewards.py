"""Who must answer when something is said to be wrong: whoever keeps the data there right (数据维护单位)."""

from geo.atlas import Atlas
from geo.determination import Determination
from geo.discrepancies import Kind
from geo.model import Unit


def stewards_of(atlas: Atlas, answer: Determination, kind: Kind) -> tuple[Unit, ...]:
    """The stewards of the finest territorial areas that hold the position, by code; else their units.

    For a wrong contact it is the lead's own unit; where no area has either, headquarters. Never empty.
    """
    if kind is Kind.CONTACT_INCORRECT and answer.lead is not None:
        return (answer.lead.unit,)
    scheme = _territory(atlas, answer.category)
    levels = [level for code, level in atlas.level_names if code == scheme]
    for level in reversed(levels):
        here = (area for area in answer.areas if (area.scheme, area.level) == (scheme, level))
        codes = {code for area in here if (code := area.steward or area.unit) is not None}
        if codes:
            return tuple(atlas.units[code] for code in sorted(codes))
    return (atlas.headquarters,)


def _territory(atlas: Atlas, category: str | None) -> str:
    """The scheme that is the territory for a category."""
    by_branch = atlas.city.policy.territory_by_branch
    chain = atlas.categories.chain(category) if category is not None and atlas.categories.by_code else ()
    return next((by_branch[code] for code in chain if code in by_branch), atlas.city.territory)
