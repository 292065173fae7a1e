"""From what a caller says to facts, and from a contested answer to the question to ask."""

from collections.abc import Sequence

from geo.atlas import Atlas
from geo.components import UNOWNED, WITH_UNIT, Component
from geo.errors import InvalidInput
from geo.facts import Fact, Settling
from geo.ladder import Outcome
from geo.wording import Phrase

UNDERSTOOD = "component:<id>"
SHOWN = 60

UNKNOWN_FACT = Phrase(
    zh="现场情况 {value} 无法识别；目前可写：{known}，如 component:3205080101000001",
    en="the fact {value} is not understood; what can be said is {known}, such as component:3205080101000001",
)
UNKNOWN_COMPONENT = Phrase(
    zh="没有编号为 {value} 的部件；请核对编号，或用 /v1/components、python main.py components 查看；目前可写：{known}",
    en="there is no component {value}; check its id, or see /v1/components or python main.py components; what can be "
    "said is {known}",
)
REMOVED_COMPONENT = Phrase(
    zh="部件 {value} 已登记为拆除；请核对编号，或不带此现场情况再问",
    en="the component {value} is registered as taken away; check its id, or ask without this fact",
)
OTHER_CATEGORY = Phrase(
    zh="部件 {value} 登记为 {own}，与所问类别 {asked} 不符；请改问类别 {own}，或核对编号",
    en="the component {value} is registered as {own}, not as {asked}; ask for the category {own}, or check the id",
)
LANDMARK = Settling("landmark", Phrase(zh="能说一个更近的地标吗？", en="Can you name a nearer landmark?").name(), ())
WHOSE_NAME = Phrase(zh="{category}上写的是谁家？", en="Whose name is on it ({category})?")
WHICH_ONE = Phrase(zh="是哪一个{category}？", en="Which one is it ({category})?")


def read_facts(atlas: Atlas, texts: Sequence[str], category: str | None) -> tuple[Fact, ...]:
    """The facts in their order, each once.

    Raises
    ------
    InvalidInput
        A text is no fact, names a component that is unknown or removed, or one that contradicts the category asked
        about.
    """
    return tuple(_read(atlas, text.strip(), category) for text in dict.fromkeys(texts))


def _read(atlas: Atlas, text: str, category: str | None) -> Fact:
    kind, _, code = text.partition(":")
    if kind != "component" or not code:
        raise InvalidInput(UNKNOWN_FACT, value=repr(text[:SHOWN]), known=UNDERSTOOD)
    component = atlas.components.by_id.get(code)
    if component is None:
        raise InvalidInput(UNKNOWN_COMPONENT, value=repr(code[:SHOWN]), known=UNDERSTOOD)
    if not component.counts:
        raise InvalidInput(REMOVED_COMPONENT, value=code)
    if atlas.asks_components(category) and category not in atlas.categories.chain(component.category):
        raise InvalidInput(OTHER_CATEGORY, value=code, own=component.category, asked=category)
    return fact_of(atlas, component, component.owner)


def fact_of(atlas: Atlas, component: Component, unit: str | None) -> Fact:
    """That it is this component, which speaks for a unit."""
    text = WITH_UNIT.name(
        category=atlas.categories.by_code[component.category].name,
        id=component.id,
        unit=UNOWNED if unit is None else atlas.units[unit].name,
    )
    return Fact(f"component:{component.id}", text, unit, component)


def settling(atlas: Atlas, outcome: Outcome, category: str | None) -> Settling | None:
    """Which of several components in reach it is, when they lead to different units; None when that is no question."""
    if category is None or len(outcome.leads) < 2 or not outcome.is_by_component:
        return None
    owned = outcome.rung == "owner"
    replies = tuple(
        fact_of(atlas, lead.component, lead.component.owner if owned else lead.component.maintainer)
        for lead in outcome.leads
        if lead.component is not None
    )
    text = WHOSE_NAME if owned else WHICH_ONE
    return Settling("component", text.name(category=atlas.categories.by_code[category].name), replies)
