"""One change: what is to stand at an address of the map."""

from collections.abc import Mapping
from dataclasses import dataclass

Body = Mapping[str, object]
Key = tuple[str, str]
"""A collection, and the code of one of its things: where it stands."""


def address_in(collection: str, code: str) -> str:
    """How findings and the log call a thing: `claims/C-020`."""
    return f"{collection}/{code}"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to stand at an address; without a `body` nothing is."""

    collection: str
    code: str
    body: Body | None

    @property
    def address(self) -> str:
        """What findings and the log call it."""
        return address_in(self.collection, self.code)
