"""What a file of a city may cost at most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes beyond which a file or a feature is refused before it is worked on.

    `file_bytes` holds for the file and for what it unpacks to; `seconds` for one file read in a process of its own.
    """

    vertices_per_feature: int = 5_000_000
    file_bytes: int = 1_000_000_000
    seconds: float = 300.0


USUAL = Limits()
