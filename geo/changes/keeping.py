"""What an import found stays with the draft until what it is about changes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from geo.changes.change import Change
from geo.findings import find
from geo.model import Finding

# Which collections a finding may be about that names a code and is told of one thing alone.
ABOUT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "unit-without-contact": ("units",),
        "geometry-repaired": ("areas", "checkpoints", "claims"),
        "features-merged": ("areas", "checkpoints"),
    }
)
# Told anew of everything by every settling.
SETTLED = ("contractor-leads", "site-outside-city")
# Told anew of every level of a scheme that is touched.
OF_LEVELS = ("overlap", "gap", "child-outside-parent", "area-without-parent")
MADE = "made-units-without-contact"


def keep_findings(
    before: Sequence[Finding], told: Sequence[Finding], changes: Sequence[Change], *, dropped: int
) -> tuple[Finding, ...]:
    """The findings of a changed map: those from before that still hold, in their words, then those now told.

    `dropped` is how many made units went before the settling made new ones.
    """
    touched = {
        (change.collection, change.code.split("/", 2)[-1] if change.collection == "areas" else change.code)
        for change in changes
    }
    addresses = {change.address for change in changes}
    schemes = {change.code.split("/")[0] for change in changes if change.collection == "areas"}
    again = {_identity(finding) for finding in told}

    def holds(finding: Finding) -> bool:
        if finding.kind in SETTLED or (finding.kind in OF_LEVELS and finding.values.get("scheme") in schemes):
            return _identity(finding) in again
        about = ABOUT.get(finding.kind, ())
        return finding.source not in addresses and not any((name, finding.code) in touched for name in about)

    made = [finding for finding in (*before, *told) if finding.kind == MADE]
    kept = [finding for finding in before if finding.kind != MADE and holds(finding)]
    known = {_identity(finding) for finding in kept}
    kept += [finding for finding in told if finding.kind != MADE and _identity(finding) not in known]
    count = sum(int(str(finding.values["count"])) for finding in made) - dropped
    if count > 0:
        kept.append(find(MADE, count=count))
    return tuple(kept)


def _identity(finding: Finding) -> tuple[object, ...]:
    """What a finding says, wherever it was read."""
    values = {key: value for key, value in finding.values.items() if key not in ("source", "row")}
    return finding.kind, finding.code, repr(sorted(values.items()))
