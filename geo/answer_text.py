"""The sentences of an answer, as a dispatcher reads them aloud."""

from collections.abc import Mapping
from types import MappingProxyType

from geo.determination import Determination
from geo.model import Unit
from geo.register.holdings import Duty
from geo.register.rulings import Permit
from geo.shares import Verdict
from geo.wording import Lang, Name, Phrase

VERDICTS: Mapping[Verdict, Phrase] = MappingProxyType(
    {
        Verdict.CERTAIN: Phrase(zh="明确", en="certain"),
        Verdict.LIKELY: Phrase(zh="大致", en="likely"),
        Verdict.CONTESTED: Phrase(zh="争议", en="contested"),
        Verdict.FALLBACK: Phrase(zh="兜底", en="fallback"),
        Verdict.UNCLAIMED: Phrase(zh="空白", en="unclaimed"),
    }
)
RUNG_NAMES: Mapping[str, Phrase] = MappingProxyType(
    {
        "ruling": Phrase(zh="裁定", en="ruling"),
        "permit": Phrase(zh="审批", en="permit"),
        "owner": Phrase(zh="权属", en="owner"),
        "maintainer": Phrase(zh="养护", en="maintainer"),
        "checkpoint": Phrase(zh="点位", en="checkpoint"),
        "halo": Phrase(zh="周边", en="halo"),
        "segment": Phrase(zh="路段", en="segment"),
        "territory": Phrase(zh="属地", en="territory"),
        "department": Phrase(zh="主管部门", en="department"),
        "fallback": Phrase(zh="兜底", en="fallback"),
        "nobody": Phrase(zh="空白", en="nobody"),
        "fact": Phrase(zh="现场情况", en="fact"),
    }
)
WARNINGS: Mapping[str, Phrase] = MappingProxyType(
    {
        "no-categories": Phrase(
            zh="本市还没有问题类别，已按不分类别回答",
            en="This city has no categories yet; answered as without a category",
        ),
        "near_limit": Phrase(
            zh="附近有地段无单位负责",
            en="There is ground here that no unit is responsible for",
        ),
        "accuracy_beyond_max": Phrase(
            zh="定位太粗，请问一个更近的地标",
            en="The position is too coarse; ask for a nearer landmark",
        ),
        "fact_unused": Phrase(
            zh="所报的现场情况中有一项这样问用不上（部件、权属只用于部件类别，其他要有裁定以它为条件）；请核对",
            en="Something that was seen decides nothing when asked like this (components and owners count for kinds of "
            "components, the rest where a ruling depends on it); check it, or ask for another category",
        ),
        "fact_unfit": Phrase(
            zh="所报的现场情况与定位误差范围内的任何地面都不符，没有用上；请核对位置或现场情况",
            en="What was seen fits no ground within the position's error, and was not used; check the position, or ask "
            "again what is there",
        ),
        "component_far": Phrase(
            zh="所报部件的登记位置离这里较远，请核对编号",
            en="The component that was named is registered some way off; check its id",
        ),
        "draft": Phrase(
            zh="这是草稿的答案，尚未发布，不能据此派遣",
            en="This is what the draft says; it is not published, so send nobody by it",
        ),
    }
)
RESPONSIBLE = Phrase(
    zh="这里由{unit}负责，{telephone}；{why}。",
    en="{unit} is responsible here, {telephone}; {why}.",
)
PROBABLY_RESPONSIBLE = Phrase(
    zh="这里大致由{unit}负责，{telephone}；{why}；{doubt}。",
    en="{unit} is probably responsible here, {telephone}; {why}. {doubt}.",
)
DISPUTED = Phrase(
    zh="这里有争议：{units}；先由{next}到现场处置，{telephone}，由{coordinator}协调确定。",
    en="This place is contested between {units}; {next} acts first, {telephone}, and {coordinator} decides.",
)
KEPT = Phrase(
    zh="这里有争议：{units}；按首接负责，移交之前由已接件的{next}处置，{telephone}，由{coordinator}协调确定。",
    en="This place is contested between {units}; {next} received it first and keeps it until it is handed over, "
    "{telephone}, and {coordinator} decides.",
)
NOT_YET_RECEIVED = Phrase(
    zh="{disputed}按首接负责：已有单位接件的，移交之前由它处置。",
    en="{disputed} Whichever unit received it first keeps it until it is handed over.",
)
NOBODYS = Phrase(
    zh="这里没有单位负责，请报{next}确定，{telephone}；{nearest}。",
    en="There is nobody responsible here; report it to {next}, {telephone}; {nearest}.",
)
NEAREST = Phrase(
    zh="最近的责任单位是{unit}，相距 {distance} 米",
    en="the nearest responsible unit is {unit}, {distance} m away",
)
NOTHING_NEAR = Phrase(zh="2000 米内没有任何责任单位", en="there is no responsible unit within 2,000 m")
TELEPHONE = Phrase(zh="电话 {telephone}", en="telephone {telephone}")
NO_TELEPHONE = Phrase(zh="电话未登记", en="no telephone on record")
CONTACT = Phrase(zh="{holder}，{telephone}", en="{holder}, {telephone}")
HOLDER = Phrase(zh="{title} {name}", en="{title} {name}")
STANDING_IN = Phrase(zh="{holder}（代理）", en="{holder} (deputy)")

NEXT = MappingProxyType(
    {
        "dispatch": Phrase(zh="派给{unit}，{telephone}", en="Send it to {unit}, {telephone}"),
        "survey": Phrase(
            zh="请{unit}先到现场处置并查明归属，{telephone}",
            en="Send {unit} to make it safe and find out, {telephone}",
        ),
        "ask": Phrase(
            zh="定位太粗，请先问清更近的地标；问不到就先派{unit}，{telephone}",
            en="Too coarse: ask for a nearer landmark first; failing that send it to {unit}, {telephone}",
        ),
        "escalate": Phrase(
            zh="报{unit}确定责任单位，{telephone}", en="Report it to {unit} for a decision, {telephone}"
        ),
    }
)

UNTIL = Phrase(
    zh="已审批（{permit}，{holder}），{until} 前不用处置",
    en="Permitted ({permit}, {holder}): nothing to do until {until}",
)
UNTIL_THEN = Phrase(
    zh="已审批（{permit}，{holder}），{until} 前不用处置；到期后派给{unit}，{telephone}",
    en="Permitted ({permit}, {holder}): nothing to do until {until}; after that send it to {unit}, {telephone}",
)
PERMITTED_HERE = Phrase(
    zh="这里有审批许可（{permit}，{holder}，至 {until}），到期前不用处置；{rest}",
    en="There is a permit here ({permit}, {holder}, until {until}): nothing to do before then. {rest}",
)

BORDER = Phrase(
    zh="向{bearing} {distance} 米是与{across}的责任分界",
    en="The border with {across} is {distance} m to the {bearing}",
)
ON_BORDER = Phrase(zh="正在与{across}的责任分界线上", en="On the very border with {across}")
NO_BORDER = Phrase(zh="{searched} 米内没有责任分界", en="No border of responsibility within {searched} m")
UNOWNED_GROUND = Phrase(zh="无人负责的地面", en="ground that nobody owns")
OPEN_END = Name(zh="另行通知", en="further notice")
LIST_OF_UNITS = Phrase(zh="、", en=", ")
LAST_UNIT = Phrase(zh="、", en=" and ")

BEARINGS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
BEARING_WORDS: Mapping[str, Phrase] = MappingProxyType(
    {
        "N": Phrase(zh="北", en="north"),
        "NE": Phrase(zh="东北", en="north-east"),
        "E": Phrase(zh="东", en="east"),
        "SE": Phrase(zh="东南", en="south-east"),
        "S": Phrase(zh="南", en="south"),
        "SW": Phrase(zh="西南", en="south-west"),
        "W": Phrase(zh="西", en="west"),
        "NW": Phrase(zh="西北", en="north-west"),
    }
)


def headline(answer: Determination, lang: Lang) -> str:
    """To be read aloud: the permit that stays the hand, if there is one; who, the telephone, and why."""
    who = _who(answer, lang)
    return who if answer.permit is None else PERMITTED_HERE.say(lang, **_permitted(answer, answer.permit), rest=who)


def _who(answer: Determination, lang: Lang) -> str:
    why = answer.outcome.steps[-1]
    reason = why.why.say(lang, **why.values)
    telephone = say_contact(answer.next_unit, answer.staffing.next_step, lang)
    if answer.verdict is Verdict.UNCLAIMED:
        nearest = NOTHING_NEAR.say(lang)
        if answer.nearest:
            unit, distance = answer.nearest.unit.name, say_metres(answer.nearest.distance_m)
            nearest = NEAREST.say(lang, unit=unit, distance=distance)
        return NOBODYS.say(lang, next=answer.next_unit.name, telephone=telephone, nearest=nearest)
    if answer.verdict is Verdict.CONTESTED:
        units = _listed([candidate.unit.name.say(lang) for candidate in answer.candidates], lang)
        decider = answer.coordinator or answer.next_unit
        said = {"units": units, "next": answer.next_unit.name, "telephone": telephone, "coordinator": decider.name}
        if answer.interim_rule == "territory":
            return DISPUTED.say(lang, **said)
        if answer.receiver is not None:
            return KEPT.say(lang, **said)
        return NOT_YET_RECEIVED.say(lang, disputed=DISPUTED.say(lang, **said))
    unit = answer.candidates[0].unit.name
    if answer.verdict is Verdict.LIKELY:
        coarse = "accuracy_beyond_max" in answer.warnings
        doubt = WARNINGS["accuracy_beyond_max"].say(lang) if coarse else say_border(answer, lang)
        return PROBABLY_RESPONSIBLE.say(lang, unit=unit, telephone=telephone, why=reason, doubt=doubt)
    return RESPONSIBLE.say(lang, unit=unit, telephone=telephone, why=reason)


def _listed(names: list[str], lang: Lang) -> str:
    """The names one after the other: A, B and C."""
    most = LIST_OF_UNITS.say(lang).join(names[:-1])
    return LAST_UNIT.say(lang).join(filter(None, (most, *names[-1:])))


def say_next(answer: Determination, lang: Lang) -> str:
    """The next step as one line."""
    contact = say_contact(answer.next_unit, answer.staffing.next_step, lang)
    if answer.permit is None:
        return NEXT[answer.do].say(lang, unit=answer.next_unit.name, telephone=contact)
    said = _permitted(answer, answer.permit)
    if answer.permit.unit is not None:
        return UNTIL.say(lang, **said)
    return UNTIL_THEN.say(lang, **said, unit=answer.next_unit.name, telephone=contact)


def _permitted(answer: Determination, permit: Permit) -> dict[str, object]:
    """The permit in words: its number, who holds it, and until when, by its hours too."""
    until = permit.schedule.held_until(answer.at, answer.zone)
    return {
        "permit": permit.source or permit.id,
        "holder": permit.holder,
        "until": f"{until.astimezone(answer.zone):%Y-%m-%d %H:%M}" if until else OPEN_END,
    }


def say_border(answer: Determination, lang: Lang) -> str:
    """How far the border is and who is beyond it."""
    border = answer.border
    if border.distance_m is None:
        return NO_BORDER.say(lang, searched=say_metres(border.searched_m))
    across = border.across.name if border.across else UNOWNED_GROUND
    if border.bearing_deg is None:
        return ON_BORDER.say(lang, across=across)
    bearing = BEARING_WORDS[compass(border.bearing_deg)]
    return BORDER.say(lang, bearing=bearing, distance=say_metres(border.distance_m), across=across)


def say_telephone(unit: Unit, lang: Lang) -> str:
    """The unit's telephone in words, also where none is known."""
    return say_number(unit.telephone, lang)


def say_number(telephone: str | None, lang: Lang) -> str:
    """A telephone number in words, also where none is known."""
    return TELEPHONE.say(lang, telephone=telephone) if telephone else NO_TELEPHONE.say(lang)


def say_contact(unit: Unit, duty: Duty | None, lang: Lang) -> str:
    """Whom to call and the number: whoever is on duty at the post; while nobody is, the unit's own telephone."""
    if duty is None or duty.contact is None:
        return say_telephone(unit, lang)
    number = duty.contact.telephone or unit.telephone
    return CONTACT.say(lang, holder=say_holder(duty, lang), telephone=say_number(number, lang))


def say_holder(duty: Duty, lang: Lang) -> str:
    """What the post is called and who holds it now, or stands in; the title alone while nobody does.

    Where people are known by their posts (`网格员 G-017`), the title is not said twice.
    """
    person = duty.deputy or duty.person
    if person is None:
        return duty.title.say(lang)
    name, title = person.name.say(lang), duty.title.say(lang)
    holder = name if name.startswith(title) else HOLDER.say(lang, title=title, name=name)
    return STANDING_IN.say(lang, holder=holder) if duty.deputy else holder


def compass(bearing_deg: float) -> str:
    """The nearest of eight winds: N, NE, E …"""
    return BEARINGS[round(bearing_deg / 45.0) % 8]


def round_metres(distance_m: float) -> float:
    """Metres to 0.1, under one metre to 0.01."""
    return round(distance_m, 2 if distance_m < 1.0 else 1)


def say_metres(distance_m: float) -> str:
    """The rounded metres without trailing zeros."""
    return f"{round_metres(distance_m):g}" if distance_m < 100_000 else f"{distance_m:.0f}"
