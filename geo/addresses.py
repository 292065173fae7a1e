"""Addresses (地址): road and number, estate and building, or what people call a place, with its position."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A door, a building or a known spot. `lon` and `lat` are WGS 84; texts are as the city writes them.

    At least one of these is there: road with number, estate, alias.
    """

    code: str
    lon: float
    lat: float
    road: str | None = None
    number: str | None = None
    estate: str | None = None
    building: str | None = None
    alias: str | None = None
