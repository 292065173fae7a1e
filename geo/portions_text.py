"""The sentence of a shape's portions, as a dispatcher reads it aloud."""

from geo.answer_text import LIST_OF_UNITS
from geo.portions import Portions
from geo.wording import Lang, Phrase

UNITS_NAMED = 4

LENGTH = Phrase(zh="全长 {total} 米", en="{total} m in all")
AREA = Phrase(zh="面积 {total} 平方米", en="{total} m² in all")
SHARED = Phrase(zh="{total}：{shares}；由{lead}牵头。", en="{total}: {shares}; {lead} leads.")
TIED = Phrase(
    zh="{total}：{shares}；份额最大的不止一家，按编码由{lead}牵头。",
    en="{total}: {shares}; several have the largest share, and {lead} leads by its code.",
)
NOBODYS = Phrase(
    zh="{total}：没有单位负责，请报指挥部确定。", en="{total}: nobody is responsible; headquarters must decide."
)
PORTION = Phrase(zh="{unit} {share}%", en="{unit} {share}%")
OTHERS = Phrase(zh="其余 {count} 家 {share}%", en="{count} others {share}%")
NOBODY = Phrase(zh="无人负责 {share}%", en="nobody {share}%")


def say_portions(found: Portions, lang: Lang) -> str:
    """How large the shape is, who leads how much of it (the largest four by name, none below 0.05 %), and who leads."""
    size = (LENGTH if found.by == "length" else AREA).say(lang, total=f"{found.total:,.0f}")
    if found.lead is None:
        return NOBODYS.say(lang, total=size)
    worth_saying = [one for one in found.portions if one.share] or [found.portions[0]]
    # A name is no longer than "1 other".
    count = len(worth_saying) if len(worth_saying) == UNITS_NAMED + 1 else UNITS_NAMED
    named, others = worth_saying[:count], worth_saying[count:]
    shares = [PORTION.say(lang, unit=one.unit.name, share=_percent(one.share)) for one in named]
    if others:
        rest = sum(one.share for one in others)
        shares.append(OTHERS.say(lang, count=len(others), share=_percent(rest)))
    if found.nobody:
        shares.append(NOBODY.say(lang, share=_percent(found.nobody)))
    phrase = TIED if found.tie else SHARED
    return phrase.say(lang, total=size, shares=LIST_OF_UNITS.say(lang).join(shares), lead=found.lead.name)


def _percent(thousandths: int) -> str:
    return f"{thousandths / 10:g}"
