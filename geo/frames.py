"""For notebooks: a city's folder opened as an atlas, and frames and tables with the answer beside every row."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.assign import (
    ANSWER_COLUMNS,
    AREA_COLUMNS,
    NUMBER_COLUMNS,
    CodedColumns,
    assign_areas,
    assign_coded,
    level_columns,
)
from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.coded import scattered
from geo.crs import WGS84
from geo.datum import parse_datum, to_wgs84
from geo.errors import InvalidInput
from geo.model import Edition, FloatArray, Severity
from geo.position import ACCURACY_LIMIT_M, ACCURACY_OUTSIDE, sigma_of
from geo.wording import Phrase

Frame = TypeVar("Frame")

BLOCKED = Phrase(
    zh="{folder} 不能导入，有 {count} 处必须先改正，第一处：{first}；全部见 python main.py import",
    en="{folder} does not import: {count} findings block it, the first is {first}; see all with python main.py import",
)
NO_CRS = Phrase(
    zh="这个 GeoDataFrame 没有坐标系（crs={crs}）；请先用 set_crs 说明，例如 frame.set_crs(4326)",
    en="the GeoDataFrame has no reference system (crs {crs}); state it first, for example frame.set_crs(4326)",
)
NOT_POINTS = Phrase(
    zh="第 {row} 行的几何是 {kind}，这里只收点；请先取代表点，例如 representative_point()",
    en="the geometry of row {row} is a {kind} and only points are taken; take a representative_point() first",
)
NO_COLUMN = Phrase(zh="表里没有列 {field}；现有：{known}", en="the table has no column {field}; it has: {known}")
TAKEN = Phrase(
    zh="表里已有列 {fields}；请先改名或删去，结果会写入这些列",
    en="the table has the columns {fields} already; rename or drop them, the answer is written there",
)
NO_POSITION = Phrase(
    zh="这一行没有可用的位置（lon {lon}，lat {lat}）；请检查坐标和坐标系",
    en="this row has no usable position (lon {lon}, lat {lat}); check the numbers and the reference system",
)
POLE_LAT = 90.0
FARTHEST_LON = 180.0


def open_city(folder: str | Path) -> Atlas:
    """The atlas of a city's folder as it is now, published nowhere and without the register.

    Raises
    ------
    SourceError, InvalidInput
        city.toml cannot be used, or something in the folder must be put right first.
    """
    intake = read_city(Path(folder))
    if intake.city_map is None:
        blocking = [finding for finding in intake.findings if finding.severity is Severity.BLOCK]
        raise InvalidInput(BLOCKED, folder=folder, count=len(blocking), first=blocking[0].code)
    return Atlas(intake.city_map, Edition(1, datetime.now(UTC), None))


def assign_frame(
    frame: Frame,
    atlas: Atlas,
    *,
    accuracy_m: float | str | None = None,
    category: str | None = None,
    at: datetime | None = None,
    areas_only: bool = False,
    lon: str = "lon",
    lat: str = "lat",
    datum: str | None = None,
) -> Frame:
    """The same frame with the answer's columns behind its own: a GeoDataFrame of points, or an Arrow table.

    A GeoDataFrame may be in any reference system that it states, and keeps its index. Of an Arrow table `lon` and `lat`
    name the columns, in `datum` (the city's by default). `accuracy_m` is metres, or the name of a column; where it is
    missing, what the city takes for an unknown accuracy. `at` is now by default. A row without a usable position gets
    `pw_error`.

    Raises
    ------
    InvalidInput
        There is no such column, no reference system, or a geometry that is no point.
    """
    is_table = isinstance(frame, pa.Table)
    known = frame.column_names if is_table else [str(name) for name in frame.columns]  # type: ignore[attr-defined]
    names = (*(AREA_COLUMNS if areas_only else ANSWER_COLUMNS), *level_columns(atlas).values())
    taken = [name for name in names if name in known]
    if taken:
        raise InvalidInput(TAKEN, fields=", ".join(taken))
    fields = [lon, lat] if is_table else []
    fields += [accuracy_m] if isinstance(accuracy_m, str) else []
    for field in fields:
        if field not in known:
            raise InvalidInput(NO_COLUMN, field=field, known=", ".join(known))
    if is_table:
        given = (_numbers(frame, lon), _numbers(frame, lat))
        x, y = to_wgs84(parse_datum(datum or atlas.city.datum), lon=given[0], lat=given[1])
    else:
        x, y = _points(frame)
    sigma_m = _sigma_m(atlas, _numbers(frame, accuracy_m) if isinstance(accuracy_m, str) else accuracy_m, len(x))
    usable = (np.abs(x) <= FARTHEST_LON) & (np.abs(y) <= POLE_LAT)
    rows = np.flatnonzero(usable)
    if areas_only:
        found = assign_areas(atlas, lon=x[rows], lat=y[rows])
    else:
        sheet = atlas.sheet(category, at or datetime.now(UTC))
        found = assign_coded(atlas, lon=x[rows], lat=y[rows], sigma_m=sigma_m[rows], sheet=sheet)
    columns = _columns(atlas, found, names, rows, x, y)
    if is_table:
        for name, values in columns.items():
            frame = frame.append_column(name, pa.array(values, from_pandas=True))  # type: ignore[attr-defined]
        return frame
    assigned: Frame = frame.assign(**columns)  # type: ignore[attr-defined]
    return assigned


def _numbers(frame: Any, field: str) -> FloatArray:
    """A column of either kind of table as numbers, nan where there is none."""
    numbers: FloatArray = np.array(frame[field].to_numpy(), dtype=np.float64)
    return numbers


def _points(frame: Any) -> tuple[FloatArray, FloatArray]:
    if frame.crs is None:
        raise InvalidInput(NO_CRS, crs=None)
    geometry = frame.geometry
    kinds = geometry.geom_type.to_numpy(dtype=object)
    for row in np.flatnonzero([kind is not None and kind == kind and kind != "Point" for kind in kinds]).tolist():
        raise InvalidInput(NOT_POINTS, row=frame.index[row], kind=kinds[row])
    points = geometry.to_crs(WGS84)
    return np.array(points.x, dtype=np.float64), np.array(points.y, dtype=np.float64)


def _sigma_m(atlas: Atlas, accuracy_m: FloatArray | float | None, count: int) -> FloatArray:
    policy = atlas.city.policy
    unknown = policy.accuracy_m["unknown"]
    metres = np.full(count, unknown) if accuracy_m is None else np.broadcast_to(accuracy_m, count)
    metres = np.where(np.isnan(metres), unknown, metres)
    for value in metres[~((metres >= 0.0) & (metres <= ACCURACY_LIMIT_M))].tolist():
        raise InvalidInput(ACCURACY_OUTSIDE, value=value, limit=ACCURACY_LIMIT_M)
    sigma_m: FloatArray = metres * sigma_of(accuracy_m=1.0, confidence=policy.confidence)
    return sigma_m


def _columns(
    atlas: Atlas, found: CodedColumns, names: tuple[str, ...], rows: NDArray[np.int64], x: FloatArray, y: FloatArray
) -> Mapping[str, NDArray[Any]]:
    """The columns for all rows, in the order of their names."""
    columns: dict[str, NDArray[Any]] = {}
    for name in names:
        if name in NUMBER_COLUMNS:
            columns[name] = np.full(len(x), np.nan)
            columns[name][rows] = found.numbers[name]
        elif name == "pw_error":
            columns[name] = np.full(len(x), None, dtype=object)
        else:
            columns[name] = scattered(len(x), [(rows, found.words[name])]).decoded()
    unusable = np.setdiff1d(np.arange(len(x)), rows)
    for row in unusable.tolist():
        columns["pw_error"][row] = NO_POSITION.say(atlas.city.language, lon=x[row], lat=y[row])
    return columns
