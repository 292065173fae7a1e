"""Everything that differs between two states of a map, at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.atlas import Atlas
from geo.diff.ground import GroundChange, ground_changes
from geo.diff.things import FieldChange, ThingChange, setting_changes, thing_changes
from geo.golden import GoldenPlace
from geo.golden_run import Answered, try_golden
from geo.model import CityMap, Edition
from geo.register.overlay import not_on, overlaid
from geo.register.roster import Roster
from geo.resolve import Moment


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """A golden place that is answered otherwise after than before; it `holds` where it says so itself.

    A place that one state alone has is asked in both. `is_dropped`: it stands no more in the later one.
    """

    place: GoldenPlace
    before: Answered
    after: Answered
    holds: bool
    is_dropped: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes from one edition to another (or to the draft), with the register as it stands.

    `blocked` are entries of the register whose place is gone (`ruling:…`, `permit:…`, `post:…`): they block the
    publishing. `editions` are all that are published.
    """

    before: Atlas
    after: Atlas
    at: datetime
    ground: tuple[GroundChange, ...]
    things: tuple[ThingChange, ...]
    settings: tuple[FieldChange, ...]
    golden: tuple[GoldenChange, ...]
    blocked: tuple[str, ...]
    editions: tuple[Edition, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether the later state cannot be published without a reason.

        Troubles that the city's `audit_blocks` forbids are not looked for.
        """
        return bool(self.blocked) or any(not (one.holds or one.is_dropped) for one in self.golden)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.ground or self.things or self.settings or self.golden or self.blocked)


def compare(
    before: Atlas, after: Atlas, *, at: datetime, now: datetime, roster: Roster, editions: Sequence[Edition] = ()
) -> Difference:
    """What differs between two atlases at a moment; rulings and permits lie over both."""
    over_before, over_after = overlaid(before, roster), overlaid(after, roster)
    moment = Moment(at, max(at, now), tuple(editions), roster)
    return Difference(
        before=before,
        after=after,
        at=at,
        ground=tuple(ground_changes(over_before, over_after, at)),
        things=tuple(thing_changes(before.city_map, after.city_map)),
        settings=tuple(setting_changes(before.city_map, after.city_map)),
        golden=tuple(_golden(before, after, moment)),
        blocked=(*not_on(after.city_map, roster, now), *posts_gone(after.city_map, roster, now)),
        editions=tuple(editions),
    )


def posts_gone(city_map: CityMap, roster: Roster, now: datetime) -> list[str]:
    """The posts that somebody holds or is to hold and that a map does not have, as `post:code`."""
    return [f"post:{code}" for code in sorted(roster.posts_held(now) - {post.code for post in city_map.posts})]


def _golden(before: Atlas, after: Atlas, moment: Moment) -> list[GoldenChange]:
    kept = {golden.code for golden in after.city_map.golden}
    dropped = [golden for golden in before.city_map.golden if golden.code not in kept]
    places = [*after.city_map.golden, *dropped]
    changes = [
        GoldenChange(new.place, old.found, new.found, new.holds, new.place.code not in kept)
        for old, new in zip(try_golden(before, places, moment), try_golden(after, places, moment), strict=True)
        if not _is_same(old.found, new.found) or not (new.holds or new.place.code not in kept)
    ]
    return sorted(changes, key=lambda change: (change.holds, change.place.code))


def _is_same(first: Answered, second: Answered) -> bool:
    """Whether two answers, or two refusals, say the same."""
    return first.text == second.text
