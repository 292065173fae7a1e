"""[policy] of city.toml: the city's own orders and thresholds, laid over the usual ones."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType

from geo.audit.kinds import KINDS
from geo.ladder import RUNGS
from geo.model import ACCURACY_M, GOVERNED_BY, INTERIM_RULES, MANAGER, InterimRule, Policy, Scheme
from geo.position import ACCURACY_LIMIT_M
from geo.roads import StripKind
from geo.sites import Governance
from geo.sources.description import Widths
from geo.sources.section import Section
from geo.wording import Name, Phrase

WIDTH_LIMIT_M = 200.0
CONTACTS_LIMIT = 100
COMPONENT_LIMIT_M = 500.0
DISCREPANCY_LIMIT_DAYS = 365
DAYS_LIMIT = 3660
SAMPLE_LIMIT = 100_000
STRIPS = Phrase(
    zh='由路中向外的数组，如 [["carriageway", 3.5], ["pavement", 3]]；每种路幅至多一次（carriageway、pavement、'
    "green_belt、frontage），合计不超过 200 米",
    en='a list from the middle outwards such as [["carriageway", 3.5], ["pavement", 3]]: each kind of strip '
    "(carriageway, pavement, green_belt, frontage) at most once, together at most 200 m",
)


def read_policy(section: Section, schemes: Sequence[Scheme], territory: str) -> Policy:
    """The city's policy; `territory` is the scheme whose levels `fallback_level` may name."""
    usual = Policy()
    accuracy = section.table("accuracy_m")
    levels = next([level.code for level in scheme.levels] for scheme in schemes if scheme.code == territory)
    policy = Policy(
        accuracy_m=MappingProxyType(
            {key: accuracy.number(key, usual_m, high=ACCURACY_LIMIT_M) for key, usual_m in ACCURACY_M.items()}
        ),
        accuracy_max_m=section.number("accuracy_max_m", usual.accuracy_max_m, high=ACCURACY_LIMIT_M),
        confidence=section.number("confidence", usual.confidence, low=0.01, high=0.999),
        fallback_level=section.member("fallback_level", levels),
        ladder_component=section.members("ladder_component", RUNGS) or usual.ladder_component,
        ladder_event=section.members("ladder_event", RUNGS) or usual.ladder_event,
        road_classes=section.texts("road_classes") or usual.road_classes,
        territory_by_branch=_territory_by_branch(section.table("territory_by_branch"), schemes),
        component_m=section.number("component_m", usual.component_m, high=COMPONENT_LIMIT_M),
        governance=_governance(section.table("governance"), levels),
        checkpoint_types=_checkpoint_types(section.table("checkpoint_types")),
        gap_m2=section.number("gap_m2", usual.gap_m2),
        overlap_m2=section.number("overlap_m2", usual.overlap_m2),
        contacts_min_site=int(section.number("contacts_min_site", usual.contacts_min_site, high=CONTACTS_LIMIT)),
        contacts_min_unit=int(section.number("contacts_min_unit", usual.contacts_min_unit, high=CONTACTS_LIMIT)),
        interim=_interim(section) or usual.interim,
        discrepancy_days=int(
            section.number("discrepancy_days", usual.discrepancy_days, low=1.0, high=DISCREPANCY_LIMIT_DAYS)
        ),
        audit_blocks=section.members("audit_blocks", KINDS) or usual.audit_blocks,
        audit_days=int(section.number("audit_days", usual.audit_days, high=DAYS_LIMIT)),
        audit_ahead_days=int(section.number("audit_ahead_days", usual.audit_ahead_days, high=DAYS_LIMIT)),
        audit_sample=int(section.number("audit_sample", usual.audit_sample, low=100, high=SAMPLE_LIMIT)),
    )
    accuracy.close()
    section.close()
    return policy


def read_widths(section: Section) -> Widths:
    """The strips of each road class from the middle outwards, with their metres."""
    return MappingProxyType({road_class: _strips(section, road_class) for road_class in section.own_keys()})


def _territory_by_branch(section: Section, schemes: Sequence[Scheme]) -> Mapping[str, str]:
    """The scheme of each category; whether the city has the category is seen when its categories are read."""
    known = [scheme.code for scheme in schemes]
    return MappingProxyType({category: section.required_member(category, known) for category in section.own_keys()})


def _governance(section: Section, levels: Sequence[str]) -> Mapping[str, str]:
    """Who answers for a site that names no unit, by how it is run."""
    answers = {way.value: section.member(way.value, (MANAGER, *levels)) for way in Governance}
    section.close()
    given = {way: answer for way, answer in answers.items() if answer is not None}
    return MappingProxyType({**GOVERNED_BY, **given})


def _interim(section: Section) -> InterimRule | None:
    """Who acts while a place is contested."""
    said = section.member("interim", INTERIM_RULES)
    return next((rule for rule in INTERIM_RULES if rule == said), None)


def _checkpoint_types(section: Section) -> Mapping[str, Name]:
    """The city's own types of sites by code."""
    return MappingProxyType({code: section.required_name(code) for code in section.own_keys()})


def _strips(section: Section, road_class: str) -> tuple[tuple[StripKind, float], ...]:
    strips = as_strips(section.value(road_class))
    if strips is None:
        raise section.wrong(road_class, STRIPS)
    return strips


def as_strips(given: object) -> tuple[tuple[StripKind, float], ...] | None:
    """The strips of one side from the middle outwards, with their metres; None where they are not as `STRIPS` says."""
    if not isinstance(given, list) or not all(_is_strip(strip) for strip in given):
        return None
    strips = tuple((StripKind(kind), float(width_m)) for kind, width_m in given)
    too_wide = any(reach_m > WIDTH_LIMIT_M for reach_m in accumulate(width_m for _, width_m in strips))
    return None if too_wide or len({kind for kind, _ in strips}) < len(strips) else strips


def _is_strip(value: object) -> bool:
    match value:
        case [str() as kind, int() | float() as width_m]:
            return kind in set(StripKind) and not isinstance(width_m, bool) and 0.0 < width_m <= WIDTH_LIMIT_M
    return False
