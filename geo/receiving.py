"""Who acts while a place is contested and somebody has the ticket: whoever received it first, if the city says so.

首接负责: whoever received it stays responsible until it is handed over.
"""

from collections.abc import Mapping
from dataclasses import replace

from geo.model import InterimRule, Unit
from geo.shares import Verdict
from geo.standing import Standing
from geo.units import accountable


def received(standing: Standing, receiver: str | None, rule: InterimRule, units: Mapping[str, Unit]) -> Standing:
    """What follows when a unit has the ticket already: contested, it keeps it, where the city's rule is so.

    A contractor's ticket is its parent's. Everywhere else the same as without a receiver.
    """
    if receiver is None or rule != "first_receiver" or standing.verdict is not Verdict.CONTESTED:
        return standing
    keeper = units[accountable(receiver, units)]
    # Where nobody was known to go and look, now somebody is.
    do = "survey" if standing.do == "escalate" else standing.do
    return replace(standing, interim=keeper, next_unit=keeper, do=do)
