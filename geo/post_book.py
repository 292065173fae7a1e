"""The posts of an edition, found by what they are for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from geo.claims import PlaceKind, Role
from geo.errors import NotFound
from geo.grounds import Ground
from geo.posts import Post, PostKind, Subject, SubjectKind
from geo.wording import Name, Phrase

NO_SUCH_POST = Phrase(
    zh="没有编码为 {code} 的岗位；可用 /v1/posts 或 python main.py posts 查看",
    en="there is no post with the code {code}; see /v1/posts or python main.py posts",
)


class PostBook:
    """Finds posts. Immutable."""

    def __init__(self, posts: Iterable[Post], kinds: Sequence[PostKind]) -> None:
        self.by_code: Mapping[str, Post] = {post.code: post for post in posts}
        self.kinds: Mapping[str, PostKind] = {kind.code: kind for kind in kinds}
        rank = {kind.code: i for i, kind in enumerate(kinds)}
        self._for: dict[Subject, list[Post]] = {}
        for post in sorted(self.by_code.values(), key=lambda post: (rank[post.kind], post.code)):
            self._for.setdefault(post.subject, []).append(post)

    def post(self, code: str) -> Post:
        """The post with this code, or NotFound."""
        if code not in self.by_code:
            raise NotFound(NO_SUCH_POST, code=code)
        return self.by_code[code]

    def role(self, post: Post) -> Role | None:
        """In what sense the holder of a post is responsible."""
        return self.kinds[post.kind].role

    def title(self, post: Post) -> Name:
        """What the holder of a post is called."""
        return post.title or self.kinds[post.kind].name

    def for_subject(self, kind: SubjectKind, *key: str) -> Sequence[Post]:
        """The posts for a piece of the map, in the order of kinds, then codes."""
        return self._for.get(Subject(kind, key), ())

    def on(self, ground: Ground) -> Iterator[Post]:
        """The posts whose holders answer for a piece of ground.

        Around a site only those who coordinate: its principal's word ends at the fence.
        """
        match ground.kind, ground.key:
            case PlaceKind.AREA, key:
                yield from self.for_subject(SubjectKind.AREA, *key)
            case PlaceKind.CHECKPOINT, key:
                yield from self.for_subject(SubjectKind.CHECKPOINT, *key)
            case PlaceKind.HALO, key:
                posts = self.for_subject(SubjectKind.CHECKPOINT, *key)
                yield from (post for post in posts if self.role(post) is Role.COORDINATES)
            case PlaceKind.STRIP, (segment, side, _):
                yield from self.of_segment(segment, side)

    def of_segment(self, code: str, *sides: str) -> Iterator[Post]:
        """The posts for the whole of a segment, then those for one of these sides."""
        yield from self.for_subject(SubjectKind.SEGMENT, code)
        for side in sides:
            yield from self.for_subject(SubjectKind.SEGMENT, code, side)
