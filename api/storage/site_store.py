"""The checkpoints of an edition."""

from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.contents import Boundaries, save_boundaries
from api.storage.rows import Row, add_to_edition, name_of, named, rows_of
from geo.model import CityMap
from geo.sites import Checkpoint, Governance


def save_checkpoints(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the checkpoints are saved. Their units are there already."""
    sites = city_map.checkpoints
    inner = save_boundaries(session, [site.inner for site in sites])
    halos = save_boundaries(session, [site.halo for site in sites])
    rows = (
        _checkpoint_row(site) | {"inner": inside, "halo": around}
        for site, inside, around in zip(sites, inner, halos, strict=True)
    )
    add_to_edition(session, tables.checkpoint, edition_id, rows)


def load_checkpoints(session: Session, edition_id: int, boundaries: Boundaries) -> tuple[Checkpoint, ...]:
    """The checkpoints as they were saved."""
    return tuple(
        Checkpoint(
            code=row.code,
            name=name_of(row),
            type=row.type,
            inner=boundaries[row.inner],
            halo=None if row.halo is None else boundaries[row.halo],
            halo_m=row.halo_m,
            unit=row.unit,
            principal=row.principal,
            governance=None if row.governance is None else Governance(row.governance),
            manager=row.manager,
        )
        for row in rows_of(session, tables.checkpoint, edition_id)
    )


def _checkpoint_row(site: Checkpoint) -> Row:
    return {
        "code": site.code,
        "type": site.type,
        "halo_m": site.halo_m,
        "unit": site.unit,
        "principal": site.principal,
        "governance": None if site.governance is None else site.governance.value,
        "manager": site.manager,
    } | named(site.name)
