"""From what a caller says to facts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from geo.atlas import Atlas
from geo.claims import Condition
from geo.codes import is_identifier
from geo.components import UNOWNED, WITH_UNIT, Component
from geo.errors import InvalidInput
from geo.facts import Fact
from geo.grounds import STRIPS
from geo.marks import AROUND_SITE, IN_SITE, OFF_ROAD, OFF_SITE
from geo.units import accountable
from geo.wording import Name, Phrase

SHOWN = 60
MARK_WORDS: Mapping[str, Name] = MappingProxyType(
    {
        "side:left": Name(zh="道路左侧（从起点看向终点）", en="left of the road, looking from its start to its end"),
        "side:right": Name(zh="道路右侧（从起点看向终点）", en="right of the road, looking from its start to its end"),
        **{f"strip:{kind}": Name(zh=words.zh, en=f"on the {words.en}") for kind, words in STRIPS.items()},
        OFF_ROAD: Name(zh="不在道路上", en="not on a road"),
        IN_SITE: Name(zh="点位内", en="inside a site"),
        AROUND_SITE: Name(zh="点位周边", en="around a site"),
        OFF_SITE: Name(zh="不在点位及其周边", en="neither inside a site nor around one"),
    }
)
UNDERSTOOD = ", ".join((*MARK_WORDS, "owner:<unit>", "component:<id>", "seen:<code>", "unseen:<code>"))

UNKNOWN_FACT = Phrase(
    zh="现场情况 {value} 无法识别；可写：{known}，如 component:3205080101000001",
    en="the fact {value} is not understood; what can be said is {known}, such as component:3205080101000001",
)
UNKNOWN_OWNER = Phrase(
    zh="现场情况 {value} 中的单位不存在；请用 /v1/units 或 python main.py units 核对编码",
    en="there is no unit for the fact {value}; check its code, see /v1/units or python main.py units",
)
TWO_OWNERS = Phrase(
    zh="现场情况里写了两个权属单位（{first}、{second}）；请只写看到的那一个",
    en="two owners are said to have been seen ({first}, {second}); say only the one whose name is on it",
)
UNKNOWN_COMPONENT = Phrase(
    zh="没有编号为 {value} 的部件；请核对编号，或用 /v1/components、python main.py components 查看",
    en="there is no component {value}; check its id, or see /v1/components or python main.py components",
)
REMOVED_COMPONENT = Phrase(
    zh="部件 {value} 已登记为拆除；请核对编号，或不带此现场情况再问",
    en="the component {value} is registered as taken away; check its id, or ask without this fact",
)
OTHER_CATEGORY = Phrase(
    zh="部件 {value} 登记为 {own}，与所问类别 {asked} 不符；请改问类别 {own}，或核对编号",
    en="the component {value} is registered as {own}, not as {asked}; ask for the category {own}, or check the id",
)
SEEN = Phrase(zh="看到 {what}", en="{what} was seen")
UNSEEN = Phrase(zh="没看到“{what}”", en="not seen: {what}")
SEEN_AND_NOT = Phrase(
    zh="现场情况里同时写了看到和没有看到 {value}；请只写一个",
    en="{value} is said to have been seen and not to have been seen; say one of them",
)
NAME_READ = Phrase(zh="上面写的是{unit}", en="the name on it is that of {unit}")


def read_facts(atlas: Atlas, texts: Sequence[str], category: str | None) -> tuple[Fact, ...]:
    """The facts in their order, each once.

    Raises
    ------
    InvalidInput
        A text is no fact, names a component or a unit that is unknown, a component that was removed, or one that
        contradicts the category asked about; or two owners were seen, or something was seen and not seen.
    """
    # By what is said, not by the text: one fact may be written with blanks, or by a contractor's code and its parent's.
    facts = tuple({fact.said: fact for fact in (_read(atlas, text.strip(), category) for text in texts)}.values())
    owners = [fact for fact in facts if fact.kind == "owner"]
    if len({fact.unit for fact in owners}) > 1:
        raise InvalidInput(TWO_OWNERS, first=owners[0].said, second=owners[1].said)
    said = {fact.said for fact in facts}
    for fact in facts:
        if fact.kind == "unseen" and f"seen:{fact.said.partition(':')[2]}" in said:
            raise InvalidInput(SEEN_AND_NOT, value=fact.said.partition(":")[2])
    return facts


def in_words(facts: Sequence[Fact], conditions: Mapping[str, Condition]) -> tuple[Fact, ...]:
    """The facts, those that rulings depend on in the words of the ruling."""
    said = []
    for fact in facts:
        condition = conditions.get(fact.said.removeprefix("un")) if fact.kind in ("seen", "unseen") else None
        if condition is not None:
            text = condition.text if fact.kind == "seen" else UNSEEN.name(what=condition.text)
            fact = replace(fact, text=text)
        said.append(fact)
    return tuple(said)


def _read(atlas: Atlas, text: str, category: str | None) -> Fact:
    if text in MARK_WORDS:
        return Fact(text, MARK_WORDS[text], None)
    kind, _, code = text.partition(":")
    if kind in ("seen", "unseen") and is_identifier(code):
        return Fact(text, (SEEN if kind == "seen" else UNSEEN).name(what=code), None)
    if kind == "owner" and code:
        if code not in atlas.units:
            raise InvalidInput(UNKNOWN_OWNER, value=repr(text[:SHOWN]))
        return owner_read(atlas, accountable(code, atlas.units))
    if kind == "component" and code:
        return fact_of(atlas, _component(atlas, code, category))
    raise InvalidInput(UNKNOWN_FACT, value=repr(text[:SHOWN]), known=UNDERSTOOD)


def _component(atlas: Atlas, code: str, category: str | None) -> Component:
    component = atlas.components.by_id.get(code)
    if component is None:
        raise InvalidInput(UNKNOWN_COMPONENT, value=repr(code[:SHOWN]))
    if not component.counts:
        raise InvalidInput(REMOVED_COMPONENT, value=code)
    if atlas.asks_components(category) and category not in atlas.categories.chain(component.category):
        raise InvalidInput(OTHER_CATEGORY, value=code, own=component.category, asked=category)
    return component


def owner_read(atlas: Atlas, unit: str) -> Fact:
    """That the name of a unit is written on the thing."""
    return Fact(f"owner:{unit}", NAME_READ.name(unit=atlas.units[unit].name), unit)


def fact_of(atlas: Atlas, component: Component, unit: str | None = None) -> Fact:
    """That it is this component, which speaks for a unit, its owner unless said."""
    unit = unit or component.owner
    text = WITH_UNIT.name(
        category=atlas.categories.by_code[component.category].name,
        id=component.id,
        unit=UNOWNED if unit is None else atlas.units[unit].name,
    )
    return Fact(f"component:{component.id}", text, unit, component)
