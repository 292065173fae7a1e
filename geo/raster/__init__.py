"""The index that answers: a raster over all boundaries, exact, with GEOS for what rounding could decide."""
