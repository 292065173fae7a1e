"""GeoPackage and Shapefile, read with OGR in a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.codes import text_of
from geo.errors import InvalidGeometry, SourceError
from geo.shapes import Geometries
from geo.sources import ogr_child
from geo.sources.features import MALFORMED, NESTED_TOO_DEEP, NESTING, TOO_MANY_VERTICES, Drawn, Features
from geo.sources.files import TOO_LARGE, check_size
from geo.sources.limits import Limits
from geo.sources.tables import Table
from geo.wording import Phrase

WRONG_MAGIC = Phrase(
    zh="内容不是 {format}；请检查后缀或重新导出",
    en="its content is no {format}; check its ending or export it anew",
)
OGR_REFUSED = Phrase(zh="读取失败（{reason}）", en="reading it failed ({reason})")
OGR_SLOW = Phrase(
    zh="读取超过 {limit} 秒；请拆分或简化，或提高上限", en="reading it took over {limit} s; split or simplify it"
)
SYMBOLIC_LINK = Phrase(
    zh="其中 {part} 是符号链接；请换成文件本身", en="its part {part} is a symbolic link; put the file itself there"
)
BROKEN_ZIP = Phrase(zh="不是可读的 zip（{reason}）", en="it is no readable zip ({reason})")
NOT_ONE_SHAPEFILE = Phrase(
    zh="zip 中应恰有一个 .shp，现有：{found}；多个时请用 layer 指明",
    en="a zip must hold one .shp, or layer must name one; it holds: {found}",
)

MAGIC = {".gpkg": ("GeoPackage", b"SQLite format 3\x00"), ".shp": ("Shapefile", b"\x00\x00\x27\x0a")}
SUFFIXES = (*MAGIC, ".zip")
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
VERTEX_BYTES = 32  # of a vertex in WKB, with height and measure: no geometry needs more


def read_layer(path: Path, wanted: Collection[str], layer: str | None, drawn: Drawn, limits: Limits) -> Features:
    """The features of a `.gpkg`, a `.shp` or a `.zip` with a shapefile; `layer` names one of several.

    Raises
    ------
    SourceError
    """
    if path.suffix.lower() == ".zip":
        with _unzipped(path, layer, limits) as shapefile:
            return _read(shapefile, wanted, None, drawn, limits)
    return _read(path, wanted, layer, drawn, limits)


def _read(path: Path, wanted: Collection[str], layer: str | None, drawn: Drawn, limits: Limits) -> Features:
    for part in _parts(path):
        if part.is_symlink():  # OGR would follow it out of the folder
            raise SourceError(SYMBOLIC_LINK, part=part.name)
        check_size(part, limits)
    form, magic = MAGIC[path.suffix.lower()]
    with path.open("rb") as stream:
        if stream.read(len(magic)) != magic:
            raise SourceError(WRONG_MAGIC, format=form)
    with tempfile.TemporaryFile() as output:
        _run_child(path, layer, limits, output.fileno())
        output.seek(0)
        with pyarrow.ipc.open_stream(pyarrow.PythonFile(output, mode="r")) as stream:
            return _features(stream.read_all(), wanted, drawn, limits)


def _parts(path: Path) -> list[Path]:
    """The files that OGR will read: a shapefile is several."""
    if path.suffix.lower() != ".shp":
        return [path]
    beside = path.parent.iterdir()
    return [part for part in beside if part.stem == path.stem and part.suffix.lower() in SHAPEFILE_PARTS]


def environment() -> dict[str, str]:
    """The environment of the process apart: ours, but OGR is left its two drivers and no other setting."""
    import pyogrio  # here, because it brings pandas along, which a city of GeoJSON does not need

    ours = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL_", "OGR_", "CPL_"))}
    return {**ours, "GDAL_SKIP": ",".join(pyogrio.list_drivers().keys() - ogr_child.DRIVERS)}


def _run_child(path: Path, layer: str | None, limits: Limits, output: int) -> None:
    # -I and the script's path: what runs does not depend on the folder or the environment of the caller.
    command = [sys.executable, "-I", str(Path(ogr_child.__file__)), str(path), layer or "", str(limits.file_bytes)]
    try:
        done = subprocess.run(  # noqa: S603 (no shell; the path is one argument)
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, env=environment(),
            timeout=limits.seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SourceError(OGR_SLOW, limit=limits.seconds) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise SourceError(OGR_REFUSED, reason=lines[-1] if lines else f"status {done.returncode}")


def _features(layer: pyarrow.Table, wanted: Collection[str], drawn: Drawn, limits: Limits) -> Features:
    metadata = {key.decode(): value.decode() for key, value in layer.schema.metadata.items()}
    geometry = metadata["geometry"]
    fields = tuple(field for field in layer.schema.names if field != geometry)
    try:
        columns = {field: [text_of(value) for value in layer[field].to_pylist()] for field in fields if field in wanted}
    except UnicodeDecodeError as error:
        raise SourceError(OGR_REFUSED, reason=error) from error
    geometries, refused = _geometries(layer[geometry].to_pylist(), drawn, limits)
    return Features(Table(fields, columns, layer.num_rows), geometries, refused, frozenset(), _datum(metadata["crs"]))


def _geometries(
    encoded: list[bytes | None], drawn: Drawn, limits: Limits
) -> tuple[Geometries, dict[int, InvalidGeometry]]:
    """Geometries of WKB; GDAL itself lets no collection through that is nested more than 32 deep."""
    geometries = np.full(len(encoded), None, dtype=object)
    refused = {}
    for place, wkb in enumerate(encoded):
        if wkb is None:
            continue
        try:
            geometries[place] = _geometry(wkb, drawn, limits)
        except InvalidGeometry as error:
            refused[place] = error
    return geometries, refused


def _geometry(wkb: bytes, drawn: Drawn, limits: Limits) -> shapely.Geometry:
    if len(wkb) > limits.vertices_per_feature * VERTEX_BYTES:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=limits.vertices_per_feature)
    geometry = shapely.from_wkb(wkb, on_invalid="fix")
    if geometry is None:
        raise InvalidGeometry(MALFORMED)
    if shapely.get_type_id(geometry) not in drawn.value:
        raise drawn.refuse(geometry.geom_type)
    if shapely.get_num_coordinates(geometry) > limits.vertices_per_feature:
        raise InvalidGeometry(TOO_MANY_VERTICES, limit=limits.vertices_per_feature)
    if _nesting(geometry) > NESTING:
        raise InvalidGeometry(NESTED_TOO_DEEP, limit=NESTING)
    return geometry


def _nesting(geometry: shapely.Geometry) -> int:
    if shapely.get_type_id(geometry) != shapely.GeometryType.GEOMETRYCOLLECTION:
        return 0
    return 1 + max((_nesting(part) for part in shapely.get_parts(geometry)), default=0)


def _datum(crs: str) -> str | None:
    """The EPSG code of what OGR says, or what it says when no code is known for it."""
    if not crs:
        return None
    try:
        number = CRS.from_user_input(crs).to_epsg(min_confidence=70)
    except CRSError:
        return crs
    return f"EPSG:{number}" if number else CRS.from_user_input(crs).name


@contextmanager
def _unzipped(path: Path, layer: str | None, limits: Limits) -> Iterator[Path]:
    """The shapefile of a zip in a temporary folder, under a name of ours: names inside a zip can lead anywhere."""
    check_size(path, limits)
    with tempfile.TemporaryDirectory() as folder:
        shapefile = Path(folder) / "shapefile.shp"
        try:
            with zipfile.ZipFile(path) as archive:
                for part, member in _members(archive, layer, limits).items():
                    with archive.open(member) as packed, shapefile.with_suffix(part).open("wb") as unpacked:
                        shutil.copyfileobj(packed, unpacked)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:  # RuntimeError: a password
            raise SourceError(BROKEN_ZIP, reason=error) from error
        yield shapefile


def _members(archive: zipfile.ZipFile, layer: str | None, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The members of a zip that make up its shapefile, by their suffix."""
    members = {member.filename: member for member in archive.infolist() if not member.filename.startswith("__MACOSX/")}
    stems = [name[:-4] for name in members if name.lower().endswith(".shp")]
    if layer is not None:
        stems = [stem for stem in stems if stem.rpartition("/")[2] == layer]
    if len(stems) != 1:
        raise SourceError(NOT_ONE_SHAPEFILE, found=", ".join(stems) or "–")
    found = {
        name[-4:].lower(): member
        for name, member in members.items()
        if name[:-4] == stems[0] and name[-4:].lower() in SHAPEFILE_PARTS
    }
    if sum(member.file_size for member in found.values()) > limits.file_bytes:
        raise SourceError(TOO_LARGE, limit=limits.file_bytes)
    return found
