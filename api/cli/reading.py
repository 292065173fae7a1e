"""lookup, areas, units, categories, claims, checkpoints, segments, components: what the published map says."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.card import show
from api.cli.options import (
    AtOption,
    DatumOption,
    EditionOption,
    JsonOption,
    KnownAtOption,
    LangOption,
    open_drafts,
    open_view,
    write_json,
)
from api.cli.terminal import language, table
from api.schemas import answer as answers
from api.schemas import areas as area_schema
from api.schemas import claims as claim_schema
from api.schemas import components as component_schema
from api.schemas import segments as segment_schema
from api.schemas import sites as site_schema
from api.schemas import units as unit_schema
from api.services.asking import Asked, Editions, Frame, as_draft, ask, in_draft
from geo.atlas import Atlas
from geo.components import ComponentState
from geo.editions import edition_by_id


def lookup(
    lon: Annotated[float, typer.Option(help="longitude | 经度")],
    lat: Annotated[float, typer.Option(help="latitude | 纬度")],
    datum: DatumOption = None,
    accuracy: Annotated[float | None, typer.Option(help="metres; 0 = surveyed | 精度（米）")] = None,
    confidence: Annotated[float | None, typer.Option(help="of the accuracy | 置信度")] = None,
    category: Annotated[str | None, typer.Option(help="code of the kind of problem | 问题类别")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="as if the draft were published | 按草稿回答")] = False,
    fact: Annotated[
        list[str] | None,
        typer.Option(help="what was seen: side:left, strip:pavement, component:ID …; repeatable | 现场情况，可重复"),
    ] = None,
    receiver: Annotated[str | None, typer.Option(help="unit that has the ticket already | 已接件单位")] = None,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Who is responsible here? A card to read aloud, or the whole answer as JSON. 这里归谁管？"""
    view: Editions = open_drafts().view() if draft else open_view()
    asked = Asked(
        lon=lon,
        lat=lat,
        datum=datum,
        accuracy_m=accuracy,
        confidence=confidence,
        category=category,
        at=at,
        facts=tuple(fact or ()),
        receiver=receiver,
    )
    frame = Frame(now=datetime.now(UTC), known_at=known_at, edition=edition)
    found = as_draft(ask(view, asked, in_draft(frame, view.latest.edition))) if draft else ask(view, asked, frame)
    said = language(lang, view.latest.city.language)
    if json:
        write_json(answers.from_domain(found, said))
    else:
        show(found, view.atlas(found.edition), said)


def areas(
    scheme: Annotated[str | None, typer.Option(help="体系")] = None,
    level: Annotated[str | None, typer.Option(help="层级")] = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists areas. 区域列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [
        area_schema.from_domain(area, said)
        for area in atlas.areas
        if (scheme is None or area.scheme == scheme) and (level is None or area.level == level)
    ]
    _list(items, ("scheme", "level", "code", "name", "parent", "unit"), json=json)


def units(edition: EditionOption = None, json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists units. 责任单位列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [unit_schema.from_domain(unit, said) for unit in atlas.city_map.units]
    _list(items, ("code", "name", "kind", "parent", "telephone"), json=json)


def categories(edition: EditionOption = None, json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists the kinds of problems. 问题类别列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [claim_schema.category_from_domain(category, said) for category in atlas.city_map.categories]
    _list(items, ("code", "name", "parent", "branch", "nature"), json=json)


def claims(
    unit: Annotated[str | None, typer.Option(help="code of the unit | 责任单位编码")] = None,
    category: Annotated[str | None, typer.Option(help="claims that name this code | 指明该类别的归属")] = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists claims: who is responsible for what, and where. 责任归属列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [
        claim_schema.claim_from_domain(claim, said)
        for claim in atlas.city_map.claims
        if (unit is None or claim.unit == unit) and (category is None or category in claim.categories)
    ]
    _list(items, ("id", "unit", "role", "categories", "place", "executor"), json=json)


def checkpoints(
    kind: Annotated[str | None, typer.Option("--type", help="market, estate … | 点位类型")] = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists checkpoints. 点位列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [
        site_schema.from_domain(site, atlas.type_name(site), said)
        for site in atlas.city_map.checkpoints
        if kind is None or site.type == kind
    ]
    _list(items, ("code", "name", "type", "unit", "governance", "manager", "type_name", "halo_m"), json=json)


def segments(edition: EditionOption = None, json: JsonOption = False, lang: LangOption = None) -> None:
    """Lists road segments. 路段列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [segment_schema.from_domain(segment, said) for segment in atlas.city_map.segments]
    _list(items, ("code", "name", "road_class", "start", "end", "length_m"), json=json)


def components(
    category: Annotated[str | None, typer.Option(help="with those below it | 问题类别，含下级")] = None,
    owner: Annotated[str | None, typer.Option(help="code of the owner | 权属单位编码")] = None,
    maintainer: Annotated[str | None, typer.Option(help="code of the maintainer | 养护单位编码")] = None,
    state: Annotated[ComponentState | None, typer.Option(help="部件状态")] = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists registered components. 部件列表。"""
    atlas = _atlas(edition)
    said = language(lang, atlas.city.language)
    items = [
        component_schema.from_domain(one, atlas.categories.by_code[one.category].name, said)
        for one in atlas.city_map.components
        if (category is None or category in atlas.categories.chain(one.category))
        and (owner is None or one.owner == owner)
        and (maintainer is None or one.maintainer == maintainer)
        and (state is None or one.state is state)
    ]
    _list(items, ("id", "category_name", "owner", "maintainer", "state"), json=json)


def _atlas(edition: int | None) -> Atlas:
    view = open_view()
    return view.latest if edition is None else view.atlas(edition_by_id(view.editions, edition))


def _list(items: list[dict[str, object]], columns: tuple[str, ...], *, json: bool) -> None:
    if json:
        write_json(items)
    else:
        table(columns, [[_cell(item[column]) for column in columns] for item in items])


def _cell(value: object) -> object:
    match value:
        case list():
            return ";".join(value)
        case {"kind": kind, "key": list(key)}:
            return f"{kind} {'/'.join(key)}"
    return value
