"""[[golden]]: files of golden places, as a table with lon and lat or as points."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import get_args
from zoneinfo import ZoneInfo

from geo.datum import Datum
from geo.golden import GoldenPlace
from geo.ladder.here import RungName
from geo.model import Finding
from geo.moments import parse_moment
from geo.position import ACCURACY_LIMIT_M
from geo.shares import Verdict
from geo.sources.description import LayerSource
from geo.sources.files import stem_of
from geo.sources.limits import Limits
from geo.sources.placing import place
from geo.sources.points import Points, open_points
from geo.sources.rows import Row, every_row, metres, word_of

VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {verdict.value: verdict for verdict in Verdict}
    | {
        "明确": Verdict.CERTAIN, "大致": Verdict.LIKELY, "争议": Verdict.CONTESTED, "兜底": Verdict.FALLBACK,
        "空白": Verdict.UNCLAIMED,
    }
)  # fmt: skip
RUNGS: Mapping[str, str] = MappingProxyType({name: name for name in get_args(RungName)})
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class PlacedGolden:
    """A golden place and where it was read. Its category and unit are as the file says, not yet known to exist."""

    golden: GoldenPlace
    row: Row


def read_golden(
    source: LayerSource, *, city_datum: Datum | None, zone: ZoneInfo, limits: Limits
) -> tuple[list[PlacedGolden], list[Finding]]:
    """The golden places of a file, and what is wrong with it: a row that cannot be used blocks, none is skipped."""
    opened, findings = open_points(source, city_datum=city_datum, limits=limits)
    return _golden(source, zone, *opened) if opened else ([], findings)


def keep_golden(
    placed: Sequence[PlacedGolden], categories: Collection[str], units: Collection[str]
) -> tuple[list[GoldenPlace], list[Finding]]:
    """The places by code; and which codes stand for several, which categories and units do not exist."""
    first: dict[str, PlacedGolden] = {}
    findings: list[Finding] = []
    for one in placed:
        golden, row = one.golden, one.row
        if golden.code in first:
            where = first[golden.code].row
            row.tell("code-repeated", code=golden.code, first=f"{where.source.file}, {where.number}")
        first.setdefault(golden.code, one)
        if golden.category is not None and categories and golden.category not in categories:
            row.tell("unknown-golden-category", code=golden.code, value=golden.category)
        if golden.unit is not None and golden.unit not in units:
            row.tell("unknown-golden-unit", code=golden.code, value=golden.unit)
        findings += row.take_findings()
    return [first[code].golden for code in sorted(first)], findings


def _golden(
    source: LayerSource, zone: ZoneInfo, points: Points, datum: Datum
) -> tuple[list[PlacedGolden], list[Finding]]:
    lon, lat, possible = place(datum, lon=points.lon, lat=points.lat)
    placed, findings = [], []
    for index, row in enumerate(every_row(source, points.table)):
        if not row.texts:
            continue
        if not possible[index]:
            row.tell("golden-without-place")
        else:
            golden = golden_of(row, lon=float(lon[index]), lat=float(lat[index]), zone=zone)
            if golden is not None:
                placed.append(golden)
        findings += row.take_findings()
    return placed, findings


def golden_of(row: Row, *, lon: float, lat: float, zone: ZoneInfo) -> PlacedGolden | None:
    """The golden place of a row at a place in WGS 84; None when something is lacking, which is told."""
    texts = row.texts
    code = row.code() if "code" in texts else f"{stem_of(row.source.file)}-{row.number}"
    why = row.needed("why")
    for key in ("verdict", "rung"):
        row.needed(key)
    verdict = row.parsed("verdict", word_of(VERDICTS), None)
    rung = row.parsed("rung", word_of(RUNGS), None)
    accuracy_m = row.parsed("accuracy", partial(metres, limit_m=ACCURACY_LIMIT_M), None)
    at = row.parsed("at", partial(parse_moment, zone=zone), None)
    if rung is not None and rung != NOBODY:
        row.needed("unit")
    if row.findings or code is None or why is None or verdict is None or rung is None:
        return None
    facts = tuple(part.strip() for part in texts.get("fact", "").split(";") if part.strip())
    golden = GoldenPlace(
        code=code,
        lon=lon,
        lat=lat,
        verdict=verdict,
        rung=rung,
        why=why,
        unit=texts.get("unit"),
        accuracy_m=accuracy_m,
        category=texts.get("category"),
        at=at,
        facts=facts,
    )
    return PlacedGolden(golden, row)
