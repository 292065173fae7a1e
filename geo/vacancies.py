"""What is missing among posts, ahead of time: nobody holds one, a term ends without a successor, too few to call."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from geo.atlas import Atlas
from geo.grounds import SIDES
from geo.model import Unit, UnitKind
from geo.posts import Post, Subject, SubjectKind
from geo.register.holdings import Capacity, Holding, Person
from geo.register.roster import Roster
from geo.roads import Side
from geo.wording import Name, Phrase

ON_SIDE = Phrase(zh="{road}{side}", en="{road}, {side}")
OF_SUBJECT = Phrase(zh="{subject}{title}", en="{title} ({subject})")
VACANT = Phrase(
    zh="{unit}的{title}（{post}）无人任职",
    en="nobody holds {post}, {title} of {unit}",
)
VACANT_UNTIL = Phrase(
    zh="{unit}的{title}（{post}）无人任职，{until} 才到任",
    en="nobody holds {post}, {title} of {unit}, until {until}",
)
ENDING = Phrase(
    zh="{unit}的{title}（{post}）由{person}任职到 {until}，之后无人接任",
    en="{person} holds {post}, {title} of {unit}, until {until}, and nobody after that",
)
FEW_AT_SITE = Phrase(
    zh="点位{subject}只有 {count} 名联系人，至少要 {wanted} 名",
    en="{subject} has {count} people to call, and should have {wanted}",
)
FEW_AT_UNIT = Phrase(
    zh="{subject}只有 {count} 个联系方式，至少要 {wanted} 个",
    en="{subject} has {count} contacts, and should have {wanted}",
)

VacancyKind = Literal["vacant", "ending", "contacts"]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """One thing missing: on which post or, for contacts, at which site or unit; `since` when it begins."""

    kind: VacancyKind
    subject: Subject
    unit: Unit | None
    since: datetime
    text: Name
    post: Post | None = None
    person: Person | None = None


def vacancies(atlas: Atlas, roster: Roster, at: datetime, *, ahead: timedelta) -> list[Vacancy]:
    """Everything missing at a moment or within the time ahead: posts by code, then sites, then units.

    A city without posts misses none.
    """
    if not atlas.posts.by_code:
        return []
    posts = (_of_post(atlas, roster, atlas.posts.by_code[code], at, at + ahead) for code in sorted(atlas.posts.by_code))
    return [*(found for found in posts if found), *_few_at_sites(atlas, roster, at), *_few_at_units(atlas, roster, at)]


def _of_post(atlas: Atlas, roster: Roster, post: Post, at: datetime, until: datetime) -> Vacancy | None:
    terms = [holding for holding in roster.of_post(post.code) if holding.capacity is Capacity.HOLDER]
    unit = atlas.units[post.unit]
    words = {"unit": unit.name, "title": _title(atlas, post), "post": post.code}
    last = _last_without_a_break(terms, at)
    if last is None:
        starts = (holding.schedule.valid_from for holding in terms)
        start = min((moment for moment in starts if moment is not None and moment > at), default=None)
        text = VACANT_UNTIL.name(**words, until=_day(start, atlas)) if start else VACANT.name(**words)
        return Vacancy("vacant", post.subject, unit, at, text, post)
    ends = last.schedule.valid_to
    if ends is None or ends > until:
        return None
    person = roster.people.get(last.person)
    text = ENDING.name(
        **words, person=_spaced(person.name if person else Name(zh=last.person)), until=_day(ends, atlas)
    )
    return Vacancy("ending", post.subject, unit, ends, text, post, person)


def _title(atlas: Atlas, post: Post) -> Name:
    """What the holder of a post is called, and of what piece of the map; of a unit that is said anyway."""
    title = atlas.posts.title(post)
    match post.subject.kind, post.subject.key:
        case SubjectKind.CHECKPOINT, (code,):
            subject = atlas.checkpoints[code].name
        case SubjectKind.SEGMENT, (code, *sides):
            road = atlas.segments[code].road
            subject = ON_SIDE.name(road=road, side=SIDES[Side(sides[0])]) if sides else road
        case SubjectKind.AREA, (scheme, level, code):
            subject = atlas.area(scheme=scheme, level=level, code=code).name
        case _:
            return title
    return OF_SUBJECT.name(title=title, subject=subject)


def _spaced(name: Name) -> Name:
    """The name, in Chinese with room around it where it is a code or in Latin letters."""
    zh = name.say("zh")
    return Name(zh=f" {zh} " if zh.isascii() else zh, en=name.say("en"))


def _last_without_a_break(terms: list[Holding], at: datetime) -> Holding | None:
    """The last of those who hold a post one after the other from a moment on; None when nobody does then."""
    last: Holding | None = None
    moment = at
    while True:
        spanning = [holding for holding in terms if holding.schedule.spans(moment)]
        if not spanning:
            return last
        endless = next((holding for holding in spanning if holding.schedule.valid_to is None), None)
        if endless is not None:
            return endless
        last = max(spanning, key=lambda holding: holding.schedule.valid_to or moment)
        moment = last.schedule.valid_to or moment


def _few_at_sites(atlas: Atlas, roster: Roster, at: datetime) -> Iterator[Vacancy]:
    wanted = atlas.city.policy.contacts_min_site
    for code in sorted(atlas.checkpoints):
        site = atlas.checkpoints[code]
        count = len(_people_on(atlas.posts.for_subject(SubjectKind.CHECKPOINT, code), roster, at))
        if count < wanted:
            unit = atlas.units[site.unit] if site.unit else None
            text = FEW_AT_SITE.name(subject=site.name, count=count, wanted=wanted)
            yield Vacancy("contacts", Subject(SubjectKind.CHECKPOINT, (code,)), unit, at, text)


def _few_at_units(atlas: Atlas, roster: Roster, at: datetime) -> Iterator[Vacancy]:
    wanted = atlas.city.policy.contacts_min_unit
    of_unit: dict[str, list[Post]] = {}
    for post in atlas.posts.by_code.values():
        of_unit.setdefault(post.unit, []).append(post)
    for code in sorted(atlas.units):
        unit = atlas.units[code]
        if unit.kind is UnitKind.CONTRACTOR:
            continue
        people = _people_on(of_unit.get(code, ()), roster, at)
        count = len(people) + len(unit.contacts) + (unit.telephone is not None)
        if count < wanted:
            text = FEW_AT_UNIT.name(subject=unit.name, count=count, wanted=wanted)
            yield Vacancy("contacts", Subject(SubjectKind.UNIT, (code,)), unit, at, text)


def _people_on(posts: Iterable[Post], roster: Roster, at: datetime) -> set[str]:
    """The codes of those who hold one of these posts, on whatever shift."""
    return {holding.person for post in posts for holding in roster.of_post(post.code) if holding.schedule.spans(at)}


def _day(moment: datetime | None, atlas: Atlas) -> str:
    return "" if moment is None else f"{moment.astimezone(atlas.zone):%Y-%m-%d %H:%M}"
