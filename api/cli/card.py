"""The card of an answer on the terminal: the sentence to read aloud on top, the reasons below."""

from collections.abc import Mapping, Sequence

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from api.cli.terminal import out
from geo.answer_text import VERDICTS, WARNINGS, headline, say_border, say_holder, say_next, say_number, say_telephone
from geo.atlas import Atlas
from geo.determination import Determination
from geo.model import Scheme, Unit
from geo.moments import say_local
from geo.register.holdings import Duty
from geo.shares import Verdict
from geo.wording import Lang, Name, Phrase

COLOURS = {
    Verdict.CERTAIN: "green",
    Verdict.LIKELY: "cyan",
    Verdict.FALLBACK: "yellow",
    Verdict.CONTESTED: "magenta",
    Verdict.UNCLAIMED: "red",
}
LEAD = Phrase(zh="牵头单位", en="lead")
PROVISIONAL_LEAD = Phrase(zh="暂定牵头单位", en="provisional lead")
RIVAL = Phrase(zh="也可能", en="or else")
UNIT = Phrase(zh="{name}（{code}），{telephone}", en="{name} ({code}), {telephone}")
LIKELIHOOD = Phrase(zh="{unit}，p = {p}", en="{unit}, p = {p}")
CATEGORY = Phrase(zh="问题类别", en="category")
CATEGORY_NAMED = Phrase(zh="{code} {name}", en="{code} {name}")
NEXT = Phrase(zh="下一步", en="next")
BORDER = Phrase(zh="责任分界", en="border")
AREA = Phrase(zh="{name}（{level}）", en="{name} ({level})")
AREAS = Phrase(zh="所在区域", en="areas")
OFFICER = Phrase(zh="责任人", en="person")
PRINCIPAL = Phrase(zh="第一责任人", en="principal")
COORDINATES = Phrase(zh="协调", en="coordinates")
SUPERVISES = Phrase(zh="监督", en="supervises")
HELD = Phrase(zh="{holder}（{unit}），{telephone}", en="{holder} ({unit}), {telephone}")
OFF_DUTY = Phrase(zh="{words}，现不在班", en="{words}, not on duty now")
VACANT = Phrase(zh="{title}（{unit}）无人任职", en="{title} ({unit}): nobody holds it")
WHY = Phrase(zh="依据", en="why")
SEEN = Phrase(zh="现场情况", en="seen")
ASK = Phrase(zh="请追问", en="ask")
OR_ELSE = Phrase(zh="  答", en="  reply")
COORDINATOR = Phrase(zh="协调单位", en="coordinator")
NOTE = Phrase(zh="注意", en="note")
SOURCE = Phrase(zh="出处", en="source")
EDITION = Phrase(zh="版本 {id}，时刻 {at}", en="edition {id}, at {at}")


def show(answer: Determination, atlas: Atlas, lang: Lang) -> None:
    """Prints the card on stdout; `atlas` is that of the answer's edition."""
    verdict = VERDICTS[answer.verdict].say(lang)
    colour = COLOURS[answer.verdict]
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for label, words in _rows(answer, atlas, lang):
        rows.add_row(label.say(lang), Text(words))
    body = Table.grid()
    body.add_column(overflow="fold")
    body.add_row(Text(headline(answer, lang), style="bold"))
    body.add_row("")
    body.add_row(rows)
    out.print(Panel(body, title=f"[{colour}]● {verdict}[/]", title_align="left", border_style=colour, width=90))


def _rows(answer: Determination, atlas: Atlas, lang: Lang) -> list[tuple[Phrase | Name, str]]:
    rows: list[tuple[Phrase | Name, str]] = [(NEXT, say_next(answer, lang))]
    if answer.category is not None:
        known = atlas.categories.by_code.get(answer.category)
        said = CATEGORY_NAMED.say(lang, code=known.code, name=known.name) if known else answer.category
        rows.append((CATEGORY, said))
    for i, candidate in enumerate(answer.candidates):
        first = PROVISIONAL_LEAD if answer.provisional else LEAD
        words = LIKELIHOOD.say(lang, unit=_unit(candidate.unit, lang), p=f"{candidate.p / 1000:.3f}")
        rows.append((RIVAL if i else first, words))
    staffing = answer.staffing
    for label, duties in (
        (OFFICER, (staffing.lead, *staffing.also)),
        (PRINCIPAL, (staffing.principal,)),
        (COORDINATES, staffing.coordinating),
        (SUPERVISES, staffing.supervising),
    ):
        rows += [(label, _duty(answer.units, duty, lang)) for duty in duties if duty is not None]
    if answer.coordinator:
        rows.append((COORDINATOR, _unit(answer.coordinator, lang)))
    rows += [(SEEN, fact.text.say(lang)) for fact in answer.facts]
    if answer.question:
        rows.append((ASK, answer.question.text.say(lang)))
        rows += [(OR_ELSE, f"{reply.text.say(lang)}\n--fact {reply.said}") for reply in answer.question.replies]
    rows.append((BORDER, say_border(answer, lang)))
    rows += _areas(answer, atlas.city_map.schemes, lang) or [(AREAS, "–")]
    rows += [(WHY, step.why.say(lang, **step.values)) for step in answer.outcome.steps]
    rows += [(NOTE, WARNINGS[warning].say(lang)) for warning in answer.warnings]
    rows.append((SOURCE, EDITION.say(lang, id=answer.edition.id, at=say_local(answer.at, answer.zone))))
    return rows


def _areas(answer: Determination, schemes: Sequence[Scheme], lang: Lang) -> list[tuple[Phrase | Name, str]]:
    """A row for each scheme that has areas here: what the scheme is called, then its areas from coarse to fine."""
    rows: list[tuple[Phrase | Name, str]] = []
    for scheme in schemes:
        levels = {level.code: level.name for level in scheme.levels}
        said = [
            AREA.say(lang, name=area.name, level=levels[area.level])
            for area in answer.areas
            if area.scheme == scheme.code
        ]
        if said:
            rows.append((scheme.name, " > ".join(said)))
    return rows


def _duty(units: Mapping[str, Unit], duty: Duty, lang: Lang) -> str:
    unit = units[duty.post.unit]
    person = duty.deputy or duty.person
    if person is None:
        return VACANT.say(lang, title=duty.title, unit=unit.name)
    telephone = say_number(person.telephone, lang)
    words = HELD.say(lang, holder=say_holder(duty, lang), unit=unit.name, telephone=telephone)
    return words if duty.contact else OFF_DUTY.say(lang, words=words)


def _unit(unit: Unit, lang: Lang) -> str:
    return UNIT.say(lang, name=unit.name, code=unit.code, telephone=say_telephone(unit, lang))
