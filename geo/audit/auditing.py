"""The audit of a map: every check in its order, then how much of the ground is in doubt."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from geo.atlas import Atlas
from geo.audit.doubtful import Doubt, doubts, draw_sample
from geo.audit.kinds import KINDS
from geo.audit.leads import check_leads
from geo.audit.levels import check_levels
from geo.audit.places import check_cells, check_sites
from geo.audit.scene import Scene
from geo.audit.staff import check_staff
from geo.audit.stretches import check_chiefs, check_strips
from geo.audit.terms import check_terms
from geo.audit.things import check_components
from geo.audit.trouble import Trouble
from geo.register.overlay import overlaid
from geo.register.roster import Roster
from geo.wording import Phrase

Progress = Callable[[Phrase, str, int, int], None]
"""Told what is being done, with which part, how many steps are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of look at the map. `finds` are the kinds of troubles that it can find."""

    doing: Phrase
    finds: tuple[str, ...]
    run: Callable[[Scene], Iterator[Trouble]]


CHECKS = (
    Check(Phrase(zh="检查各层级的空白与交叉", en="levels"), ("gap", "overlap", "child-outside-parent"), check_levels),
    Check(Phrase(zh="检查各类别的牵头单位", en="leads"), ("unowned-ground", "no-lead", "equal-rank"), check_leads),
    Check(Phrase(zh="检查归属的期限", en="claims"), ("claim-expired", "claim-expiring"), check_terms),
    Check(
        Phrase(zh="检查岗位与联系方式", en="posts"),
        ("post-vacant", "post-ending", "few-contacts", "holder-without-telephone", "lead-without-contact"),
        check_staff,
    ),
    Check(Phrase(zh="检查路长", en="road chiefs"), ("road-without-chief",), check_chiefs),
    Check(Phrase(zh="检查路幅", en="strips"), ("strip-unclaimed",), check_strips),
    Check(Phrase(zh="检查点位", en="sites"), ("site-outside-unit",), check_sites),
    Check(Phrase(zh="检查空白网格", en="blank cells"), ("blank-cell",), check_cells),
    Check(
        Phrase(zh="检查部件", en="components"),
        ("component-without-owner", "components-of-two-owners"),
        check_components,
    ),
)
ASKING = Phrase(zh="抽样认定", en="asking the sample")


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found: the troubles by severity, kind and id, and the doubt among `sampled` positions."""

    at: datetime
    troubles: tuple[Trouble, ...]
    sampled: int
    doubts: tuple[Doubt, ...]


def audit(
    atlas: Atlas, roster: Roster, at: datetime, *, positions: int | None = None, progress: Progress | None = None
) -> Audit:
    """Everything that is wrong with a map and the register over it at a moment, and how sure its answers are.

    `positions`: how many are asked; by default what the city's policy says, and with 0 none.
    """
    scene = Scene(overlaid(atlas, roster), roster, at)
    steps = len(CHECKS) + 1

    def tell(doing: Phrase, done: int, part: str = "") -> None:
        if progress is not None:
            progress(doing, part, done, steps)

    found: list[Trouble] = []
    for done, check in enumerate(CHECKS):
        tell(check.doing, done)
        found += check.run(scene)
    tell(ASKING, len(CHECKS))
    count = atlas.city.policy.audit_sample if positions is None else positions
    sample = draw_sample(scene, count)
    doubted = doubts(scene, sample, lambda done, of: tell(ASKING, len(CHECKS), f"{done}/{of}")) if count else []
    tell(ASKING, steps)
    return Audit(at, _in_order(found), len(sample.lon), tuple(doubted))


def troubles_of(atlas: Atlas, roster: Roster, at: datetime, kinds: Collection[str]) -> tuple[Trouble, ...]:
    """The troubles of some kinds only, by severity, kind and id; no check is made that finds none of them."""
    scene = Scene(overlaid(atlas, roster), roster, at)
    found = (trouble for check in CHECKS if not set(kinds).isdisjoint(check.finds) for trouble in check.run(scene))
    return _in_order(trouble for trouble in found if trouble.kind in kinds)


def _in_order(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    rank = {kind: i for i, kind in enumerate(KINDS)}
    by_severity = {"error": 0, "warning": 1, "notice": 2}
    return tuple(sorted(troubles, key=lambda it: (by_severity[it.severity], rank[it.kind], it.id)))
