"""Components (部件): registered things with an id, a position, and the units that own, maintain and oversee them."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo.wording import Name, Phrase

# Region (6), major (2), minor (2) and a running number (6); major and minor are the code of the category.
ID = re.compile(r"\d{6}(\d{4})\d{6}", re.ASCII)


class ComponentState(StrEnum):
    """Whether it is as it should be, or damaged, or gone while it should be there, or taken away for good."""

    IN_USE = "in_use"
    DAMAGED = "damaged"
    LOST = "lost"
    REMOVED = "removed"


STATES = {
    ComponentState.IN_USE: Phrase(zh="完好", en="in use"),
    ComponentState.DAMAGED: Phrase(zh="破损", en="damaged"),
    ComponentState.LOST: Phrase(zh="丢失", en="lost"),
    ComponentState.REMOVED: Phrase(zh="废除", en="removed"),
}
WITH_UNIT = Phrase(zh="{category} {id}（{unit}）", en="{category} {id} ({unit})")
UNOWNED = Name(zh="无主", en="no owner")


@dataclass(frozen=True, slots=True)
class Component:
    """A lamp, a manhole cover, a litter bin. `lon` and `lat` are WGS 84.

    `owner`, `maintainer` and `competent` are codes of units: whose it is, who keeps it, whose business such things are.
    It stands there `since` a day; what is registered of it last `changed` on another.
    """

    id: str
    category: str
    lon: float
    lat: float
    owner: str | None = None
    maintainer: str | None = None
    competent: str | None = None
    state: ComponentState = ComponentState.IN_USE
    since: date | None = None
    changed: date | None = None
    source: str | None = None
    note: str | None = None

    @property
    def counts(self) -> bool:
        """Whether somebody still answers for it; a broken lid has an owner, and so has the shaft whose lid is lost."""
        return self.state is not ComponentState.REMOVED


def category_in(component_id: str) -> str | None:
    """The category's code that an id of 6+2+2+6 digits holds; None for an id made otherwise."""
    found = ID.fullmatch(component_id)
    return found[1] if found else None
