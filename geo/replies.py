"""The words of a question, and of what can be said to it, with the names of the roads and sites that are near."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from geo.answer_text import BEARING_WORDS, compass
from geo.atlas import Atlas
from geo.chainage import bearing_aside_deg
from geo.claims import PlaceKind
from geo.grounds import Ground
from geo.hearing import MARK_WORDS
from geo.index import Cover
from geo.ladder.words import listed
from geo.marks import AROUND_SITE, IN_SITE, own_marks
from geo.position import Position
from geo.roads import Segment, Side
from geo.wording import Name, Phrase

WHOSE_NAME = Phrase(zh="{category}上写的是谁家？", en="Whose name is on it ({category})?")
WHICH_ONE = Phrase(zh="是哪一个{category}？", en="Which one is it ({category})?")
IS_IT = Phrase(zh="现场看到“{what}”了吗？", en="Is this seen there: {what}?")
WHERE: Mapping[str, Phrase] = MappingProxyType(
    {
        "side": Phrase(zh="在{roads}的哪一侧？", en="On which side of {roads}?"),
        "strip": Phrase(zh="在{roads}的哪个位置？", en="On which part of {roads}?"),
        "checkpoint": Phrase(zh="在{sites}里面、周边，还是都不在？", en="Inside {sites}, around it, or neither?"),
    }
)
ON_SIDE = Phrase(zh="{road}{bearing}侧", en="the {bearing} side of {road}")
INSIDE = Phrase(zh="{site}里面", en="inside {site}")
AROUND = Phrase(zh="{site}周边", en="around {site}")


def say_where(atlas: Atlas, question: Phrase, covers: Sequence[Cover]) -> Name:
    """The question, about the roads and sites that hold some of these grounds."""
    grounds = list(_grounds(atlas, covers))
    roads = (atlas.segments[ground.key[0]].road for ground in grounds if ground.kind is PlaceKind.STRIP)
    sites = (
        atlas.checkpoints[ground.key[0]].name
        for ground in grounds
        if ground.kind in (PlaceKind.CHECKPOINT, PlaceKind.HALO)
    )
    return question.name(roads=_once(roads), sites=_once(sites))


def say_mark(atlas: Atlas, position: Position, mark: str, covers: Sequence[Cover]) -> Name:
    """What a mark means here: the north side of a road, inside a site."""
    grounds = [ground for ground in _grounds(atlas, covers) if mark in own_marks(ground)]
    kind, _, value = mark.partition(":")
    if kind == "side" and grounds:
        return _once(_on_side(atlas.segments[ground.key[0]], position, Side(value)) for ground in grounds)
    if mark in (IN_SITE, AROUND_SITE) and grounds:
        phrase = INSIDE if mark == IN_SITE else AROUND
        return _once(phrase.name(site=atlas.checkpoints[ground.key[0]].name) for ground in grounds)
    return MARK_WORDS[mark]


def _on_side(segment: Segment, position: Position, side: Side) -> Name:
    """A side of a road by the wind that it looks to, where the position is nearest."""
    bearing_deg = bearing_aside_deg(segment, side, lon=position.lon, lat=position.lat)
    return ON_SIDE.name(road=segment.road, bearing=BEARING_WORDS[compass(bearing_deg)])


def _grounds(atlas: Atlas, covers: Iterable[Cover]) -> Iterator[Ground]:
    numbers = (number for cover in covers for number in atlas.grounds.stand(cover).grounds)
    return (atlas.grounds.items[number] for number in dict.fromkeys(numbers))


def _once(names: Iterable[Name]) -> Name:
    return listed(dict.fromkeys(names))
