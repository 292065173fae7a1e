"""Categories, claims, checkpoints and segments in the database: what is loaded is what was saved, on both alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from itertools import chain

import pytest
from shapely import MultiPolygon, Polygon, to_wkb
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from api.storage import tables
from api.storage.documents import city_document, city_from
from api.storage.engine import reading
from api.storage.errors import UnstorableText
from api.storage.map_store import load_map
from geo.model import CityMap, Policy
from tests.storage_worlds import NOON, publish, save, two_districts, two_districts_with_claims


def load(engine: Engine, edition_id: int) -> CityMap:
    with reading(engine) as session:
        return load_map(session, edition_id)


def boundaries_kept(engine: Engine) -> int:
    with reading(engine) as session:
        return session.execute(select(func.count()).select_from(tables.boundary)).scalar_one()


def shapes(city_map: CityMap) -> list[BaseGeometry | None]:
    return [
        *(claim.place.boundary for claim in city_map.claims),
        *chain.from_iterable((site.inner, site.halo) for site in city_map.checkpoints),
        *(segment.centreline for segment in city_map.segments),
        *(strip.boundary for segment in city_map.segments for strip in segment.strips),
    ]


def test_claims_and_what_they_stand_on_are_loaded_as_they_were_saved(engine: Engine) -> None:
    saved = two_districts_with_claims()
    loaded = load(engine, save(engine, saved))
    assert loaded.categories == saved.categories
    assert loaded.claims == saved.claims
    assert loaded.checkpoints == saved.checkpoints
    assert loaded.segments == saved.segments
    assert loaded.components == saved.components
    assert loaded.city == saved.city
    assert replace(loaded, records=()) == replace(saved, records=())


def test_every_shape_keeps_every_bit(engine: Engine) -> None:
    saved = two_districts_with_claims()
    loaded = load(engine, save(engine, saved))
    assert [to_wkb(shape) for shape in shapes(loaded)] == [to_wkb(shape) for shape in shapes(saved)]


def test_a_halo_that_ends_at_minus_zero_is_closed_and_a_site_without_one_stays_without(engine: Engine) -> None:
    triangle = MultiPolygon([Polygon([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (-0.0, 0.0)])])
    market, park = two_districts_with_claims().checkpoints
    saved = replace(two_districts_with_claims(), checkpoints=(replace(market, halo=triangle), park))
    assert load(engine, save(engine, saved)).checkpoints == saved.checkpoints


def test_sites_none_of_which_has_a_halo_are_kept(engine: Engine) -> None:
    saved = replace(two_districts_with_claims(), checkpoints=two_districts_with_claims().checkpoints[1:])
    assert load(engine, save(engine, saved)).checkpoints == saved.checkpoints


def test_moments_of_a_claim_come_back_in_utc(engine: Engine) -> None:
    claim, *_ = load(engine, save(engine, two_districts_with_claims())).claims
    assert claim.valid_from == NOON
    assert claim.valid_from.tzinfo is UTC


def test_a_polygon_that_a_claim_shares_with_an_area_is_kept_once(engine: Engine) -> None:
    save(engine, two_districts_with_claims())
    assert boundaries_kept(engine) == 3 + 3 + 3  # areas and the claim; market, its halo, park; strips


def test_what_stands_on_a_boundary_keeps_it_when_the_draft_is_replaced(engine: Engine) -> None:
    saved = two_districts_with_claims()
    save(engine, saved)
    second = save(engine, replace(saved, areas=saved.areas[3:]))  # the polygon of D1 is now the claim's alone
    assert load(engine, second).claims == saved.claims
    assert shapes(load(engine, second)) == shapes(saved)


def test_boundaries_that_only_the_replaced_draft_used_are_dropped(engine: Engine) -> None:
    save(engine, two_districts_with_claims())
    save(engine, two_districts())
    assert boundaries_kept(engine) == 3


def test_claims_of_a_published_edition_stay_beside_a_draft_without_them(engine: Engine) -> None:
    save(engine, two_districts_with_claims())
    published = publish(engine)
    draft = save(engine, two_districts())
    assert load(engine, draft).claims == ()
    assert load(engine, published.id).claims == two_districts_with_claims().claims
    assert shapes(load(engine, published.id)) == shapes(two_districts_with_claims())


def by_an_unknown_unit(city_map: CityMap) -> CityMap:
    return replace(city_map, claims=(replace(city_map.claims[0], unit="nobody"),))


def executed_by_an_unknown_unit(city_map: CityMap) -> CityMap:
    return replace(city_map, claims=(replace(city_map.claims[0], executor="nobody"),))


def kept_by_an_unknown_unit(city_map: CityMap) -> CityMap:
    return replace(city_map, checkpoints=(replace(city_map.checkpoints[0], unit="nobody"),))


def run_by_an_unknown_principal(city_map: CityMap) -> CityMap:
    return replace(city_map, checkpoints=(replace(city_map.checkpoints[0], principal="nobody"),))


def managed_by_an_unknown_unit(city_map: CityMap) -> CityMap:
    return replace(city_map, checkpoints=(replace(city_map.checkpoints[0], manager="nobody"),))


def owned_by_an_unknown_unit(city_map: CityMap) -> CityMap:
    return replace(city_map, components=(replace(city_map.components[0], owner="nobody"),))


def a_component_of_an_unknown_category(city_map: CityMap) -> CityMap:
    return replace(city_map, components=(replace(city_map.components[0], category="nothing"),))


def below_an_unknown_category(city_map: CityMap) -> CityMap:
    return replace(city_map, categories=(replace(city_map.categories[0], parent="nothing"),))


@pytest.mark.parametrize(
    "change",
    [
        by_an_unknown_unit,
        executed_by_an_unknown_unit,
        kept_by_an_unknown_unit,
        run_by_an_unknown_principal,
        managed_by_an_unknown_unit,
        owned_by_an_unknown_unit,
        a_component_of_an_unknown_category,
        below_an_unknown_category,
    ],
)
def test_what_points_at_nobody_is_refused_and_the_draft_stays(
    engine: Engine, change: Callable[[CityMap], CityMap]
) -> None:
    draft = save(engine, two_districts_with_claims())
    with pytest.raises(IntegrityError):
        save(engine, change(two_districts_with_claims()))
    assert load(engine, draft).claims == two_districts_with_claims().claims


def test_a_claim_whose_source_has_half_a_character_is_refused(engine: Engine) -> None:
    city_map = two_districts_with_claims()
    with pytest.raises(UnstorableText, match="half a character"):
        save(engine, replace(city_map, claims=(replace(city_map.claims[0], source="\ud842"),)))


def test_a_policy_of_an_older_version_has_the_defaults_of_what_it_did_not_know() -> None:
    document = city_document(two_districts().city)
    document["policy"] = {"accuracy_max_m": 80.0}
    assert city_from(document).policy == Policy(accuracy_max_m=80.0)


def test_postgis_answers_spatial_questions_about_centrelines(
    postgis_url: str, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(postgis_url)
    save(engine, two_districts_with_claims())
    crossing = text(
        "SELECT code FROM segment WHERE ST_Intersects(centreline, ST_MakeEnvelope(0.4, 0.05, 0.5, 0.15, 4326))"
    )
    indexed = text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_segment_centreline'")
    with reading(engine) as session:
        assert session.scalars(crossing).all() == ["road"]
        assert "USING gist" in session.execute(indexed).scalar_one()


def test_postgis_answers_spatial_questions_about_components(
    postgis_url: str, open_database: Callable[[str], Engine]
) -> None:
    engine = open_database(postgis_url)
    save(engine, two_districts_with_claims())
    near = text("SELECT id FROM component WHERE ST_DWithin(position, ST_SetSRID(ST_MakePoint(0.333, 0.1), 4326), 0.01)")
    indexed = text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_component_position'")
    with reading(engine) as session:
        assert session.scalars(near).all() == ["3205080201000001"]
        assert "USING gist" in session.execute(indexed).scalar_one()
