"""Roads found by name, also when the caller says 路 for 街: people remember the name and mix up what kind it is."""

from collections.abc import Sequence

from geo.places.names import Match, NameIndex
from geo.places.phrasing import ROAD_END
from geo.places.sounds import Ear
from geo.places.words import fold
from geo.wording import Phrase

OTHER_WORD = 0.86  # of the score, for a name that ends in another word for a road

WORD = Phrase(
    zh="路名相符，只是“路”“街”“巷”之类说法不同，请核对",
    en="by its name but for the word for a road (路, 街, 巷 …); check it",
)


class RoadNames:
    """Roads by what they are called; what it offers is that of a `NameIndex`."""

    def __init__(self, names: Sequence[Sequence[str]], ear: Ear) -> None:
        self._whole = NameIndex(names, ear)
        self._stems = NameIndex([[stem for name in texts if (stem := _stem(name))] for texts in names], ear)

    def exactly(self, text: str) -> Sequence[int]:
        """Those that are called just so."""
        return self._whole.exactly(text)

    def search(self, text: str, *, limit: int = 10) -> list[Match]:
        """The best matches for a text, the best first and ties by number."""
        best = {match.number: match for match in self._whole.search(text, limit=limit)}
        if stem := _stem(text):
            for number in self._stems.exactly(stem):
                if number not in best or best[number].score < OTHER_WORD:
                    best[number] = Match(number, OTHER_WORD, WORD)
        return sorted(best.values(), key=lambda match: (-match.score, match.number))[:limit]


def _stem(text: str) -> str:
    """A Chinese road's name without its last word; empty where that is too little or no such word ends it."""
    plain = fold(text)
    ends = [end for end in ROAD_END.finditer(plain) if end.end() == len(plain)]
    return plain[: ends[0].start()] if ends and ends[0].start() > 1 else ""
