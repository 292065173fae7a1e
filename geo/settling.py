"""What was read one by one becomes one map, in which everything that is named exists.

A city's folder and a change over HTTP both end here, so both are checked alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.categories import Category
from geo.findings import find
from geo.model import City, CityMap, Finding, RecordSet, Scheme, Unit
from geo.roads import Segment
from geo.sources.addresses import PlacedAddress, keep_addresses
from geo.sources.areas import PlacedArea
from geo.sources.checkpoints import PlacedSite, keep_sites
from geo.sources.claim_rows import PlacedClaim
from geo.sources.claims import Named, settle
from geo.sources.components import PlacedComponent, keep_components
from geo.sources.golden import PlacedGolden, keep_golden
from geo.sources.posts import PlacedPost, settle_posts
from geo.sources.section import FILE
from geo.sources.unit_tables import PlacedUnit
from geo.sources.unit_tree import grow, tree_troubles


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything of a city, each thing as it was read; what it names is not yet known to exist.

    `units` are those of `placed_units` by code; `areas` stand by scheme, level and code, with their parents.
    """

    units: Mapping[str, Unit]
    placed_units: Sequence[PlacedUnit]
    areas: Sequence[PlacedArea]
    records: Sequence[RecordSet]
    categories: Sequence[Category]
    sites: Sequence[PlacedSite]
    segments: Sequence[Segment]
    claims: Sequence[PlacedClaim]
    addresses: Sequence[PlacedAddress]
    posts: Sequence[PlacedPost]
    components: Sequence[PlacedComponent]
    golden: Sequence[PlacedGolden]


def settle_city(city: City, schemes: tuple[Scheme, ...], gathered: Gathered) -> tuple[CityMap, list[Finding]]:
    """The map, and what is wrong with what its things name; with a block among that it is no map to use."""
    territory = next(scheme for scheme in schemes if scheme.code == city.territory)
    areas, tree = grow(city, territory, [placed.area for placed in gathered.areas], gathered.units)
    findings = tree_troubles(tree, gathered.placed_units, gathered.areas)
    if made := len(tree) - len(gathered.units):
        findings.append(find("made-units-without-contact", count=made))
    categories = {category.code for category in gathered.categories}
    findings += [
        find("unknown-policy-category", source=FILE, code=code)
        for code in city.policy.territory_by_branch
        if code not in categories
    ]
    sites, site_findings = keep_sites(gathered.sites, tree, territory, areas, city.policy)
    addresses, address_findings = keep_addresses(gathered.addresses)
    named = Named(tree, categories, areas, sites, gathered.segments)
    posts, post_findings = settle_posts(gathered.posts, named, city.post_kinds)
    claims, claim_findings = settle(gathered.claims, named, {post.code for post in posts})
    components, component_findings = keep_components(gathered.components, gathered.categories, tree)
    golden, golden_findings = keep_golden(gathered.golden, categories, tree)
    city_map = CityMap(
        city=city,
        schemes=schemes,
        units=tuple(tree[code] for code in sorted(tree)),
        areas=tuple(areas),
        records=tuple(gathered.records),
        categories=tuple(gathered.categories),
        claims=tuple(claims),
        checkpoints=tuple(sites),
        segments=tuple(gathered.segments),
        addresses=tuple(addresses),
        posts=tuple(posts),
        components=tuple(components),
        golden=tuple(golden),
    )
    found = (site_findings, address_findings, post_findings, claim_findings, component_findings, golden_findings)
    return city_map, [*findings, *(finding for findings_of_one in found for finding in findings_of_one)]
