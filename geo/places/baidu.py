"""Baidu's Mercator metres, as they stand in the address of its web map, to degrees in BD-09.

Baidu publishes no formula: its map library holds a polynomial for each of six bands of latitude, and these are its
coefficients. The bands meet within a centimetre at 15°, 30° and 45°, within 0.1 m at 60°, and not at 75°, so nothing
beyond 74° is taken.
"""

BANDS = (
    (8_362_377.87, -7.435856389565537e-9, 8.983055097726239e-6, 10_260_144.86,
     (-0.78625201886289, 96.32687599759846, -1.85204757529826, -59.36935905485877, 47.40033549296737,
      -16.50741931063887, 2.28786674699375)),
    (5_591_021.0, -3.030883460898826e-8, 8.98305509983578e-6, 6_856_817.37,
     (0.30071316287616, 59.74293618442277, 7.357984074871, -25.38371002664745, 13.45380521110908,
      -3.29883767235584, 0.32710905363475)),
    (3_481_989.83, -1.981981304930552e-8, 8.983055099779535e-6, 4_482_777.06,
     (0.03278182852591, 40.31678527705744, 0.65659298677277, -4.44255534477492, 0.85341911805263,
      0.12923347998204, -0.04625736007561)),
    (1_678_043.12, 3.09191371068437e-9, 8.983055096812155e-6, 2_555_164.4,
     (0.00006995724062, 23.10934304144901, -0.00023663490511, -0.6321817810242, -0.00663494467273,
      0.03430082397953, -0.00466043876332)),
    (0.0, 2.890871144776878e-9, 8.983055095805407e-6, 826_088.5,
     (-3.068298e-8, 7.47137025468032, -0.00000353937994, -0.02145144861037, -0.00001234426596,
      0.00010322952773, -0.00000323890364)),
)  # fmt: skip
"""From which northing on, offset and degrees a metre of the longitude, scale of the northing, and its polynomial."""

NORTHERNMOST_DEG = 74.0


def from_mercator(*, easting: float, northing: float) -> tuple[float, float] | None:
    """Longitude and latitude in BD-09 of Baidu's metres; None for what is no place of its map."""
    _, offset_deg, scale_deg, unit, terms = next(band for band in BANDS if abs(northing) >= band[0])
    share = abs(northing) / unit
    lon = offset_deg + scale_deg * abs(easting)
    lat = sum(term * share**power for power, term in enumerate(terms))
    if lon > 180.0 or lat > NORTHERNMOST_DEG:
        return None
    return (-lon if easting < 0 else lon), (-lat if northing < 0 else lat)
