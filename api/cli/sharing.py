"""shares: who leads how much of a line or a ground in a file; and the shares along a road that was found."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text
from shapely import Geometry, LineString, MultiLineString

from api.atlas_holder import View
from api.cli.options import AtOption, EditionOption, JsonOption, KnownAtOption, LangOption, open_view, write_json
from api.cli.terminal import language, out, table
from api.schemas.shapes import from_domain
from api.services.asking import Frame
from api.services.sharing import AskedShape, share, share_of
from geo.errors import InvalidGeometry, SourceError
from geo.portions import Shared
from geo.wording import Phrase

CANNOT_READ = Phrase(
    zh="读不了 {file}：{reason}；请给出一个 GeoJSON 几何、要素或只有一个要素的集合",
    en="{file} cannot be read: {reason}; give a GeoJSON geometry, a Feature, or a collection of one",
)
MANY_FEATURES = Phrase(
    zh="{file} 有 {count} 个要素；请只留一个，或合成一个 MultiLineString 或 MultiPolygon",
    en="{file} has {count} features; leave one, or join them into one MultiLineString or MultiPolygon",
)
NOT_GEOJSON = Phrase(zh="不是 GeoJSON", en="not GeoJSON")
UNIT, SHARE, RUNGS = Phrase(zh="单位", en="unit"), Phrase(zh="份额", en="share"), Phrase(zh="依据", en="by")
METRES, SQUARE_METRES = Phrase(zh="米", en="m"), Phrase(zh="平方米", en="m²")
NOBODY = Phrase(zh="无人负责", en="nobody")

CategoryOption = Annotated[str | None, typer.Option(help="code of the kind of problem | 问题类别")]


def shares(
    file: Annotated[Path, typer.Argument(help="GeoJSON with one line or ground | 含一条线或一块面的 GeoJSON")],
    datum: Annotated[str | None, typer.Option(help="of the file; default: wgs84 | 文件的坐标系，默认 wgs84")] = None,
    category: CategoryOption = None,
    at: AtOption = None,
    known_at: KnownAtOption = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Who leads along a line, by length, or over a ground, by area? 一条线、一块地各归谁管多少？"""
    view = open_view()
    said = language(lang, view.latest.city.language)
    asked = AskedShape(geometry=read_geometry(file), datum=datum, category=category, at=at)
    found = share(view, asked, Frame(now=datetime.now(UTC), known_at=known_at, edition=edition))
    body = from_domain(found, said)
    if json:
        write_json(body)
        return
    out.print(Text(body["text"], style="bold"))
    size = "length_m" if body["by"] == "length" else "area_m2"
    rows = [(one["unit"]["name"], one["share"], one[size], ", ".join(one["rungs"])) for one in body["shares"]]
    if body["nobody_share"]:
        rows.append((NOBODY.say(said), body["nobody_share"], "", ""))
    measure = METRES if body["by"] == "length" else SQUARE_METRES
    table([column.say(said) for column in (UNIT, SHARE, measure, RUNGS)], rows)


def read_geometry(file: Path) -> dict[str, Any]:
    """The one geometry of a GeoJSON file, not yet checked.

    Raises
    ------
    SourceError, InvalidGeometry
        The file cannot be read or is no JSON object; it holds another number of features than one.
    """
    try:
        content = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise SourceError(CANNOT_READ, file=str(file), reason=str(error)) from error
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        features = content.get("features")
        count = len(features) if isinstance(features, list) else 0
        if not isinstance(features, list) or count != 1:
            raise InvalidGeometry(MANY_FEATURES, file=str(file), count=count)
        content = features[0]
    if isinstance(content, dict) and content.get("type") == "Feature":
        content = content.get("geometry")
    if not isinstance(content, dict):
        raise SourceError(CANNOT_READ, file=str(file), reason=NOT_GEOJSON)
    return content


def along(view: View, shape: Geometry, *, category: str | None, at: str | None, frame: Frame) -> Shared | None:
    """Who leads along a road that was found; None for one that is known by its doors only."""
    if isinstance(shape, LineString):
        shape = MultiLineString([shape])
    return share_of(view, shape, category=category, at=at, frame=frame) if isinstance(shape, MultiLineString) else None
