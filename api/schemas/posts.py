"""Posts, people and holdings, in and out."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.answer import PersonBrief, PostBrief, post_brief
from api.schemas.claims import say_shift
from api.schemas.rulings import PermitEntryOut, RulingOut, permit_from_domain, ruling_from_domain
from api.schemas.text import PLAIN, Text
from geo.atlas import Atlas
from geo.moments import say_moment
from geo.posts import Post, Subject
from geo.register.holdings import Capacity, Duty, Holding, Person
from geo.register.log import Entry, Value
from geo.register.rulings import Permit, Ruling
from geo.vacancies import Vacancy, VacancyKind
from geo.wording import Lang


class SubjectOut(BaseModel):
    """What a post is for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    key: list[str]


class PostOut(PostBrief):
    """A post, what it is for, and who holds it at the moment asked about."""

    unit: str
    subject: SubjectOut


class HoldingOut(BaseModel):
    """Who holds a post, as what, from when to when, in which weekly hours."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    post: str
    person: str
    capacity: str
    hours: list[str]
    valid_from: str | None
    valid_to: str | None
    source: str | None


class PostDetail(PostOut):
    """A post with everybody who ever held it or is to hold it."""

    holders: list[HoldingOut]


class PersonOut(BaseModel):
    """Somebody who can hold a post."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    name_zh: str | None
    name_en: str | None
    telephone: str | None


class PersonIn(BaseModel):
    """A person as recorded from now on."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=200, description="name or post | 姓名或岗位称呼")
    name_en: Annotated[str, Field(max_length=200), PLAIN] | None = Field(default=None, description="in English | 英文")
    telephone: Annotated[str, Field(max_length=40), PLAIN] | None = Field(default=None, description="telephone | 电话")


class HoldingIn(BaseModel):
    """An appointment. Times without an offset are in the city's zone; left out, that end is open."""

    model_config = ConfigDict(extra="forbid")

    post: Text = Field(max_length=200, description="code of the post | 岗位编码")
    person: Text = Field(max_length=200, description="code of the person | 责任人编码")
    capacity: Capacity = Field(default=Capacity.HOLDER, description="holder or deputy | 任职或代理")
    hours: str | None = Field(default=None, max_length=1000, description="Mon-Fri 08:00-18:00 … | 每周时段")
    valid_from: str | None = Field(default=None, max_length=40, description="ISO 8601 | 开始")
    valid_to: str | None = Field(default=None, max_length=40, description="ISO 8601 | 结束")
    source: Annotated[str, Field(max_length=1000), PLAIN] | None = Field(
        default=None, description="document | 依据文件"
    )


class HandOver(BaseModel):
    """Who takes over, and when (left out: now)."""

    model_config = ConfigDict(extra="forbid")

    person: Text = Field(max_length=200, description="code of the successor | 接任者编码")
    at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 交接时刻，默认现在")
    source: Annotated[str, Field(max_length=1000), PLAIN] | None = Field(
        default=None, description="document | 依据文件"
    )


class Ending(BaseModel):
    """When a holding ends (left out: now)."""

    model_config = ConfigDict(extra="forbid")

    at: str | None = Field(default=None, max_length=40, description="ISO 8601, default now | 结束时刻，默认现在")


class HoldingList(BaseModel):
    """Holdings that a request made."""

    model_config = ConfigDict(extra="forbid")

    items: list[HoldingOut]


class EndedOut(BaseModel):
    """The holding as it ended; null when it had not begun, so that it never was."""

    model_config = ConfigDict(extra="forbid")

    holding: HoldingOut | None


class VacancyOut(BaseModel):
    """Something missing among posts."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: VacancyKind
    post: str | None
    subject: SubjectOut
    unit: str | None
    person: PersonBrief | None
    since: str
    text: str


class EntryOut(BaseModel):
    """A row of the register: what a commit said of one person, holding, ruling or permit; null withdrew it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    number: int
    recorded_at: str
    kind: str
    key: str
    value: PersonOut | HoldingOut | RulingOut | PermitEntryOut | None


def post_from_domain(atlas: Atlas, duty: Duty, lang: Lang) -> dict[str, Any]:
    """The post with who holds it."""
    subject = _subject(duty.post.subject)
    return {**(post_brief(duty, lang) or {}), "unit": duty.post.unit, "subject": subject}


def holding_from_domain(holding: Holding) -> dict[str, Any]:
    """The holding; its hours as `Mon 08:00-18:00` in the city's zone."""
    schedule = holding.schedule
    return {
        "id": holding.id,
        "post": holding.post,
        "person": holding.person,
        "capacity": holding.capacity.value,
        "hours": [say_shift(shift) for shift in schedule.hours],
        "valid_from": say_moment(schedule.valid_from) if schedule.valid_from else None,
        "valid_to": say_moment(schedule.valid_to) if schedule.valid_to else None,
        "source": holding.source,
    }


def person_from_domain(person: Person, lang: Lang) -> dict[str, Any]:
    """The person."""
    return {
        "code": person.code,
        "name": person.name.say(lang),
        "name_zh": person.name.zh,
        "name_en": person.name.en,
        "telephone": person.telephone,
    }


def vacancy_from_domain(vacancy: Vacancy, lang: Lang) -> dict[str, Any]:
    """What is missing, in words too."""
    person = vacancy.person
    return {
        "kind": vacancy.kind,
        "post": vacancy.post.code if vacancy.post else None,
        "subject": _subject(vacancy.subject),
        "unit": vacancy.unit.code if vacancy.unit else None,
        "person": {"name": person.name.say(lang), "telephone": person.telephone} if person else None,
        "since": say_moment(vacancy.since),
        "text": vacancy.text.say(lang),
    }


def entry_from_domain(entry: Entry, lang: Lang) -> dict[str, Any]:
    """The row of the register."""
    return {
        "number": entry.number,
        "recorded_at": say_moment(entry.recorded_at),
        "kind": entry.kind.__name__.lower(),
        "key": entry.key,
        "value": _value(entry.value, lang),
    }


def _value(value: Value | None, lang: Lang) -> dict[str, Any] | None:
    match value:
        case Person():
            return person_from_domain(value, lang)
        case Holding():
            return holding_from_domain(value)
        case Ruling():
            return ruling_from_domain(value, lang)
        case Permit():
            return permit_from_domain(value, lang)
    return None


def _subject(subject: Subject) -> dict[str, Any]:
    return {"kind": subject.kind.value, "key": [str(part) for part in subject.key]}


def is_of(post: Post, *, kind: str | None, unit: str | None) -> bool:
    """Whether a post is of this kind and unit; an empty filter names nothing."""
    return (not kind or post.kind == kind) and (not unit or post.unit == unit)
