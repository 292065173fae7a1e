"""What an answer says of the grounds that it stands on, wherever on them the position is: worked out once, and kept.

It follows from the sheet, the set of grounds, the register, who leads and whom to send, and it holds for a while: until
the first change of a claim or a post on these grounds.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from geo.atlas import Atlas
from geo.caveats import missing_of
from geo.claims import Claim, Origin
from geo.determination import AtSite, Staffing
from geo.index import Cover
from geo.ladder.here import Here
from geo.model import Area, Unit
from geo.register.roster import Roster
from geo.register.rulings import Permit
from geo.sheet import Sheet
from geo.staffing import staff
from geo.standing import Standing


@dataclass(frozen=True, slots=True)
class Grounded:
    """Holds at moments in [`since`, `until`). `change` is the first one after them that is known, None for none.

    `words` are kept with it for answers that follow from it alone: see `Determination`.
    """

    areas: tuple[Area, ...]
    checkpoints: tuple[AtSite, ...]
    territory: Unit | None
    others: tuple[Claim, ...]
    permit: Permit | None
    staffing: Staffing
    missing: tuple[str, ...]
    change: datetime | None
    since: datetime
    until: datetime
    words: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


def grounded(
    atlas: Atlas, sheet: Sheet, roster: Roster, at: datetime, *, home: Cover, cover: Cover, standing: Standing
) -> Grounded:
    """What the grounds say at a moment. `home` holds the coordinates, `cover` the caller, by what they saw."""
    lead = standing.candidates[0] if standing.candidates else None
    claim = lead.claim.id if lead and lead.claim else None
    # Not the standing itself: shares differ from position to position, and nothing here follows from them.
    key = (sheet, roster, home, cover, lead and lead.unit.code, claim, standing.next_unit.code, standing.do)
    known: Grounded | None = atlas.grounded.get(key)
    if known is None or not known.since <= at < known.until:
        known = _grounded(atlas, sheet, roster, at, home, cover, standing)
        atlas.grounded.put(key, known)
    return known


def _grounded(
    atlas: Atlas, sheet: Sheet, roster: Roster, at: datetime, home: Cover, cover: Cover, standing: Standing
) -> Grounded:
    here = sheet.here(cover)
    lead = standing.candidates[0] if standing.candidates else None
    outcome = atlas.territorial.outcome(cover)
    territory = atlas.units[outcome.leads[0].unit] if outcome.leads else None
    staffing = staff(
        atlas,
        roster,
        cover,
        at,
        lead=lead.unit if lead else None,
        claim=lead.claim if lead else None,
        next_unit=standing.next_unit,
        territory=territory,
    )
    changes = [claim.next_change(at, atlas.zone) for claim in here.named()]
    changes += [duty.until for duty in staffing.everybody]
    change = min((change for change in changes if change is not None), default=None)
    return Grounded(
        areas=atlas.areas_of(home),
        checkpoints=atlas.sites_of(home),
        territory=territory,
        # The sheet without a category is shared by all moments.
        others=tuple(claim for claim in here.others() if claim.holds_at(at, atlas.zone)),
        permit=_permit(here, standing, roster),
        staffing=staffing,
        missing=missing_of(standing.next_unit, standing.candidates, staffing),
        change=change,
        since=at,
        until=_same_day_until(at, change, atlas.zone),
    )


def _permit(here: Here, standing: Standing, roster: Roster) -> Permit | None:
    """The permit that decides who leads, else the one here that ends last; until then nothing is to be done."""
    lead = standing.candidates[0].claim if standing.candidates else None
    hits = (hit.claim for hit in here.from_register(Origin.PERMIT))
    claims = sorted(hits, key=lambda claim: (claim.valid_to, claim.id))
    if lead is not None and (lead in claims or (lead.origin is Origin.PERMIT and standing.do == "dispatch")):
        claims = [lead]
    return roster.permits[claims[-1].id.partition(":")[2]] if claims else None


def _same_day_until(at: datetime, change: datetime | None, zone: ZoneInfo) -> datetime:
    """Until when nothing that was worked out at a moment is another.

    Changes by the hour are looked for to the end of the next day, so on the same day of the city's calendar the same
    ones are found, up to the first of them. On a day when clocks are set, nothing is kept.
    """
    local = at.astimezone(zone)
    if local.date() == date.max:  # the calendar has no day after it
        return at
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
    if midnight.utcoffset() != local.utcoffset():
        return at
    tomorrow = midnight.astimezone(UTC)
    return tomorrow if change is None else min(tomorrow, change)
