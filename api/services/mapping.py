"""Maps out of tables: positions of a table, and what a verification found."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from api.services.bulk_files import open_table, require_fields
from api.services.bulk_rows import Fields, read_places
from api.services.verifying import Report
from geo.atlas import Atlas
from geo.datum import parse_datum
from geo.model import City, FloatArray
from geo.wording import Lang


def read_positions(
    source: Path,
    fields: Fields,
    *,
    city: City,
    datum: str | None,
    encoding: str,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Longitude and latitude of every row in WGS 84, (n,) each; nan where a row has no usable position."""
    chosen = parse_datum(datum or city.datum)
    lon, lat = [], []
    with open_table(source, encoding=encoding) as table:
        require_fields(table, fields.named())
        for batch in table.batches(fields.named()):
            places = read_places(batch, fields, chosen, city, accuracy_m=None)
            lon.append(places.lon)
            lat.append(places.lat)
            if on_progress:
                on_progress(table.done, table.total)
    return np.concatenate([*lon, np.array([])]), np.concatenate([*lat, np.array([])])


def draw_disagreements(atlas: Atlas, report: Report, lang: Lang) -> str:
    """The disagreements of a verification as one HTML page that needs no network."""
    from maps.disagreements import disagreement_map

    return disagreement_map(
        city=atlas.city,
        areas=atlas.areas,
        schemes=atlas.city_map.schemes,
        ground=report.ground,
        compared=report.compared,
        audit=report.audit,
        assets="inline",
        lang=lang,
    )
