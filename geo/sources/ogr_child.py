"""Run as a script of its own: reads one vector file with OGR and writes it to standard output as an Arrow stream.

    python ogr_child.py PATH LAYER LIMIT_BYTES

OGR opens almost anything and was not written for files by strangers, so it runs apart from the program: it may crash,
and the parent passes an environment (GDAL_SKIP) that leaves it two drivers. LAYER is empty for the only layer.
The schema's metadata has `crs` and `geometry`, the name of the column with WKB. On failure: status 1, the reason on
standard error.
"""

import sys

FEATURES_AT_ONCE = 1_000
UNNAMED_GEOMETRY = "wkb_geometry"
DRIVERS = frozenset({"GPKG", "ESRI Shapefile"})


def main(path: str, layer: str, limit_bytes: int) -> None:
    """Nothing; the layer is on standard output."""
    # pyogrio imports these if they are there, and the start would take twice as long.
    sys.modules.update(dict.fromkeys(("geopandas", "pandas")))  # type: ignore[arg-type]
    import pyarrow
    import pyogrio

    if strangers := pyogrio.list_drivers().keys() - DRIVERS:
        raise ValueError(f"drivers that must not be there: {', '.join(sorted(strangers))}")
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if not layer and len(layers) != 1:
        raise ValueError(f"name its layer in city.toml; there are: {', '.join(layers) or 'none'}")
    if layer and layer not in layers:
        raise ValueError(f"no layer {layer}; there are: {', '.join(layers) or 'none'}")
    with pyogrio.open_arrow(path, layer=layer or layers[0], use_pyarrow=True, batch_size=FEATURES_AT_ONCE) as opened:
        about, reader = opened
        metadata = {"crs": about["crs"] or "", "geometry": about["geometry_name"] or UNNAMED_GEOMETRY}
        with pyarrow.ipc.new_stream(sys.stdout.buffer, reader.schema.with_metadata(metadata)) as writer:
            for batch in reader:
                limit_bytes -= batch.nbytes
                if limit_bytes < 0:
                    raise ValueError("its content is larger than the limit")
                writer.write_batch(batch.replace_schema_metadata(metadata))


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
