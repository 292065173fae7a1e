"""Said and written text in one form, so that the same words compare equal."""

import re
import unicodedata

from geo.errors import InvalidInput
from geo.wording import Phrase

TEXT_LIMIT = 200

EMPTY = Phrase(
    zh="没有说明地点；请给出路名加门牌号、点位、路口或坐标",
    en="no place was given; give a road and number, a site, a crossing or coordinates",
)
TOO_LONG = Phrase(
    zh="地点文字有 {value} 个字符，超过 {limit} 个；请只写地点",
    en="the text has {value} characters, more than {limit}; give the place only",
)
CONTROL = Phrase(
    zh="地点文字含有控制字符 {value}；请删除后重试",
    en="the text holds the control character {value}; remove it",
)

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
SCALES = {"十": 10, "百": 100, "千": 1000}
COUNTED = re.compile(r"[零〇一二两三四五六七八九十百千]+(?=[多来余几]?(?:号|弄|米|公尺|幢|栋|座))")
POLITE = re.compile(r"^(?:你好|喂|我(?:现在|就)?在|(?:就|现)?在|位于|地址[是:：]?|请问|距离?|离)+")
CHATTER = re.compile(r"(?:这里|那里|这儿|那儿|这边|那边|里面|路上|街上|的地方)$")
ABBREVIATIONS = {"rd": "road", "st": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "blvd": "boulevard"}
ENGLISH_FILLER = re.compile(r"^(?:i am|i'm|we are|it is|it's)\s+|^(?:at|on|in)\s+|^the\s+")


def checked(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """The text, stripped.

    Raises
    ------
    InvalidInput
        Nothing is there, it is too long, or it has control characters.
    """
    stripped = text.strip(" \u3000")
    if not stripped:
        raise InvalidInput(EMPTY)
    if len(stripped) > limit:
        raise InvalidInput(TOO_LONG, value=len(stripped), limit=limit)
    for character in stripped:
        if unicodedata.category(character) == "Cc":
            raise InvalidInput(CONTROL, value=f"U+{ord(character):04X}")
    return stripped


def tidy(text: str) -> str:
    """The text in half-width lower case with Arabic numbers and single blanks, without what is said around a place."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = COUNTED.sub(lambda found: str(_count(found[0])), plain)
    plain = re.sub(r"\s+", " ", plain.strip(" ,.;!?。，；！？、"))
    plain = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", plain)  # blanks count only between Latin words
    plain = POLITE.sub("", plain) or plain
    for _ in range(3):
        plain = ENGLISH_FILLER.sub("", plain) or plain
    return CHATTER.sub(lambda found: found[0][0] if found[0] in ("路上", "街上") else "", plain) or plain


def fold(text: str) -> str:
    """Letters and digits only, in lower case and without accents: what is compared."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    words = re.findall(r"[^\W_]+", "".join(c for c in plain if unicodedata.category(c) != "Mn"))
    return "".join(ABBREVIATIONS.get(word, word) for word in words)


def _count(text: str) -> int:
    """The number that Chinese numerals spell: 三十五, 一百零八, 二〇三."""
    if not any(character in SCALES for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in SCALES:
            total += (digit or 1) * SCALES[character]
            digit = 0
        else:
            digit = DIGITS[character]
    return total + digit
