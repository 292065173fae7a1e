"""posts, people, appoint, hand-over, vacancies: who holds which post."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from api.cli.options import (
    ACTOR,
    AtOption,
    JsonOption,
    KnownAtOption,
    LangOption,
    open_database,
    open_view,
    spoken,
    write_json,
)
from api.cli.terminal import language, out, say, table
from api.schemas import posts as schema
from api.services.asking import Frame, choose
from api.services.holding import Appointment, appoint, hand_over, record_person
from geo.atlas import Atlas
from geo.codes import name_of
from geo.register.holdings import Capacity, Person
from geo.resolve import Moment
from geo.vacancies import vacancies as missing
from geo.wording import Phrase

RECORDED = Phrase(zh="已登记 {code}：{name}", en="recorded {code}: {name}")
APPOINTED = Phrase(zh="已任命 {person} 任 {post}（{id}）", en="{person} holds {post} ({id})")
NOTHING_MISSING = Phrase(zh="没有空缺、到期或联系人不足", en="no post is vacant or soon to be; enough to call")
SUBJECT = Phrase(zh="{kind} {key}", en="{kind} {key}")

PostArgument = Annotated[str, typer.Argument(help="code of the post | 岗位编码")]
PersonArgument = Annotated[str, typer.Argument(help="code of the person | 责任人编码")]
SourceOption = Annotated[str | None, typer.Option(help="document | 依据文件")]


def _now(at: str | None, known_at: str | None) -> tuple[Atlas, Moment]:
    view = open_view()
    edition, moment = choose(view, Frame(now=datetime.now(UTC), known_at=known_at), at)
    return view.atlas(edition), moment


def posts(
    kind: Annotated[str | None, typer.Option(help="grid_officer, road_chief_1 … | 岗位类别")] = None,
    unit: Annotated[str | None, typer.Option(help="code of the unit | 单位编码")] = None,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists posts with who holds them at the moment. 岗位及当前责任人。"""
    atlas, moment = _now(at, known_at)
    said = language(lang, atlas.city.language)
    found = [post for _, post in sorted(atlas.posts.by_code.items()) if schema.is_of(post, kind=kind, unit=unit)]
    duties = (moment.roster.duty(post, atlas.posts, moment.at, atlas.zone) for post in found)
    items = [schema.post_from_domain(atlas, duty, said) for duty in duties]
    if json:
        write_json(items)
        return
    rows = []
    for item in items:
        person = item["deputy"] or item["person"] or {"name": None, "telephone": None}
        subject = SUBJECT.say(said, kind=item["subject"]["kind"], key="/".join(item["subject"]["key"]))
        rows.append((item["code"], item["title"], subject, item["unit"], person["name"], person["telephone"]))
    table(("code", "title", "subject", "unit", "person", "telephone"), rows)


def people(
    record: Annotated[str | None, typer.Option(metavar="CODE", help="record this one | 登记此编码")] = None,
    name: Annotated[str | None, typer.Option(help="name, with --record | 姓名")] = None,
    telephone: Annotated[str | None, typer.Option(help="telephone, with --record | 电话")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists people, or records one with --record. 责任人列表；--record 登记。"""
    if record is not None:
        person = Person(record, name_of(name or record), telephone)
        engine = open_database()
        record_person(engine, person, actor=ACTOR, now=datetime.now(UTC))
        say(RECORDED, spoken(lang, engine), code=record, name=person.name)
        return
    view = open_view()
    said = language(lang, view.latest.city.language)
    roster = view.register.roster(view.register.number)
    items = [schema.person_from_domain(person, said) for _, person in sorted(roster.people.items())]
    if json:
        write_json(items)
    else:
        table(("code", "name", "telephone"), [(item["code"], item["name"], item["telephone"]) for item in items])


def appoint_(
    post: PostArgument,
    person: PersonArgument,
    deputy: Annotated[bool, typer.Option("--deputy", help="stands in | 代理")] = False,
    hours: Annotated[str | None, typer.Option(help="Mon-Fri 08:00-18:00 … | 每周时段")] = None,
    valid_from: Annotated[str | None, typer.Option(help="ISO 8601 | 开始")] = None,
    valid_to: Annotated[str | None, typer.Option(help="ISO 8601 | 结束")] = None,
    source: SourceOption = None,
    lang: LangOption = None,
) -> None:
    """Appoints somebody to a post, or a deputy for a time; in force at once. 任命或代理，立即生效。"""
    asked = Appointment(
        post=post,
        person=person,
        capacity=Capacity.DEPUTY if deputy else Capacity.HOLDER,
        hours=hours,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
    )
    atlas = open_view().latest
    holding = appoint(open_database(), asked, atlas.zone, actor=ACTOR, now=datetime.now(UTC))
    say(APPOINTED, language(lang, atlas.city.language), person=holding.person, post=holding.post, id=holding.id)


def hand_over_(
    post: PostArgument,
    person: PersonArgument,
    at: AtOption = None,
    source: SourceOption = None,
    lang: LangOption = None,
) -> None:
    """Hands a post over to somebody at one moment; in force at once. 岗位交接，立即生效。"""
    atlas, now = open_view().latest, datetime.now(UTC)
    for holding in hand_over(open_database(), post, person, atlas.zone, at=at, source=source, actor=ACTOR, now=now):
        say(APPOINTED, language(lang, atlas.city.language), person=holding.person, post=holding.post, id=holding.id)


def vacancies(
    days: Annotated[int, typer.Option(min=0, max=3660, help="days ahead | 提前天数")] = 30,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists vacant posts, terms that end, and where too few can be called. 空缺、到期与联系人不足。"""
    atlas, moment = _now(at, known_at)
    said = language(lang, atlas.city.language)
    found = missing(atlas, moment.roster, moment.at, ahead=timedelta(days=days))
    if json:
        write_json([schema.vacancy_from_domain(one, said) for one in found])
        return
    for one in found:
        out.print(Text(one.text.say(said)))
    if not found:
        say(NOTHING_MISSING, said)
