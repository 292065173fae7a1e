"""[[segments]]: files of road segments, with the strips that the widths of their class give them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, pairwise

from shapely import LineString

from geo.codes import name_of
from geo.datum import Datum
from geo.errors import InvalidInput
from geo.findings import find, say_rows
from geo.model import Finding
from geo.roads import Segment, Side, StripKind
from geo.shapes import one_line
from geo.sources.description import SegmentSource, Widths
from geo.sources.features import Drawn
from geo.sources.files import stem_of
from geo.sources.layers import read_features
from geo.sources.limits import Limits
from geo.sources.rows import Row
from geo.strips import draw_strips
from geo.wording import Name, Phrase

NOT_ONE_LINE = Phrase(
    zh="不能连成一条方向一致的线；请拆成几个路段，或把各段按同一方向首尾相连",
    en="its parts make no single line in one direction; split it, or draw the parts end to start",
)
PLACES = 3  # of a metre, so that 0.1 + 0.2 is 0.3


@dataclass(frozen=True, slots=True)
class Drawing:
    """A usable feature: its row, its line in WGS 84, and the widths of its file."""

    row: Row
    line: LineString
    widths: Widths

    @property
    def road_class(self) -> str:
        """The class as the file says, empty where it says nothing."""
        return self.row.texts.get("class", "")


def read_segments(
    source: SegmentSource, *, city_datum: Datum | None, limits: Limits
) -> tuple[list[Drawing], list[Finding]]:
    """The usable features of a file, and everything that is wrong with the file and with them."""
    features, findings = read_features(source.layer, Drawn.LINES, city_datum=city_datum, limits=limits)
    drawings = []
    for feature in features:
        row = feature.row
        usable = "code" not in row.texts or row.code() is not None
        if feature.geometry is not None:
            line = one_line(feature.geometry)
            if line is None:
                row.tell("geometry-refused", zh=NOT_ONE_LINE.zh, en=NOT_ONE_LINE.en)
            elif usable:
                drawings.append(Drawing(row, line, source.widths))
        findings += row.take_findings()
    return drawings, findings


def lay_out(drawings: Sequence[Drawing], road_classes: Sequence[str]) -> tuple[list[Segment], list[Finding]]:
    """All segments by code with their strips, and what is wrong with them.

    A segment without a code has one made of the road's name and a running number, or of file and row.
    """
    findings = _class_notices(drawings, road_classes)
    codes = _codes(drawings, findings)
    segments: dict[str, Segment] = {}
    for drawing, code in zip(drawings, codes, strict=True):
        try:
            segments[code] = _segment(drawing, code)
        except InvalidInput as error:
            drawing.row.tell("geometry-refused", zh=error.say("zh"), en=error.say("en"))
        findings += drawing.row.take_findings()
    return [segments[code] for code in sorted(segments)], findings


def _segment(drawing: Drawing, code: str) -> Segment:
    texts = drawing.row.texts
    return Segment(
        code=code,
        road=name_of(texts.get("road", code), texts.get("road_en")),
        road_class=drawing.road_class,
        start=_end_name(texts, "start"),
        end=_end_name(texts, "end"),
        centreline=drawing.line,
        strips=draw_strips(drawing.line, list(_both_sides(drawing.widths.get(drawing.road_class, ())))),
    )


def _end_name(texts: Mapping[str, str], key: str) -> Name:
    """What an end of the segment is called; a name without words where the file does not say."""
    return name_of(texts[key], texts.get(f"{key}_en")) if key in texts else Name(en=texts.get(f"{key}_en"))


def _both_sides(widths: Sequence[tuple[StripKind, float]]) -> Iterator[tuple[Side, StripKind, float, float]]:
    """The strips of both sides, alike, with their metres from the middle."""
    reaches_m = [round(reach_m, PLACES) for reach_m in accumulate((width_m for _, width_m in widths), initial=0.0)]
    for side in Side:
        for (kind, _), (near_m, far_m) in zip(widths, pairwise(reaches_m), strict=True):
            yield side, kind, near_m, far_m


def _codes(drawings: Sequence[Drawing], findings: list[Finding]) -> list[str]:
    """The code of each segment: its own, or made; what is wrong with them joins the findings."""
    given = [drawing.row.texts.get("code") for drawing in drawings]
    taken: dict[str, str] = {}
    for drawing, code in zip(drawings, given, strict=True):
        row = drawing.row
        if code in taken:
            row.tell("code-repeated", code=code, first=taken[code])
        elif code is not None:
            taken[code] = f"{row.source.file}, {row.number}"
    numbers = {road: count(1) for drawing in drawings if (road := drawing.row.texts.get("road")) is not None}
    codes, nameless = [], []
    for drawing, code in zip(drawings, given, strict=True):
        road = drawing.row.texts.get("road")
        if code is None and road is None:
            nameless.append(drawing)
        codes.append(code or _made_code(drawing.row, road, numbers, taken))
    findings += _notices("roads-without-name", nameless)
    return codes


def _made_code(row: Row, road: str | None, numbers: Mapping[str, Iterator[int]], taken: dict[str, str]) -> str:
    """The first code that is free: the road's name with the next number, or file and row."""
    if road is None:
        stem = f"{stem_of(row.source.file)}-{row.number}"
        made = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    else:
        made = (f"{road}-{number}" for number in numbers[road])
    code = next(code for code in made if code not in taken)
    taken[code] = row.source.file
    return code


def _class_notices(drawings: Sequence[Drawing], road_classes: Sequence[str]) -> list[Finding]:
    """Which classes rank lowest because the policy does not know them, and which have no strips."""
    unknown = [drawing for drawing in drawings if drawing.road_class not in road_classes]
    bare = [drawing for drawing in drawings if not drawing.widths.get(drawing.road_class)]
    return [*_by_class("unknown-road-class", unknown), *_by_class("no-strips-for-class", bare)]


def _by_class(kind: str, drawings: Sequence[Drawing]) -> list[Finding]:
    """One notice for each class, in the order of the classes."""
    return [
        finding
        for road_class in sorted({drawing.road_class for drawing in drawings})
        for finding in _notices(
            kind, [drawing for drawing in drawings if drawing.road_class == road_class], road_class or "–"
        )
    ]


def _notices(kind: str, drawings: Sequence[Drawing], road_class: str = "") -> list[Finding]:
    """One notice for all segments of a file."""
    by_file: dict[str, list[int | None]] = {}
    for drawing in drawings:
        by_file.setdefault(drawing.row.source.file, []).append(drawing.row.number)
    return [
        find(kind, source=file, row=rows[0], count=len(rows), rows=say_rows(rows), road_class=road_class)
        for file, rows in by_file.items()
    ]
