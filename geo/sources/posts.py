"""[[posts]]: tables of posts, each for a piece of the map or, where none is named, for its unit."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from geo.claims import PlaceKind
from geo.codes import name_of
from geo.errors import InvalidInput
from geo.findings import find
from geo.model import Finding
from geo.posts import Post, PostKind, Subject, SubjectKind
from geo.sources.claim_rows import EACH, SIDES, named_area
from geo.sources.claims import Named
from geo.sources.description import SUBJECT_FIELDS, FileSource
from geo.sources.limits import Limits
from geo.sources.rows import Row, read_rows
from geo.wording import Phrase

NOT_A_SIDE = Phrase(
    zh="“{value}”不是 路段编码 或 路段编码/侧；侧请写 left、right、左、右",
    en="'{value}' is neither a segment nor segment/side; the side is left or right",
)
OWN_UNIT = Phrase(
    zh="“*”表示各区域或各点位自己的单位，只能与 体系/层级/* 或点位的 * 同用；请写明单位编码",
    en="* is the own unit of each area or site and goes only with scheme/level/* or with * for site; give a unit's "
    "code",
)


@dataclass(frozen=True, slots=True)
class PlacedPost:
    """A post and where it was read. What it names is not yet known to exist, and its subject may hold a `*`."""

    post: Post
    file: str
    row: int | None

    def find(self, kind: str, **values: str) -> Finding:
        """A finding about it."""
        return find(kind, source=self.file, row=self.row, code=self.post.code, area_m2=None, **values)


def read_posts(source: FileSource, limits: Limits) -> tuple[list[PlacedPost], list[Finding]]:
    """The posts of a table, and everything that is wrong with it."""
    rows, findings = read_rows(source, limits)
    posts = []
    for row in rows:
        post = post_of(row)
        if post is not None:
            posts.append(PlacedPost(post, source.file, row.number))
        findings += row.take_findings()
    return posts, findings


def post_of(row: Row) -> Post | None:
    """The post of a row; None when it lacks what a post must have, which is told."""
    code, kind, unit = row.code(), row.needed("kind"), row.needed("unit")
    named = [key for key in SUBJECT_FIELDS if key in row.texts]
    if len(named) > 1:
        row.tell("post-with-two-subjects", fields=", ".join(row.source.columns[key] for key in named))
    if code is None or kind is None or unit is None or len(named) > 1:
        return None
    subject = row.parsed(named[0], SUBJECTS[named[0]], None) if named else Subject(SubjectKind.UNIT, (unit,))
    if subject is None:
        return None
    if unit == EACH and (EACH not in subject.key or subject.kind is SubjectKind.SEGMENT or not named):
        row.refuse("unit", InvalidInput(OWN_UNIT))
    title = name_of(row.texts["title"], row.texts.get("title_en")) if "title" in row.texts else None
    return Post(code, kind, unit, subject, title)


def _segment(text: str) -> Subject:
    code, slash, side = text.rpartition("/")
    if slash and side in SIDES and side != EACH:
        return Subject(SubjectKind.SEGMENT, (code, SIDES[side]))
    if slash and not code:
        raise InvalidInput(NOT_A_SIDE, value=text)
    return Subject(SubjectKind.SEGMENT, (text,))


SUBJECTS: Mapping[str, Callable[[str], Subject]] = MappingProxyType(
    {
        "area": lambda text: Subject(SubjectKind.AREA, named_area(text).key),
        "checkpoint": lambda text: Subject(SubjectKind.CHECKPOINT, (text,)),
        "segment": _segment,
    }
)


def settle_posts(
    placed_posts: Sequence[PlacedPost], named: Named, kinds: Iterable[PostKind]
) -> tuple[list[Post], list[Finding]]:
    """The posts by code, one for each piece of the map that a `*` stands for, and what is wrong with what they name.

    The code of such a post is that of its row and the code that the `*` stands for: `officer/320508001001001`.
    """
    known = {kind.code for kind in kinds}
    posts: dict[str, Post] = {}
    told_at: dict[str, str] = {}
    findings: list[Finding] = []
    for placed in placed_posts:
        findings += _unknown(placed, named, known)
        for post in _posts_of(placed.post, named):
            if post.code in posts:
                repeated = find(
                    "code-repeated", source=placed.file, row=placed.row, code=post.code, first=told_at[post.code]
                )
                findings.append(repeated)
                break
            posts[post.code] = post
            told_at[post.code] = f"{placed.file}, {placed.row}"
    return [posts[code] for code in sorted(posts)], findings


def _posts_of(post: Post, named: Named) -> Iterator[Post]:
    """The post for each piece that its subject stands for; what has no unit is left out for the unit `*`."""
    if EACH not in post.subject.key:
        yield post
        return
    for key, own_unit in _matching(post.subject, named).items():
        unit = own_unit if post.unit == EACH else post.unit
        if unit is not None:
            subject = replace(post.subject, key=key)
            yield replace(post, code=f"{post.code}/{key[-1]}", unit=unit, subject=subject)


def _matching(subject: Subject, named: Named) -> Mapping[tuple[str, ...], str | None]:
    """The pieces of the map that a subject names, each with its own unit."""
    match subject.kind:
        case SubjectKind.AREA:
            return named.places_of(PlaceKind.AREA, subject.key)
        case SubjectKind.CHECKPOINT:
            return named.places_of(PlaceKind.CHECKPOINT, subject.key)
        case SubjectKind.SEGMENT if subject.key == (EACH,):
            return {(code,): None for code in named.segments}
        case SubjectKind.SEGMENT:
            return {subject.key: None} if subject.key[0] in named.segments else {}
        case SubjectKind.UNIT:
            return {subject.key: subject.key[0]} if subject.key[0] in named.units else {}


def _unknown(placed: PlacedPost, named: Named, kinds: Collection[str]) -> Iterator[Finding]:
    post = placed.post
    if post.kind not in kinds:
        yield placed.find("unknown-post-kind", value=post.kind, known=", ".join(sorted(kinds)))
    if post.unit not in named.units and post.unit != EACH:
        yield placed.find("unknown-post-unit", value=post.unit)
    elif not _matching(post.subject, named):
        yield placed.find("unknown-post-subject", value="/".join(post.subject.key))
