"""The register as it stood after one of its commits: who is who, who holds what, what was ruled and permitted."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geo.post_book import PostBook
from geo.posts import Post
from geo.register.holdings import Capacity, Duty, Holding, Person
from geo.register.rulings import Permit, Ruling


class Roster:
    """People, holdings, rulings and permits. Immutable.

    `number` names the commit of the register that made it; `ruled` the last one that changed what is ruled or permitted
    and when that was recorded, so that a register put back from a backup is never taken for the one it was.
    """

    def __init__(
        self,
        number: int,
        people: Iterable[Person] = (),
        holdings: Iterable[Holding] = (),
        rulings: Iterable[Ruling] = (),
        permits: Iterable[Permit] = (),
        *,
        ruled: tuple[int, datetime] | None = None,
    ) -> None:
        self.number = number
        self.ruled = ruled
        self.rulings: Mapping[str, Ruling] = MappingProxyType({ruling.id: ruling for ruling in rulings})
        self.permits: Mapping[str, Permit] = MappingProxyType({permit.id: permit for permit in permits})
        self.people: Mapping[str, Person] = MappingProxyType({person.code: person for person in people})
        self.holdings: Mapping[str, Holding] = MappingProxyType({holding.id: holding for holding in holdings})
        of_post: dict[str, list[Holding]] = {}
        for holding in sorted(self.holdings.values(), key=lambda holding: holding.id):
            of_post.setdefault(holding.post, []).append(holding)
        self._of_post = of_post

    def of_post(self, code: str) -> tuple[Holding, ...]:
        """Every holding of a post, past ones and those to come."""
        return tuple(self._of_post.get(code, ()))

    def posts_held(self, now: datetime) -> frozenset[str]:
        """The codes of the posts that somebody holds, or is to hold."""
        holdings = self.holdings.values()
        return frozenset(it.post for it in holdings if it.schedule.valid_to is None or it.schedule.valid_to > now)

    def duty(self, post: Post, book: PostBook, moment: datetime, zone: ZoneInfo) -> Duty:
        """Who holds a post at a moment.

        Of several on different shifts the one who is on duty, else the one who comes next.
        """
        spanning = [holding for holding in self.of_post(post.code) if holding.schedule.spans(moment)]
        holders = [holding for holding in spanning if holding.capacity is Capacity.HOLDER]
        deputies = [holding for holding in spanning if holding.capacity is Capacity.DEPUTY]
        present = next((holding for holding in holders if holding.schedule.holds_at(moment, zone)), None)
        deputy = next((holding for holding in deputies if holding.schedule.holds_at(moment, zone)), None)
        holder = present or min(holders, key=lambda it: _minutes_until(it, moment, zone), default=None)
        changes = (it.schedule.next_change(moment, zone) for it in self.of_post(post.code))
        return Duty(
            post=post,
            title=book.title(post),
            person=self.people.get(holder.person) if holder else None,
            on_duty=present is not None,
            deputy=self.people.get(deputy.person) if deputy else None,
            until=min((change for change in changes if change is not None), default=None),
        )


def _minutes_until(holding: Holding, moment: datetime, zone: ZoneInfo) -> int:
    """Minutes of the week from a moment until the next shift begins."""
    local = moment.astimezone(zone)
    now = local.weekday() * 1440 + local.hour * 60 + local.minute
    return min((start - now) % 10080 for start, _ in holding.schedule.weekly)


NOBODY = Roster(0)
"""The register before its first commit."""
