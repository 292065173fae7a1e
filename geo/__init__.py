"""The product: who is responsible at a place. Plain Python over numpy, shapely, pyproj; no web, SQL or settings."""
