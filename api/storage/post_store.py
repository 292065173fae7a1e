"""The posts of an edition."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.storage import tables
from api.storage.rows import Row, add_to_edition, name_of, named, rows_of
from geo.model import CityMap
from geo.posts import Post, Subject, SubjectKind
from geo.wording import Name

UNTITLED = Name()


def save_posts(session: Session, edition_id: int, city_map: CityMap) -> None:
    """Nothing; the posts are saved. Their units are there already."""
    add_to_edition(session, tables.post, edition_id, map(_post_row, city_map.posts))


def load_posts(session: Session, edition_id: int) -> tuple[Post, ...]:
    """The posts as they were saved."""
    return tuple(
        Post(
            code=row.code,
            kind=row.kind,
            unit=row.unit,
            subject=Subject(SubjectKind(row.subject_kind), tuple(row.subject_key)),
            title=None if (title := name_of(row, "title")) == UNTITLED else title,
        )
        for row in rows_of(session, tables.post, edition_id)
    )


def has_post(session: Session, code: str) -> bool:
    """Whether any edition, or the draft, has a post with this code."""
    return session.scalar(select(tables.post.c.code).where(tables.post.c.code == code).limit(1)) is not None


def _post_row(post: Post) -> Row:
    return {
        "code": post.code,
        "kind": post.kind,
        "unit": post.unit,
        "subject_kind": post.subject.kind.value,
        "subject_key": [str(part) for part in post.subject.key],
    } | named(post.title or UNTITLED, "title")
