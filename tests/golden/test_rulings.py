"""Standards in conflict are settled once, by a ruling for the whole city, and the answer reads the reason aloud."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.answer_text import headline
from geo.atlas import Atlas
from geo.city_folder import read_city
from geo.determination import Determination, Given
from geo.model import Edition
from geo.position import Position
from geo.register.log import Entry, Register
from geo.register.rulings import GroundKind, RuledGround, Ruling
from geo.resolve import Moment, Question, determine
from geo.schedule import Schedule
from geo.sources.limits import Limits
from geo.wording import Name

SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
OVERFULL = "1108"
SORTED_RUBBISH = Ruling(
    id="2026-15",
    unit="sanitation",
    categories=(OVERFULL,),
    ground=RuledGround(GroundKind.CITY),
    decided_at=datetime(2026, 5, 20, 2, tzinfo=UTC),
    schedule=Schedule((), datetime(2026, 5, 20, 2, tzinfo=UTC)),
    reason=Name(
        zh="垃圾分类要求撤桶并点，创建测评要求桶不满溢、不缺桶，两项标准不一致时以垃圾分类条例为准，由环卫统一处置",
        en="sorting rules take bins away and campaign checks count missing ones; where the two differ the rules "
        "on sorting go first, and sanitation deals with it",
    ),
    source="示例会议纪要〔2026〕15号",
)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    intake = read_city(SAMPLE, limits=Limits())
    assert intake.city_map is not None
    return Atlas(intake.city_map, Edition(1, datetime(2026, 5, 1, tzinfo=UTC), None))


def ask(atlas: Atlas, lon: float, lat: float, category: str, *rulings: Ruling) -> Determination:
    register = Register([Entry(1, NOW, Ruling, one.id, one) for one in rulings])
    question = Question(Position(lon=lon, lat=lat), Given(lon, lat, "wgs84"), category=category)
    return determine(atlas, question, Moment(NOW, NOW, (atlas.edition,), register.roster(register.number)))


@pytest.mark.parametrize(
    ("lon", "lat", "before", "why"),
    [
        (120.6529271, 31.3062344, "markets", "inside a market, where the market company leads everything"),
        (120.6538897, 31.2809542, "housing", "inside an entrusted estate, whose manager's superior answers"),
        (120.645, 31.3012, "320508005", "on open ground nobody names it, and the street office is the fallback"),
    ],
)
def test_overfull_bins_are_ruled_for_the_whole_city(
    atlas: Atlas, lon: float, lat: float, before: str, why: str
) -> None:
    answer = ask(atlas, lon, lat, OVERFULL)
    assert answer.lead is not None
    assert answer.lead.unit.code == before, why
    ruled = ask(atlas, lon, lat, OVERFULL, SORTED_RUBBISH)
    assert ruled.lead is not None
    assert (ruled.lead.unit.code, ruled.lead.rung, ruled.verdict.value) == ("sanitation", "ruling", "certain")
    assert "以垃圾分类条例为准" in headline(ruled, "zh")
    assert "the rules on sorting go first" in headline(ruled, "en")
    assert "示例会议纪要〔2026〕15号" in headline(ruled, "zh")


def test_other_kinds_stay_as_they_were(atlas: Atlas) -> None:
    answers = [ask(atlas, 120.6529271, 31.3062344, "1102", *rulings) for rulings in ((), (SORTED_RUBBISH,))]
    assert [answer.lead.unit.code for answer in answers if answer.lead] == ["markets", "markets"]
