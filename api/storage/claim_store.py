"""The categories of an edition, and its claims."""

from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.contents import Boundaries, save_boundaries
from api.storage.documents import hours_document, hours_from
from api.storage.rows import Row, add_to_edition, name_of, named, rows_of
from geo.categories import Branch, Category, Nature
from geo.claims import Claim, Place, PlaceKind, Role
from geo.model import CityMap


def save_categories(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the tree of categories is saved."""
    add_to_edition(session, tables.category, edition_id, map(_category_row, city_map.categories))


def load_categories(session: Session, edition_id: int) -> tuple[Category, ...]:
    """The tree of categories as it was saved."""
    return tuple(
        Category(
            code=row.code,
            name=name_of(row),
            branch=Branch(row.branch),
            nature=Nature(row.nature),
            parent=row.parent,
        )
        for row in rows_of(session, tables.category, edition_id)
    )


def save_claims(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the claims are saved, with the polygons that they bring. Their units are there already."""
    digests = save_boundaries(session, [claim.place.boundary for claim in city_map.claims])
    rows = (_claim_row(claim) | {"boundary": digest} for claim, digest in zip(city_map.claims, digests, strict=True))
    add_to_edition(session, tables.claim, edition_id, rows)


def load_claims(session: Session, edition_id: int, boundaries: Boundaries) -> tuple[Claim, ...]:
    """The claims as they were saved; their moments are in UTC."""
    return tuple(
        Claim(
            id=row.id,
            unit=row.unit,
            role=Role(row.role),
            categories=tuple(row.categories),
            place=Place(
                kind=PlaceKind(row.place_kind),
                key=tuple(row.place_key),
                boundary=None if row.boundary is None else boundaries[row.boundary],
            ),
            post=row.post,
            executor=row.executor,
            hours=hours_from(row.hours),
            priority=row.priority,
            source=row.source,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows_of(session, tables.claim, edition_id)
    )


def _category_row(category: Category) -> Row:
    return {
        "code": category.code,
        "branch": category.branch.value,
        "nature": category.nature.value,
        "parent": category.parent,
    } | named(category.name)


def _claim_row(claim: Claim) -> Row:
    return {
        "id": claim.id,
        "unit": claim.unit,
        "post": claim.post,
        "executor": claim.executor,
        "role": claim.role.value,
        "categories": list(claim.categories),
        "place_kind": claim.place.kind.value,
        "place_key": list(claim.place.key),
        "hours": hours_document(claim.hours),
        "priority": claim.priority,
        "source": claim.source,
        "valid_from": claim.valid_from,
        "valid_to": claim.valid_to,
    }
