"""Golden places (校核点): places whose answer somebody worked out, with the reason; every publish asks them again."""

from dataclasses import dataclass
from datetime import datetime

from geo.shares import Verdict


@dataclass(frozen=True, slots=True)
class GoldenPlace:
    """A question and the answer that it must have. `lon` and `lat` are WGS 84.

    `accuracy_m` None: the caller does not know it. `at` None: whenever it is asked. `unit` is the lead's code, None
    where there is no lead; `rung` the one on which it stands. `facts` are what the caller saw. `why` is never empty.
    """

    code: str
    lon: float
    lat: float
    verdict: Verdict
    rung: str
    why: str
    unit: str | None = None
    accuracy_m: float | None = None
    category: str | None = None
    at: datetime | None = None
    facts: tuple[str, ...] = ()
