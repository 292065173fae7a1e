"""lookup, areas, units: what the published map says."""

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
    open_view,
    write_json,
)
from api.cli.terminal import language, table
from api.schemas import answer as answers
from api.schemas import areas as area_schema
from api.schemas import units as unit_schema
from api.services.asking import Asked, Frame, ask
from geo.atlas import Atlas
from geo.editions import edition_by_id


def lookup(
    lon: Annotated[float, typer.Option(help="longitude | 经度")],
    lat: Annotated[float, typer.Option(help="latitude | 纬度")],
    datum: DatumOption = None,
    accuracy: Annotated[float | None, typer.Option(help="metres; 0 = surveyed | 精度（米）")] = None,
    confidence: Annotated[float | None, typer.Option(help="of the accuracy | 置信度")] = None,
    category: Annotated[str | None, typer.Option(help="code of the kind of problem | 问题类别")] = None,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Who is responsible here? A card to read aloud, or the whole answer as JSON. 这里归谁管？"""
    view = open_view()
    asked = Asked(lon=lon, lat=lat, datum=datum, accuracy_m=accuracy, confidence=confidence, category=category, at=at)
    found = ask(view, asked, Frame(now=datetime.now(UTC), known_at=known_at, edition=edition))
    said = language(lang, view.latest.city.language)
    if json:
        write_json(answers.from_domain(found, said))
    else:
        show(found, view.atlas(found.edition).city_map.schemes, said)


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


def _atlas(edition: int | None) -> Atlas:
    view = open_view()
    return view.latest if edition is None else view.atlas(edition_by_id(view.editions, edition))


def _list(items: list[dict[str, object]], columns: tuple[str, ...], *, json: bool) -> None:
    if json:
        write_json(items)
    else:
        table(columns, [[item[column] for column in columns] for item in items])
