"""Layers of areas as cities send them: GeoJSON, GeoPackage, Shapefile, zipped; honest, broken and hostile."""

import gzip
import re
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import orjson
import pytest
import shapely
from shapely import GeometryCollection, MultiPolygon, Polygon

from geo.city_folder import Intake, Limits, read_city
from geo.datum import from_wgs84, parse_datum, to_wgs84
from geo.sources import ogr, ogr_child
from geo.wording import Name
from tests.geo.worlds import (
    areas,
    feature,
    geojson,
    kinds,
    square,
    take_in,
    the_finding,
    towns,
    write_city,
    write_layer,
)

CITY = '[city]\nname = "x"\n[[areas]]\nfile = "{file}"\n'
TOWNS = [square(0, 0), square(1, 0)]


def city(file: str, more: str = "") -> str:
    return CITY.format(file=file) + more


# what is read


@pytest.mark.parametrize("name", ["t.geojson", "t.json", "t.geojson.gz", "T.GeoJSON"])
def test_geojson_is_read_plain_and_zipped(tmp_path: Path, name: str) -> None:
    assert list(areas(take_in(tmp_path, city(name), {name: towns("a", "b")}))) == ["a", "b"]


def test_geojson_with_a_byte_order_mark_and_a_single_feature_is_read(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + orjson.dumps(feature(square(0, 0), code="a"))
    assert list(areas(take_in(tmp_path, city("t.geojson"), {"t.geojson": content}))) == ["a"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (32050800100101, "32050800100101"),
        ("0111", "0111"),
        (" Asia/Urumqi ", "Asia/Urumqi"),
        (True, "true"),
        (["a", 1], '["a",1]'),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_property_becomes_text_as_a_person_writes_it(tmp_path: Path, value: object, text: str | None) -> None:
    content = geojson(feature(square(0, 0), code="a", name="甲", told=value), feature(square(1, 0), code="b", told="x"))
    intake = take_in(tmp_path, city("t.geojson", 'name_en = "told"\n'), {"t.geojson": content})
    assert areas(intake)["a"].name == Name(zh="甲", en=text)


def test_a_geopackage_is_read_with_numbers_as_text(tmp_path: Path) -> None:
    write_layer(tmp_path / "t.gpkg", TOWNS, driver="GPKG", code=[7, 8], name=["平江", "苏锦"], size=[7.0, 7.5])
    intake = take_in(tmp_path, city("t.gpkg", 'name_en = "size"\n'), {})
    assert {code: area.name for code, area in areas(intake).items()} == {
        "7": Name(zh="平江", en="7"),
        "8": Name(zh="苏锦", en="7.5"),
    }
    assert areas(intake)["7"].boundary.equals_exact(MultiPolygon([TOWNS[0]]), normalize=True)


def test_a_shapefile_in_gbk_is_read_by_its_cpg(tmp_path: Path) -> None:
    write_layer(
        tmp_path / "t.shp", TOWNS, driver="ESRI Shapefile", encoding="GBK", 编码=["0111", "b"], 名称=["平江", "苏锦"]
    )
    assert (tmp_path / "t.cpg").read_text() == "GBK"
    assert "平江".encode("gbk") in (tmp_path / "t.dbf").read_bytes()
    intake = take_in(tmp_path, city("t.shp", 'code = "编码"\nname = "名称"\n'), {})
    assert {code: area.name.zh for code, area in areas(intake).items()} == {"0111": "平江", "b": "苏锦"}


def zip_shapefile(folder: Path, stem: str, archive: Path, inside: str = "") -> None:
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.glob(f"{stem}.*")):
            packed.write(part, f"{inside}{part.name}")


def test_a_zipped_shapefile_is_read_from_any_folder_inside(tmp_path: Path) -> None:
    write_layer(tmp_path / "t.shp", TOWNS, driver="ESRI Shapefile", encoding="GBK", code=["平", "b"])
    zip_shapefile(tmp_path, "t", tmp_path / "t.zip", inside="数据/../../")
    assert sorted(areas(take_in(tmp_path, city("t.zip"), {}))) == ["b", "平"]


def test_of_several_layers_one_must_be_named(tmp_path: Path) -> None:
    for stem in ("one", "two"):
        write_layer(tmp_path / f"{stem}.shp", TOWNS, driver="ESRI Shapefile", code=[f"{stem}a", f"{stem}b"])
        zip_shapefile(tmp_path, stem, tmp_path / "t.zip")
    unnamed = the_finding(take_in(tmp_path, city("t.zip"), {}), "unreadable-file")
    assert "one, two" in str(unnamed.values["en"])
    assert list(areas(take_in(tmp_path, city("t.zip", 'layer = "two"\n'), {}))) == ["twoa", "twob"]


# which datum


def from_gcj02(ground: Polygon) -> Polygon:
    lon, lat = shapely.get_coordinates(ground).T
    return Polygon(np.stack(to_wgs84(parse_datum("gcj02"), lon=lon, lat=lat), axis=1))


def in_metres(ground: Polygon) -> Polygon:
    """The ground in the metres of EPSG:4549."""
    lon, lat = shapely.get_coordinates(ground).T
    return Polygon(np.stack(from_wgs84(parse_datum("EPSG:4549"), lon=lon, lat=lat), axis=1))


def ground_of(intake: Intake, code: str) -> MultiPolygon:
    return areas(intake)[code].boundary


@pytest.mark.parametrize("declared", ["EPSG:4326", "EPSG:4490", None])
def test_a_file_that_declares_lon_lat_is_read_in_the_datum_of_the_city(tmp_path: Path, declared: str | None) -> None:
    write_layer(tmp_path / "t.shp", TOWNS, driver="ESRI Shapefile", crs=declared or "EPSG:4549", code=["a", "b"])
    if declared is None:
        (tmp_path / "t.prj").unlink()
    intake = take_in(tmp_path, city("t.shp").replace('"x"', '"x"\ndatum = "gcj02"'), {})
    assert ground_of(intake, "a").equals_exact(MultiPolygon([from_gcj02(TOWNS[0])]), normalize=True)


@pytest.mark.parametrize(("name", "driver"), [("t.gpkg", "GPKG"), ("t.shp", "ESRI Shapefile")])
def test_a_file_that_declares_metres_is_read_in_them(tmp_path: Path, name: str, driver: str) -> None:
    write_layer(tmp_path / name, [in_metres(town) for town in TOWNS], driver=driver, crs="EPSG:4549", code=["a", "b"])
    intake = take_in(tmp_path, city(name).replace('"x"', '"x"\ndatum = "gcj02"'), {})
    assert ground_of(intake, "a").equals_exact(MultiPolygon([TOWNS[0]]), tolerance=1e-9, normalize=True)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::4549", "EPSG:4549"])
def test_the_old_crs_member_of_geojson_counts(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    content = geojson(feature(in_metres(TOWNS[0]), code="a"), crs=crs)
    intake = take_in(tmp_path, city("t.geojson"), {"t.geojson": content})
    assert ground_of(intake, "a").equals_exact(MultiPolygon([TOWNS[0]]), tolerance=1e-9, normalize=True)


def test_the_datum_that_city_toml_gives_a_file_counts_first(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    content = geojson(feature(TOWNS[0], code="a"), crs=crs)
    intake = take_in(tmp_path, city("t.geojson", 'datum = "wgs84"\n'), {"t.geojson": content})
    assert ground_of(intake, "a").equals_exact(MultiPolygon([TOWNS[0]]), normalize=True)


def test_a_projection_without_a_known_code_blocks(tmp_path: Path) -> None:
    write_layer(tmp_path / "t.shp", TOWNS, driver="ESRI Shapefile", crs="EPSG:4549", code=["a", "b"])
    projection = (tmp_path / "t.prj").read_text()
    local = re.sub(r'(?<=PARAMETER\["False_Easting",)[0-9.]+', "50805.0", projection).replace(
        "CGCS2000_3", "Suzhou_City"
    )
    assert local != projection
    (tmp_path / "t.prj").write_text(local)
    assert "Suzhou_City" in str(the_finding(take_in(tmp_path, city("t.shp"), {}), "unknown-datum").values["en"])


# what is refused


def reason(intake: Intake, kind: str = "unreadable-file") -> str:
    assert intake.city_map is None
    return str(the_finding(intake, kind).values["en"])


VIRTUAL = (
    "<OGRVRTDataSource><OGRVRTLayer name='t'><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize("disguise", ["t.gpkg", "t.shp", "t.geojson", "t.zip"])
def test_a_virtual_layer_in_disguise_opens_no_other_file(tmp_path: Path, disguise: str) -> None:
    secret = write_layer(tmp_path / "secret.gpkg", TOWNS, driver="GPKG", code=["a", "b"])
    assert reason(take_in(tmp_path, city(disguise), {disguise: VIRTUAL.format(path=secret)}))


def test_the_process_apart_knows_two_drivers_and_no_virtual_layer(tmp_path: Path) -> None:
    secret = write_layer(tmp_path / "secret.gpkg", TOWNS, driver="GPKG", code=["a", "b"])
    (tmp_path / "t.gpkg").write_text(VIRTUAL.format(path=secret))
    command = [sys.executable, "-I", ogr_child.__file__, str(tmp_path / "t.gpkg"), "", "1000000"]
    shut = subprocess.run(command, capture_output=True, check=False, env=ogr.environment())
    assert (shut.returncode, shut.stdout) == (1, b"")
    assert b"not recognized" in shut.stderr
    opened = subprocess.run(command, capture_output=True, check=False)
    assert opened.returncode == 1
    assert b"drivers that must not be there" in opened.stderr


def test_a_geopackage_that_is_broken_inside_gives_the_reason(tmp_path: Path) -> None:
    assert "reading it failed" in reason(
        take_in(tmp_path, city("t.gpkg"), {"t.gpkg": b"SQLite format 3\x00" + b"x" * 999})
    )


def test_reading_apart_ends_at_the_time_limit(tmp_path: Path) -> None:
    write_layer(tmp_path / "t.gpkg", TOWNS, driver="GPKG", code=["a", "b"])
    folder = write_city(tmp_path, city("t.gpkg"), {})
    assert "took over 0.001 s" in reason(read_city(folder, limits=Limits(seconds=0.001)))


def test_a_part_of_a_shapefile_that_is_a_link_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    write_layer(folder / "t.shp", TOWNS, driver="ESRI Shapefile", code=["a", "b"])
    (folder / "t.dbf").rename(tmp_path / "elsewhere.dbf")
    (folder / "t.dbf").symlink_to(tmp_path / "elsewhere.dbf")
    assert "symbolic link" in reason(take_in(folder, city("t.shp"), {}))


def test_a_zip_without_a_shapefile_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as packed:
        packed.writestr("readme.txt", "nothing")
    assert "must hold one .shp" in reason(take_in(tmp_path, city("t.zip"), {}))


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"[]", b'{"type": "FeatureCollection"}', b'{"features": [7]}', '{"features": "é"}'.encode("latin-1")],
)
def test_what_is_no_geojson_is_refused(tmp_path: Path, content: bytes) -> None:
    assert reason(take_in(tmp_path, city("t.geojson"), {"t.geojson": content}))


def test_a_broken_gzip_is_refused(tmp_path: Path) -> None:
    folder = write_city(tmp_path, city("t.geojson.gz"), {})
    for content in (b"no gzip", gzip.compress(towns("a"))[:-9]):
        (folder / "t.geojson.gz").write_bytes(content)
        assert "gzip" in reason(read_city(folder))


def test_what_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    write_layer(tmp_path / "s.shp", TOWNS * 50, driver="ESRI Shapefile", code=["a"] * 100)
    zip_shapefile(tmp_path, "s", tmp_path / "t.zip")
    small = Limits(file_bytes=6000)
    for file in ("t.geojson.gz", "t.zip"):
        folder = write_city(tmp_path, city(file), {"t.geojson.gz": towns("a") + b" " * 6000})
        assert (folder / file).stat().st_size < small.file_bytes
        assert "exceeds 6000 bytes" in reason(read_city(folder, limits=small))


def test_a_view_that_makes_many_rows_of_one_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    write_layer(tmp_path / "t.gpkg", [square(0, 0)], driver="GPKG", code=["a"])
    with closing(sqlite3.connect(tmp_path / "t.gpkg")) as database, database:
        database.execute(
            "CREATE VIEW many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
            "SELECT n.i AS fid, t.code, t.geom FROM n, t"
        )
        database.execute("INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('many', 'features', 4326)")
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('many', 'geom', 'GEOMETRY', 4326, 0, 0)")
    folder = write_city(tmp_path, city("t.gpkg", 'layer = "many"\n'), {})
    assert (tmp_path / "t.gpkg").stat().st_size < 500_000
    assert "larger than the limit" in reason(read_city(folder, limits=Limits(file_bytes=500_000)))


@pytest.mark.parametrize("name", ["t.geojson", "t.gpkg"])
def test_a_feature_with_too_many_vertices_is_refused(tmp_path: Path, name: str) -> None:
    octagon = square(5, 5).buffer(0.001, quad_segs=1)
    write_layer(tmp_path / "t.gpkg", [square(0, 0), octagon], driver="GPKG", code=["a", "b"])
    content = geojson(feature(square(0, 0), code="a"), feature(octagon, code="b"))
    folder = write_city(tmp_path, city(name), {"t.geojson": content})
    intake = read_city(folder, limits=Limits(vertices_per_feature=5))
    assert the_finding(intake, "geometry-refused").row == 2
    assert "more than 5 vertices" in reason(intake, "geometry-refused")


def nest(ground: shapely.Geometry, depth: int) -> shapely.Geometry:
    for _ in range(depth):
        ground = GeometryCollection([ground, shapely.Point(120.6, 31.3)])
    return ground


@pytest.mark.parametrize("name", ["t.geojson", "t.gpkg"])
def test_collections_are_opened_two_deep_and_refused_beyond(tmp_path: Path, name: str) -> None:
    grounds = [nest(square(0, 0), 2), nest(square(1, 0), 3)]
    write_layer(tmp_path / "t.gpkg", grounds, driver="GPKG", code=["a", "b"])
    content = geojson(*(feature(ground, code=code) for ground, code in zip(grounds, "ab", strict=True)))
    intake = take_in(tmp_path, city(name), {"t.geojson": content})
    assert [(finding.kind, finding.row) for finding in intake.findings[:2]] == [
        ("geometry-repaired", 1),
        ("geometry-refused", 2),
    ]


def test_a_collection_hundreds_deep_never_reaches_the_geometry_engine(tmp_path: Path) -> None:
    head, tail = b'{"type":"GeometryCollection","geometries":[', b"]}"
    point = b'{"type":"Point","coordinates":[0,0]}'
    deep = b'{"type":"Feature","properties":{"code":"a"},"geometry":' + head * 400 + point + tail * 400 + b"}"
    assert "nested more than 2 deep" in reason(
        take_in(tmp_path, city("t.geojson"), {"t.geojson": deep}), "geometry-refused"
    )


@pytest.mark.parametrize(
    "geometry",
    [
        7,
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [7]},
        {"type": "Polygon", "coordinates": [[[1], [2], [3], [4]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [2, 2]]]},
        {"type": "MultiPolygon", "coordinates": [7]},
        {"type": "Point", "coordinates": [1, 2]},
        {"no": "type"},
    ],
)
def test_a_malformed_geometry_blocks_by_its_row(tmp_path: Path, geometry: object) -> None:
    content = geojson(
        feature(square(0, 0), code="a"), {"type": "Feature", "properties": {"code": "b"}, "geometry": geometry}
    )
    intake = take_in(tmp_path, city("t.geojson"), {"t.geojson": content})
    assert intake.city_map is None
    assert {finding.row for finding in intake.findings if finding.kind.startswith("geometry-")} == {2}


def test_a_ring_with_heights_on_some_positions_is_read(tmp_path: Path) -> None:
    ring = [[120, 31, 5], [120.01, 31], [120.01, 31.01, None], [120, 31, 5]]
    content = geojson(feature({"type": "Polygon", "coordinates": [ring]}, code="a"))
    assert kinds(take_in(tmp_path, city("t.geojson"), {"t.geojson": content})) == []
