"""The register: people, who holds which post, and every commit that said so."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.atlas_holder import View
from api.deps import CurrentView, InLanguage, reply, requires
from api.paging import Cursor, Limit, page
from api.policies import Actor, Policy
from api.schemas.asof import Spoken
from api.schemas.lookup import REGISTER
from api.schemas.posts import (
    EndedOut,
    Ending,
    EntryOut,
    HoldingIn,
    HoldingOut,
    PersonIn,
    PersonOut,
    entry_from_domain,
    holding_from_domain,
    person_from_domain,
)
from api.schemas.problem import problems
from api.schemas.sample import sample
from api.services.holding import Appointment, appoint, end, record_person
from api.services.register_write import NO_SUCH_PERSON
from geo.codes import name_of
from geo.errors import NotFound
from geo.moments import parse_moment
from geo.register.holdings import Person
from geo.register.roster import Roster

router = APIRouter(tags=["posts | 岗位与责任人"])
Caller = Annotated[Actor, requires(Policy.READ_MAP)]
Editor = Annotated[Actor, requires(Policy.EDIT_REGISTER)]
PersonCode = Annotated[str, Path(description="code of the person | 责任人编码", openapi_examples=sample("chief-101"))]
Shown = TypeVar("Shown")

PERSON = {"name": "一级路长 A-01", "name_en": "Road chief, level 1, A-01", "telephone": "0512-0000-9401"}
DEPUTY = {
    "post": "RC1/R-001",
    "person": "chief-102",
    "capacity": "deputy",
    "valid_from": "2027-02-01",
    "valid_to": "2027-02-15",
}


class RegisterAsOf(Spoken):
    """As it stood after which commit."""

    known_at: str | None = Field(default=None, max_length=40, description="as it was known then | 按当时所知")
    register_: int | None = Field(default=None, alias="register", ge=0, le=2**31, description=REGISTER)


class RegisterQuery(RegisterAsOf):
    """A page of a list of the register."""

    limit: Limit = 100
    after: Cursor = None


class EntryQuery(Spoken):
    """A page of the register's entries."""

    limit: Limit = 100
    after: Cursor = None


class HolderQuery(RegisterQuery):
    """Filters of the list of holdings."""

    post: str | None = Field(default=None, description="code of the post | 岗位编码", examples=["RC1/R-001"])
    person: str | None = Field(default=None, description="code of the person | 责任人编码", examples=["chief-101"])


class RegisterPage(BaseModel, Generic[Shown]):
    """A page of a list; `next` is the address of the following one, `register` the number that it was read from."""

    model_config = ConfigDict(extra="forbid")

    items: list[Shown]
    next: str | None
    # "register" would hide a method that pydantic's metaclass gives every model.
    register_: int = Field(alias="register")


def roster_of(view: View, query: RegisterAsOf) -> Roster:
    """The register as a reading asks for it: by number, as it was known at a moment, or as it is."""
    number = query.register_
    if number is None:
        at = parse_moment(query.known_at, zone=view.latest.zone, field="known_at") if query.known_at else None
        number = view.register.known_at(at) if at else view.register.number
    return view.register.roster(number)


@router.get(
    "/v1/people",
    summary="People · 责任人列表",
    response_model=RegisterPage[PersonOut],
    responses=problems(404, 422, 503),
)
async def list_people(
    request: Request, query: Annotated[RegisterQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """People by code. 责任人列表。"""
    roster = roster_of(view, query)
    people = [roster.people[code] for code in sorted(roster.people)]
    shown, following = page(
        request, people, key=lambda person: (person.code,), limit=query.limit, after=query.after, edition=None
    )
    items = [person_from_domain(person, lang) for person in shown]
    return reply(request, {"items": items, "next": following, "register": roster.number})


@router.put(
    "/v1/people/{code:path}",
    summary="Record a person · 登记责任人",
    response_model=PersonOut,
    responses=problems(422, 503),
)
def put_person(
    request: Request,
    code: PersonCode,
    body: Annotated[PersonIn, Body(openapi_examples=sample(PERSON))],
    actor: Editor,
    lang: InLanguage,
) -> Response:
    """The person is as given from now on; what was known before stays known. 登记或更改责任人，旧信息留痕。"""
    person = Person(code, name_of(body.name, body.name_en), body.telephone)
    record_person(request.app.state.engine, person, actor=actor.name, now=datetime.now(UTC))
    request.app.state.holder.refresh()
    return reply(request, person_from_domain(person, lang))


@router.get(
    "/v1/people/{code:path}",
    summary="One person · 单个责任人",
    response_model=PersonOut,
    responses=problems(404, 422, 503),
)
async def one_person(
    request: Request,
    code: PersonCode,
    query: Annotated[RegisterAsOf, Query()],
    actor: Caller,
    view: CurrentView,
    lang: InLanguage,
) -> Response:
    """One person. 单个责任人。"""
    people = roster_of(view, query).people
    if code not in people:
        raise NotFound(NO_SUCH_PERSON, code=code)
    return reply(request, person_from_domain(people[code], lang))


@router.post(
    "/v1/holders",
    summary="Appoint somebody · 任命",
    response_model=HoldingOut,
    responses=problems(404, 409, 422, 503),
)
def appoint_holder(
    request: Request,
    body: Annotated[HoldingIn, Body(openapi_examples=sample(DEPUTY))],
    actor: Editor,
    view: CurrentView,
) -> Response:
    """Somebody holds a post, or stands in, from when to when; said again it is the same. 任命或代理。"""
    holding = appoint(
        request.app.state.engine,
        Appointment(**body.model_dump()),
        view.latest.zone,
        actor=actor.name,
        now=datetime.now(UTC),
    )
    request.app.state.holder.refresh()
    return reply(request, holding_from_domain(holding))


@router.get(
    "/v1/holders",
    summary="Who holds which post · 任职列表",
    response_model=RegisterPage[HoldingOut],
    responses=problems(404, 422, 503),
)
async def list_holders(
    request: Request, query: Annotated[HolderQuery, Query()], actor: Caller, view: CurrentView
) -> Response:
    """Holdings by post, past ones and those to come. 各岗位历任、现任和待任。"""
    roster = roster_of(view, query)
    found = [
        holding
        for holding in sorted(roster.holdings.values(), key=lambda holding: (holding.post, holding.id))
        if (not query.post or holding.post == query.post) and (not query.person or holding.person == query.person)
    ]
    shown, following = page(
        request,
        found,
        key=lambda holding: (holding.post, holding.id),
        limit=query.limit,
        after=query.after,
        edition=None,
    )
    items = [holding_from_domain(holding) for holding in shown]
    return reply(request, {"items": items, "next": following, "register": roster.number})


@router.post(
    "/v1/holders/{holding_id}:end",
    summary="End a term · 结束任职",
    response_model=EndedOut,
    responses=problems(404, 422, 503),
)
def end_holding(
    request: Request,
    holding_id: Annotated[str, Path(description="id of the holding | 任职编号", openapi_examples=sample("H1.1"))],
    actor: Editor,
    view: CurrentView,
    body: Annotated[Ending | None, Body(openapi_examples=sample({"at": "2026-12-31T18:00"}))] = None,
) -> Response:
    """The term ends; one that has not begun by then never was. 结束任职；尚未开始的视为撤销。"""
    ended = end(
        request.app.state.engine,
        holding_id,
        view.latest.zone,
        at=body.at if body else None,
        actor=actor.name,
        now=datetime.now(UTC),
    )
    request.app.state.holder.refresh()
    return reply(request, {"holding": holding_from_domain(ended) if ended else None})


@router.get(
    "/v1/register",
    summary="The register, commit by commit · 台账流水",
    response_model=RegisterPage[EntryOut],
    responses=problems(422, 503),
)
async def list_register(
    request: Request, query: Annotated[EntryQuery, Query()], actor: Caller, view: CurrentView, lang: InLanguage
) -> Response:
    """Every entry in the order recorded; nothing is ever changed or taken away. 台账只增不改。"""
    entries = list(enumerate(view.register.entries))
    shown, following = page(
        request, entries, key=lambda it: (it[1].number, it[0]), limit=query.limit, after=query.after, edition=None
    )
    items = [entry_from_domain(entry, lang) for _, entry in shown]
    return reply(request, {"items": items, "next": following, "register": view.register.number})
