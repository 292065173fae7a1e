"""Whose names stand on an answer: the posts on a piece of ground, and who holds them at the moment asked about."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from geo.atlas import Atlas
from geo.claims import Claim, Role
from geo.determination import Staffing
from geo.index import Cover
from geo.model import Unit
from geo.posts import DUTY_DESK, Post, SubjectKind
from geo.register.holdings import Duty
from geo.register.roster import Roster


def staff(
    atlas: Atlas,
    roster: Roster,
    cover: Cover,
    moment: datetime,
    *,
    lead: Unit | None,
    claim: Claim | None,
    next_unit: Unit,
    territory: Unit | None,
) -> Staffing:
    """Who holds the posts of these grounds at a moment. `claim` is what the lead rests on; its own post goes first."""
    book = atlas.posts

    def duties(posts: Iterable[Post]) -> tuple[Duty, ...]:
        return tuple(roster.duty(post, book, moment, atlas.zone) for post in posts)

    here = list(posts_on(atlas, cover))
    acting = [post for post in here if book.role(post) in (None, Role.OWNS)]
    named = [book.by_code[claim.post]] if claim and claim.post else []
    leads = _of(lead, acting, atlas, named)
    nexts = leads if lead and next_unit.code == lead.code else _of(next_unit, acting, atlas)
    return Staffing(
        lead=next(iter(duties(leads[:1])), None),
        also=duties(post for post in leads[1:] if post.kind != DUTY_DESK),
        next_step=next(iter(duties(nexts[:1])), None),
        territory=next(iter(duties(_of(territory, acting, atlas)[:1])), None),
        principal=next(iter(duties(post for post in here if book.role(post) is Role.OWNS)), None),
        coordinating=duties(post for post in here if book.role(post) is Role.COORDINATES),
        supervising=duties(post for post in here if book.role(post) is Role.SUPERVISES),
    )


def posts_on(atlas: Atlas, cover: Cover) -> Iterator[Post]:
    """The posts on the grounds that hold a place, of the finest ground first."""
    grounds = [atlas.grounds.items[number] for number in atlas.grounds.stand(cover).grounds]
    for ground in sorted(grounds, key=lambda ground: -ground.depth):
        yield from atlas.posts.on(ground)


def _of(unit: Unit | None, acting: Sequence[Post], atlas: Atlas, first: Sequence[Post] = ()) -> list[Post]:
    """The posts that act for a unit here: those named first, those on the ground, at last its duty desk."""
    if unit is None:
        return []
    desk = atlas.posts.for_subject(SubjectKind.UNIT, unit.code)
    own = (post for post in (*acting, *desk) if post.unit == unit.code)
    return list(dict.fromkeys([*first, *own]))
