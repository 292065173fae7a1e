"""How Chinese sounds: pinyin in full, its initials, and each syllable as one character."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sound:
    """`full` is pingjianglu, `initials` pjl; `syllables` has one character a syllable, to compare by syllables."""

    full: str
    initials: str
    syllables: str


class Ear:
    """Hears texts; syllables are numbered in the order in which they were first heard."""

    def __init__(self) -> None:
        # Its dictionaries take a third of a second to load: only who searches for places pays for them.
        from pypinyin import lazy_pinyin

        self._pinyin = lazy_pinyin
        self._numbers: dict[str, int] = {}

    def hear(self, text: str) -> Sound:
        """The sound of a folded text; Latin letters and digits sound as they are written."""
        parts = [part.replace("v", "u") for part in self._pinyin(text)]
        letters = "".join(self._syllable(part) for part in parts)
        return Sound("".join(parts), "".join(part if part[0].isdigit() else part[0] for part in parts), letters)

    def _syllable(self, part: str) -> str:
        return chr(0x4E00 + self._numbers.setdefault(part, len(self._numbers)) % 0x5000)
