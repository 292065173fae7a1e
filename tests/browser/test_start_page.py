import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Route, expect

from geo.categories import Branch, Category, Nature
from geo.model import Edition
from geo.wording import LANGS, Lang, Name
from maps.pages import start_page
from tests.browser.answers import TEXTS, answer, as_reply, permitted_answer, staffed_answer
from tests.browser.looking import Open, Reply, Serve, Visit
from tests.maps.worlds import HOSTILE, World, hostile_city, two_towns

EDITION = Edition(id=3, published_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC), valid_from=None)
ASKED = "?lon=120.05&lat=31.05&lang="
CATEGORIES = (Category("1102", Name(zh="暴露垃圾", en="Exposed rubbish"), Branch.EVENT, Nature.STATIC),)
SIZES = [(1440, 900), (360, 740)]
BROKEN = """(place) => {
  const range = document.createRange();
  range.selectNodeContents(place);
  return new Set([...range.getClientRects()].map((box) => box.top)).size > 1;
}"""
PROBLEM = {
    "type": "urn:pointward:problem:invalid-input",
    "title": "输入有误",
    "status": 422,
    "detail": "lat 120.6 超出 [-90, 90]；是否把 lon 和 lat 写反了？",
}

Start = Callable[..., Visit]


@pytest.fixture
def open_start(visit: Open, serve: Serve) -> Start:
    """A function that opens the start page of a service whose every answer is `reply`."""

    def open_page(
        reply: Reply, *, query: str = "", lang: Lang = "en", world: World | None = None, **size: int
    ) -> Visit:
        world = world or two_towns()
        page = start_page(
            city=replace(world.city, timezone="Asia/Shanghai"),
            areas=world.areas,
            schemes=world.schemes,
            edition=EDITION,
            lang=lang,
            has_records=True,
            categories=CATEGORIES,
        )
        return visit(serve({"/": Reply(page.encode()), "/v1/responsible": reply}) + "/" + query, **size)

    return open_page


def questions(visited: Visit) -> list[dict[str, str]]:
    """What the page asked the service, in order."""
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        for url in visited.requests
        if urlsplit(url).path == "/v1/responsible"
    ]


def poison(value: Any) -> Any:
    """The answer with an attack in the place of every text that a page could show."""
    if isinstance(value, dict):
        return {key: poison(item) if key not in ("verdict", "do", "kind") else item for key, item in value.items()}
    if isinstance(value, list):
        return [poison(item) for item in value]
    return " ".join(HOSTILE) if isinstance(value, str) else value


def test_a_click_on_the_map_fills_the_form_and_asks(open_start: Start) -> None:
    visited = open_start(as_reply(answer()))
    page = visited.page
    expect(page.get_by_text("Click on the map,")).to_be_visible()
    page.locator(".folium-map").click()
    expect(page.locator(".card .next")).to_have_text(TEXTS["en"]["send"])
    [asked] = questions(visited)
    assert abs(float(asked["lon"]) - 120.1) < 0.01
    assert abs(float(asked["lat"]) - 31.05) < 0.01
    assert (asked["datum"], asked["accuracy_m"], asked["lang"]) == ("wgs84", "5", "en")
    assert "category" not in asked, "what is left blank is not sent"
    assert page.locator("input[name=lon]").input_value() == asked["lon"]
    assert visited.complaints == []
    assert visited.hosts() == {urlsplit(page.url).netloc}


def test_the_card_says_all_that_a_dispatcher_needs(open_start: Start) -> None:
    page = open_start(as_reply(answer()), query=ASKED + "en").page
    card, said = page.locator(".card"), TEXTS["en"]
    for text in ("Likely", "share 77.5 %", said["unit"], said["text"], said["border"], said["warning"]):
        expect(card.get_by_text(text, exact=True).first).to_be_visible()
    expect(card.locator("a.telephone")).to_have_attribute("href", "tel:051200001234")
    assert card.locator(".areas li").all_inner_texts() == [
        "or else\nPingjiang Sub-district\nshare 17.5 %",
        "does the work\nStreet Cleaning Ltd",
        "owns\nPingjiang Sub-district",
        "supervises\nGusu headquarters",
        "around\nQinghe Market",
        "Renmin Road\nleft green belt · 120.5 m",
        "Town\nPingjiang Sub-district",
        "Sanitation · Area\nS1",
    ]
    expect(card.locator(".chain")).to_be_hidden()
    card.get_by_text("Why this answer").click()
    assert card.locator(".chain li").all_inner_texts() == [
        "does not apply\nno ruling covers this place",
        "applies\nthe finest territorial area covers this place\nadmin/half/w2",
    ]
    expect(card.get_by_text("Not on record: the person in charge")).to_be_visible()
    expect(card.get_by_text("± 10 m (not given, assumed)")).to_be_visible()
    expect(card.locator(".source")).to_contain_text("1 March 2026 at 08:00")


def test_the_place_and_its_accuracy_are_marked_where_the_service_put_them(open_start: Start) -> None:
    page = open_start(as_reply(answer()), query="?lon=120.0543&lat=31.048&datum=gcj02").page
    town, mark = page.locator(".leaflet-tile-pane path").nth(1), page.locator("path.asked")
    expect(mark).to_be_visible()
    expect(page.locator("path.accuracy")).to_have_count(1)
    around, spot = town.bounding_box(), mark.bounding_box()
    assert around is not None
    assert spot is not None
    # 120.05, 31.05 is the middle of the western town.
    assert abs(spot["x"] + spot["width"] / 2 - around["x"] - around["width"] / 2) < 3
    assert abs(spot["y"] + spot["height"] / 2 - around["y"] - around["height"] / 2) < 3


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        ("certain", "明确"),
        ("likely", "大致"),
        ("contested", "争议"),
        ("fallback", "兜底"),
        ("unclaimed", "空白"),
    ],
)
def test_a_verdict_is_a_word_and_a_sign_and_a_colour(open_start: Start, verdict: str, word: str) -> None:
    visited = open_start(as_reply(answer(verdict, "zh")), query=ASKED + "zh", lang="zh")
    card = visited.page.locator(".card")
    expect(card.locator(".verdict b")).to_have_text(word)
    assert card.locator(".mark").inner_text() != ""
    tone = card.evaluate("card => getComputedStyle(card).getPropertyValue('--tone')")
    assert tone != "#4a5763", "the neutral tone is for verdicts nobody thought of"
    assert card.locator(".lead").is_visible() == (verdict != "unclaimed")
    if verdict == "contested":
        expect(card.locator(".lead .label")).to_have_text("暂定牵头单位 · 属地单位")
    assert visited.complaints == []


def test_no_share_is_shown_where_the_doubt_was_not_measured(open_start: Start) -> None:
    unmeasured = answer("likely")
    unmeasured["lead"]["p"] = 1.0
    page = open_start(as_reply(unmeasured), query=ASKED + "en").page
    expect(page.locator(".card .verdict b")).to_have_text("Likely")
    expect(page.locator(".card .share")).to_be_hidden()


def test_what_the_service_says_is_only_ever_text(open_start: Start) -> None:
    visited = open_start(as_reply(poison(answer())), query=ASKED + "en", world=hostile_city())
    page = visited.page
    attack = " ".join(HOSTILE)
    expect(page.locator(".card .next")).to_have_text(attack)
    expect(page.locator(".card .lead b")).to_have_text(attack)
    assert page.locator("img[src='x'], svg[onload]").count() == 0
    expect(page.locator(".card a")).to_have_attribute("href", re.compile(r"^tel:[0-9+*#]+$"))
    assert visited.complaints == []


def test_a_problem_is_shown_with_its_title_and_remedy(open_start: Start) -> None:
    page = open_start(as_reply(PROBLEM, status=422), query="?lon=31.3&lat=120.6&lang=zh", lang="zh").page
    expect(page.get_by_role("alert").get_by_text(PROBLEM["title"], exact=True)).to_be_visible()
    expect(page.get_by_role("alert").get_by_text(PROBLEM["detail"])).to_be_visible()


def test_a_service_that_does_not_answer_is_said_to_be_silent(open_start: Start) -> None:
    page = open_start(Reply(b"<h1>Bad Gateway</h1>", status=502), query=ASKED + "en").page
    expect(page.get_by_role("alert")).to_contain_text("The service did not answer")


def test_coordinates_of_another_datum_go_out_as_they_were_typed(open_start: Start) -> None:
    visited = open_start(as_reply(answer()))
    page = visited.page
    page.get_by_label("Longitude").fill(" 120.0543 ")
    page.get_by_label("Latitude").fill("31.0480")
    page.get_by_label("Datum").select_option("gcj02")
    page.get_by_label("Category").fill("0102")
    page.get_by_label("Accuracy (m)").press("Enter")
    expect(page.locator(".card")).to_be_visible()
    assert questions(visited) == [
        {"lon": "120.0543", "lat": "31.0480", "datum": "gcj02", "category": "0102", "lang": "en"}
    ]


def test_a_question_survives_the_change_of_language(open_start: Start) -> None:
    visited = open_start(as_reply(answer()), query="?lon=120.05&lat=31.05&datum=bd09&lang=en")
    page = visited.page
    expect(page.locator(".card")).to_be_visible()
    address = page.locator("a.language").get_attribute("href")
    assert address is not None
    expected = {"lon": ["120.05"], "lat": ["31.05"], "datum": ["bd09"]}
    assert parse_qs(urlsplit(address).query) == {**expected, "lang": ["zh"]}
    assert parse_qs(urlsplit(page.url).query) == {**expected, "lang": ["en"]}


def test_a_late_answer_does_not_replace_the_answer_to_a_later_question(open_start: Start) -> None:
    page = open_start(as_reply(answer())).page
    held: list[Route] = []
    page.route("**/v1/responsible*", lambda route: held.append(route))
    for x in (300, 500):
        with page.expect_request("**/v1/responsible*"):
            page.locator(".folium-map").click(position={"x": x, "y": 300})
        expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    for route, verdict in ((held[1], "certain"), (held[0], "contested")):
        with page.expect_response("**/v1/responsible*"):
            route.fulfill(status=200, content_type="application/json", body=json.dumps(answer(verdict)))
        expect(page.locator(".card .verdict b")).to_have_text("Certain")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("verdict", [None, "likely", "contested", "unclaimed"])
def test_the_page_fits_the_screen(open_start: Start, lang: Lang, width: int, height: int, verdict: str | None) -> None:
    query = ASKED + lang if verdict else ""
    reply = as_reply(answer(verdict or "likely", lang))
    visited = open_start(reply, query=query, lang=lang, width=width, height=height)
    if verdict:
        for summary in visited.page.locator(".card summary").all():
            summary.click()
    visited.screenshot(f"start-{verdict or 'empty'}-{lang}-{width}")
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visited.complaints == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_problem_fits_the_screen(open_start: Start, width: int, height: int) -> None:
    reply = as_reply(PROBLEM, status=422)
    visited = open_start(reply, query=ASKED + "zh", lang="zh", width=width, height=height)
    expect(visited.page.locator(".card.problem")).to_be_visible()
    visited.screenshot(f"start-problem-zh-{width}")
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_welcome_before_the_first_city_fits_the_screen(
    visit: Open, serve: Serve, lang: Lang, width: int, height: int
) -> None:
    page = start_page(city=None, areas=(), edition=None, lang=lang)
    visited = visit(serve({"/": Reply(page.encode())}) + "/", width=width, height=height)
    visited.screenshot(f"welcome-{lang}-{width}")
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visited.complaints == []


def test_a_contested_answer_asks_and_a_reply_asks_the_service_again_with_what_was_seen(open_start: Start) -> None:
    replies = [
        {"fact": "component:1", "text": "Storm drain cover 1 (Water Bureau)", "unit": None},
        {"fact": "component:2", "text": "Storm drain cover 2 (Roads Office)", "unit": None},
    ]
    contested = answer("contested") | {"question": {"id": "component", "text": "Whose name?", "facts": replies}}
    visited = open_start(as_reply(contested), query=ASKED + "en&category=0103")
    card = visited.page.locator(".card")
    expect(card.locator(".question")).to_contain_text("Whose name?")
    with visited.page.expect_response("**/v1/responsible?**"):
        card.get_by_role("button", name="Storm drain cover 2 (Roads Office)").click()
    assert [asked.get("fact") for asked in questions(visited)] == [None, "component:2"]
    assert questions(visited)[1]["category"] == "0103"
    assert "fact=component%3A2" in visited.page.url
    assert visited.complaints == []
    with visited.page.expect_response("**/v1/responsible?**"):
        visited.page.get_by_role("button", name="Ask").click()
    assert "fact" not in questions(visited)[2], "what was seen at one place is not said of the next"


def test_an_answer_without_a_question_asks_nothing_and_says_what_was_seen(open_start: Start) -> None:
    seen = answer() | {"facts": [{"fact": "component:1", "text": "Storm drain cover 1", "unit": None}]}
    card = open_start(as_reply(seen), query=ASKED + "en&fact=component:1").page.locator(".card")
    expect(card.locator(".question")).to_be_hidden()
    expect(card.locator(".areas li").first).to_have_text("SeenStorm drain cover 1")


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-06-15T10:00", "2026-06-15T10:00"),
        ("2026-06-15", "2026-06-15T00:00"),
        ("2026-06-15T02:00:30.5Z", "2026-06-15T10:00"),
        ("2026-06-15T11:00:00+09:00", "2026-06-15T10:00"),
    ],
)
def test_the_moment_in_the_address_is_asked_about_as_it_stands_and_shown_in_the_citys_time(
    open_start: Start, at: str, shown: str
) -> None:
    visited = open_start(as_reply(answer()), query=f"?{urlencode({'lon': 120.05, 'lat': 31.05, 'at': at})}")
    page = visited.page
    expect(page.locator(".card")).to_be_visible()
    assert page.get_by_label("When").input_value() == shown
    assert questions(visited)[0]["at"] == at
    assert parse_qs(urlsplit(page.url).query)["at"] == [at]
    page.locator(".folium-map").click()
    with page.expect_response("**/v1/responsible?**"):
        page.get_by_role("button", name="Ask").click()
    assert [asked["at"] for asked in questions(visited)] == [at, at, at]


def test_a_moment_can_be_given_changed_and_left_blank(open_start: Start) -> None:
    visited = open_start(as_reply(answer()), query=ASKED + "en&at=2026-06-15T02:00:30Z")
    page = visited.page
    expect(page.locator(".card")).to_be_visible()
    for moment in ("2026-07-01T23:30", ""):
        page.get_by_label("When").fill(moment)
        with page.expect_response("**/v1/responsible?**"):
            page.get_by_role("button", name="Ask").click()
    assert [asked.get("at") for asked in questions(visited)] == ["2026-06-15T02:00:30Z", "2026-07-01T23:30", None]
    assert "at" not in parse_qs(urlsplit(page.url).query)


def test_a_moment_nobody_can_read_is_left_to_the_service_and_not_asked_about_again(open_start: Start) -> None:
    visited = open_start(as_reply(PROBLEM, status=422), query=ASKED + "en&at=soon")
    expect(visited.page.locator(".card.problem")).to_be_visible()
    with visited.page.expect_response("**/v1/responsible?**"):
        visited.page.get_by_role("button", name="Ask").click()
    assert [asked.get("at") for asked in questions(visited)] == ["soon", None]


def test_an_edition_a_register_and_a_known_moment_in_the_address_go_on_to_the_service(open_start: Start) -> None:
    carried = {"edition": "2", "register": "5", "known_at": "2026-05-01T09:30"}
    visited = open_start(as_reply(answer()), query=f"{ASKED}en&{urlencode(carried)}")
    expect(visited.page.locator(".card")).to_be_visible()
    with visited.page.expect_response("**/v1/responsible?**"):
        visited.page.locator(".folium-map").click()
    for asked in questions(visited):
        assert carried.items() <= asked.items()
    address = visited.page.locator("a.language").get_attribute("href")
    assert address is not None
    assert {name: [value] for name, value in carried.items()}.items() <= parse_qs(urlsplit(address).query).items()


def test_the_moment_of_an_answer_in_utc_is_said_in_the_citys_time_to_the_minute(open_start: Start) -> None:
    reply = as_reply(answer() | {"at": "2026-06-15T02:00:30.123456Z"})
    card = open_start(reply, query=ASKED + "en").page.locator(".card")
    card.get_by_text("Why this answer").click()
    assert card.locator(".source").inner_text().endswith("15 June 2026 at 10:00")


@pytest.mark.parametrize("lang", LANGS)
def test_the_number_to_dial_is_the_one_in_the_next_step(open_start: Start, lang: Lang) -> None:
    card = open_start(as_reply(staffed_answer(lang)), query=ASKED + lang, lang=lang).page.locator(".card")
    expect(card.locator(".next")).to_have_text(TEXTS[lang]["officer"])
    link = card.locator(".next a")
    expect(link).to_have_text("0512-0000-3349")
    expect(link).to_have_attribute("href", "tel:051200003349")
    expect(link).to_have_css("white-space", "nowrap")
    expect(card.locator("blockquote a")).to_have_attribute("href", "tel:051200001234")
    expect(card.locator(".officer a")).to_have_attribute("href", "tel:051200003349")
    expect(card.locator(".lead a.telephone")).to_have_attribute("href", "tel:051200001234")


def test_a_number_the_answer_knows_is_dialled_in_whatever_shape_and_no_other_digits_are(open_start: Start) -> None:
    known = answer()
    known["next"]["unit"]["telephone"] = "12345"
    known["next"]["text"] = "Send it to plot 912345, telephone 12345, not 123456"
    card = open_start(as_reply(known), query=ASKED + "en").page.locator(".card")
    expect(card.locator(".next")).to_have_text(known["next"]["text"])
    expect(card.locator(".next a")).to_have_text("12345")
    expect(card.locator(".next a")).to_have_attribute("href", "tel:12345")


@pytest.mark.parametrize(("lang", "word"), [("zh", "已审批"), ("en", "Permitted")])
def test_what_is_permitted_is_said_first_in_a_colour_of_its_own_and_nobody_is_called(
    open_start: Start, lang: Lang, word: str
) -> None:
    page = open_start(as_reply(permitted_answer(lang)), query=ASKED + lang, lang=lang).page
    card = page.locator(".card")
    expect(card.locator("> :first-child")).to_have_text(TEXTS[lang]["permit"])
    expect(card.locator(".permit b")).to_have_text(word)
    expect(card.locator("[data-field=meaning]")).to_have_text("")
    assert card.evaluate("card => getComputedStyle(card).getPropertyValue('--tone')") == "#8a5a00"
    expect(card.locator(".whole", has_text="0512-0000-1234").first).to_be_visible()
    assert "2026-03-09" in card.locator(".next .whole").all_inner_texts()
    assert card.locator("a[href]").count() == 0


def test_no_permit_is_spoken_of_where_there_is_none(open_start: Start) -> None:
    card = open_start(as_reply(answer("certain")), query=ASKED + "en").page.locator(".card")
    expect(card.locator(".verdict")).to_be_visible()
    expect(card.locator(".permit")).to_be_hidden()
    assert card.evaluate("card => getComputedStyle(card).getPropertyValue('--tone')") == "#17693e"


@pytest.mark.parametrize(("code", "said"), [("1102", "Category 1102 Exposed rubbish"), ("9", "Category 9"), (None, "")])
def test_the_card_names_the_category_asked_about(open_start: Start, code: str | None, said: str) -> None:
    card = open_start(as_reply(answer() | {"category": code}), query=ASKED + "en").page.locator(".card")
    expect(card.locator(".category")).to_have_text(said)
    assert card.locator(".category").is_visible() == bool(said)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(("name", "make"), [("staffed", staffed_answer), ("permitted", permitted_answer)])
def test_labels_and_numbers_stay_whole(
    open_start: Start,
    lang: Lang,
    width: int,
    height: int,
    name: str,
    make: Callable[[Lang], dict[str, Any]],
) -> None:
    reply = as_reply(make(lang) | {"category": "1102"})
    visited = open_start(reply, query=ASKED + lang, lang=lang, width=width, height=height)
    card = visited.page.locator(".card")
    expect(card).to_be_visible()
    visited.screenshot(f"start-{name}-{lang}-{width}")
    whole = card.locator(".areas li > span:first-child, .whole")
    broken = whole.evaluate_all(f"places => places.filter({BROKEN}).map((place) => place.textContent)")
    assert whole.count() > 0
    assert broken == []
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visited.complaints == []
