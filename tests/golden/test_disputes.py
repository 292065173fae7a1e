"""The worked disputes of the sample city, walked to the end: contested, asked, replied, certain; then settled once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from api.atlas_holder import AtlasHolder
from api.schemas.answer import from_domain
from api.services.asking import Asked, Frame, ask
from api.services.importing import import_city
from api.services.publishing import publish
from api.services.ruling import Asked as Said
from api.services.ruling import rule
from api.storage.engine import open_engine
from geo.moments import say_moment
from geo.sources.limits import Limits
from tests.conftest import KINDS, FreshDatabase

SAMPLE = Path(__file__).parents[2] / "samples" / "gusu"
TEN = datetime(2026, 6, 1, 2, tzinfo=UTC)  # 10:00 in Shanghai
NINE = TEN - timedelta(hours=1)
MINUTE, TWO_SECONDS = timedelta(minutes=1), timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Where, about what; who is at odds, the question, the reply and who leads after it; then who is ruled to lead."""

    name: str
    lon: float
    lat: float
    accuracy_m: float
    category: str
    rivals: tuple[str, ...]
    interim: str
    question: str
    asks: str
    reply: str
    lead: str
    ground: dict[str, Any]
    ruled: str


DISPUTES = (
    Dispute(
        "hawkers at the market's wall",
        120.652412, 31.3063132, 5, "1501",
        ("markets", "urban-management"), "320508005",
        "checkpoint", "在新塘口农贸市场里面、周边，还是都不在？", "checkpoint:around", "urban-management",
        {"geometry": {"type": "LineString", "coordinates": [[120.65243, 31.3061], [120.6524, 31.3065]]}, "width_m": 20},
        "urban-management",
    ),
    Dispute(
        "rubbish in the middle of the road that parts two sub-districts",
        120.6092995, 31.3109194, 5, "1102",
        ("320508003004", "320508004005"), "320508003",
        "side", "在宣和西街的哪一侧？", "side:right", "320508004005",
        {"border": {"scheme": "admin", "level": "community", "between": ["320508003004", "320508004005"]}},
        "sanitation",
    ),
    Dispute(
        "rubbish where the green belt begins",
        120.6434863, 31.3091372, 5, "1102",
        ("320508002008", "parks"), "320508002",
        "strip", "在东晖大道的哪个位置？", "strip:carriageway", "320508002008",
        {"geometry": {"type": "LineString", "coordinates": [[120.643, 31.30925], [120.644, 31.30902]]}, "width_m": 20},
        "parks",
    ),
)  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def city(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[tuple[Engine, AtlasHolder]]:
    """A database with the sample city, published at nine, and what answers from it."""
    with fresh_database(request.param) as url:
        engine = open_engine(url)
        import_city(engine, SAMPLE, strict=False, actor="test", now=NINE, limits=Limits())
        publish(engine, valid_from=None, actor="test", now=NINE)
        holder = AtlasHolder(engine, poll_seconds=60.0, atlases_kept=2)
        holder.refresh()
        yield engine, holder
        engine.dispose()


def answer(holder: AtlasHolder, dispute: Dispute, now: datetime, *facts: str, **cited: Any) -> bytes:
    """The answer as it goes out, asked at a moment."""
    at = cited.pop("at", None)
    asked = Asked(
        lon=dispute.lon,
        lat=dispute.lat,
        accuracy_m=dispute.accuracy_m,
        category=dispute.category,
        facts=facts,
        at=at,
    )
    return orjson.dumps(from_domain(ask(holder.view(), asked, Frame(now=now, **cited)), "zh"))


@pytest.mark.parametrize("number", range(len(DISPUTES)), ids=[dispute.name for dispute in DISPUTES])
def test_a_dispute_is_asked_about_replied_to_and_settled_once(city: tuple[Engine, AtlasHolder], number: int) -> None:
    engine, holder = city
    dispute = DISPUTES[number]
    ten = TEN + timedelta(days=number)  # each on a morning of its own
    first = answer(holder, dispute, ten - MINUTE)
    contested = orjson.loads(first)
    assert contested["at"] == contested["known_at"] == say_moment(ten - MINUTE)
    assert contested["verdict"] == "contested"
    assert contested["lead"]["provisional"] is True
    assert tuple(candidate["unit"]["code"] for candidate in contested["candidates"][:2]) == dispute.rivals
    assert (contested["next"]["do"], contested["next"]["unit"]["code"]) == ("survey", dispute.interim)
    assert contested["interim"]["code"] == dispute.interim
    assert contested["coordinator"]["code"] == "320508"
    question = contested["question"]
    assert (question["id"], question["text"]) == (dispute.question, dispute.asks)
    unit_of = {reply["fact"]: reply["unit"] and reply["unit"]["code"] for reply in question["facts"]}
    assert unit_of[dispute.reply] == dispute.lead

    replied = orjson.loads(answer(holder, dispute, ten - MINUTE, dispute.reply))
    assert (replied["verdict"], replied["lead"]["unit"]["code"]) == ("certain", dispute.lead)
    assert (replied["next"]["do"], replied["question"]) == ("dispatch", None)

    said = Said(
        id=f"D-{dispute.category}-{dispute.question}",
        unit=dispute.ruled,
        categories=[dispute.category],
        ground=dispute.ground,
        text="会商纪要",
        source="示例会议纪要〔2026〕20号",
    )
    view = holder.view()
    ruling = rule(engine, view.latest, view.register.roster(view.register.number), said, actor="test", now=ten)
    holder.refresh()
    assert set(dispute.rivals) <= set(ruling.between)
    after = answer(holder, dispute, ten + TWO_SECONDS)
    settled = orjson.loads(after)
    assert (settled["verdict"], settled["rung"]) == ("certain", "ruling")
    assert settled["lead"]["unit"]["code"] == dispute.ruled

    known = {"at": contested["at"], "known_at": contested["known_at"]}
    assert answer(holder, dispute, ten + TWO_SECONDS, **known) == first
    cited = {
        "at": settled["at"],
        "known_at": settled["known_at"],
        "edition": settled["edition"]["id"],
        "register": settled["edition"]["register"],
    }
    assert answer(holder, dispute, ten + timedelta(days=400), **cited) == after
