"""Everything a person reads exists twice: a Phrase is one message in Chinese and English."""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message with `{placeholders}`, in Chinese and English.

    Phrases stand as constants beside the code that says them, so that a rule and its words change together.
    """

    zh: str
    en: str

    def say(self, lang: Lang, /, **values: object) -> str:
        """The message in one language; a value that is itself a Phrase or a Name is said in that language too."""
        template = self.zh if lang == "zh" else self.en
        return template.format(**{key: say(value, lang) for key, value in values.items()})

    def name(self, **values: object) -> "Name":
        """The message in both languages, as a name."""
        return Name(zh=self.say("zh", **values), en=self.say("en", **values))


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called; at least one of the two is given."""

    zh: str | None = None
    en: str | None = None

    def say(self, lang: Lang, /) -> str:
        """The name in this language, or in the other one when this one is not known."""
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second or ""


def say(value: object, lang: Lang) -> object:
    """The value as it reads in a language: phrases and names are said, everything else stays."""
    return value.say(lang) if isinstance(value, (Phrase, Name)) else value
