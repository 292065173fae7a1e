"""An edition that was never published, for `assign_file`."""

from dataclasses import dataclass

from geo.atlas import Atlas
from geo.model import Edition
from geo.register.log import Register


@dataclass(frozen=True, slots=True)
class View:
    """One edition, without a register."""

    latest: Atlas

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The only edition."""
        return (self.latest.edition,)

    @property
    def register(self) -> Register:
        """Nobody's names."""
        return Register()

    def atlas(self, edition: Edition) -> Atlas:
        """The only atlas."""
        return self.latest
