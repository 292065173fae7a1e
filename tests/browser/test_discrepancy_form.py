"""The form that says an answer is wrong, on the program itself: filed once, refused in words, usable by keyboard."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from geo.wording import LANGS, Lang
from tests.browser.looking import Open, Visit

SIZES = [(1440, 900), (360, 740)]
ON_A_BORDER = "lon=120.6014&lat=31.31085&datum=wgs84"
LINK = {"zh": "这个答案不对？", "en": "This answer is wrong?"}
BUTTON = {"zh": "提交", "en": "File it"}
COMMENT = {"zh": "北门外归沧浪第四社区\n界桩在路北", "en": "Outside the north gate it is Canglang Community 4"}


def opened(visit: Open, service: str, lang: Lang, *, width: int = 1440, height: int = 900) -> Visit:
    """The answer at a border, its form open."""
    visited = visit(f"{service}/?{ON_A_BORDER}&lang={lang}", width=width, height=height)
    link = visited.page.get_by_text(LINK[lang], exact=True)
    expect(visited.page.locator(".discrepancy form")).to_be_hidden()
    link.click()
    expect(visited.page.locator(".discrepancy form")).to_be_visible()
    return visited


def listed(page: Page) -> Any:
    """What is filed at the service."""
    return page.request.get(urljoin(page.url, "/v1/discrepancies")).json()["items"]


def is_at_peace(visited: Visit, service: str) -> None:
    """Nothing was asked of another host, nothing went wrong, and the page is no wider than the screen."""
    assert visited.complaints == []
    assert visited.hosts() == {urlsplit(service).netloc}
    assert visited.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_is_filed_from_the_card_gets_a_number_and_a_day(
    visit: Open, service: str, lang: Lang, width: int, height: int
) -> None:
    visited = opened(visit, service, lang, width=width, height=height)
    page = visited.page
    before = len(listed(page))
    page.locator(".discrepancy [name=kind]").select_option("BoundaryIncorrect")
    page.locator(".discrepancy [name=comment]").fill(COMMENT[lang])
    page.locator(".discrepancy [name=believed_unit]").fill("320508004004")
    page.locator(".discrepancy [name=contact]").fill("0512-0000-0177")
    visited.screenshot(f"discrepancy-form-{lang}-{width}")
    page.get_by_role("button", name=BUTTON[lang]).click()
    receipt = page.locator(".discrepancy .receipt")
    expect(receipt).to_be_visible()
    expect(receipt).to_be_focused()
    expect(page.locator(".discrepancy form")).to_be_hidden()
    visited.screenshot(f"discrepancy-filed-{lang}-{width}")
    items = listed(page)
    assert len(items) == before + 1
    address = urljoin(page.url, f"/v1/discrepancies/{items[-1]['id']}?lang={lang}")
    kept = page.request.get(address).json()
    assert receipt.inner_text() == kept["text"]
    assert (kept["kind"], kept["comment"]) == ("BoundaryIncorrect", COMMENT[lang])
    assert kept["differs"] is False
    assert kept["answer"]["text"] == page.locator(".card blockquote").inner_text()
    assert kept["believed"]["unit"] == "320508004004"
    assert kept["reporter"]["contact"] == "0512-0000-0177"
    is_at_peace(visited, service)


@pytest.mark.parametrize("lang", LANGS)
def test_a_form_without_words_is_not_sent_and_says_why(visit: Open, service: str, lang: Lang) -> None:
    visited = opened(visit, service, lang)
    page = visited.page
    page.get_by_role("button", name=BUTTON[lang]).click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_have_text(
        {"zh": "请在“说明”里写明哪里不对，再提交。", "en": "Say in words what is wrong, then file it."}[lang]
    )
    expect(page.locator(".discrepancy [name=comment]")).to_be_focused()
    assert not [url for url in visited.requests if urlsplit(url).path == "/v1/discrepancies"]
    page.keyboard.type("x")
    expect(refusal).to_be_hidden()
    is_at_peace(visited, service)


def test_what_the_service_refuses_is_said_as_text_and_the_form_stays(visit: Open, service: str) -> None:
    visited = opened(visit, service, "en")
    page = visited.page
    hostile = "<img src=x onerror=alert(1)>"
    page.route(
        "**/v1/discrepancies?**",
        lambda route: route.fulfill(status=422, json={"title": "Invalid input", "detail": hostile}),
    )
    page.locator(".discrepancy [name=comment]").fill("x")
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_role("alert")).to_have_text(f"Invalid input · {hostile}")
    expect(page.get_by_role("button", name="File it")).to_be_enabled()
    assert page.locator(".card img").count() == 0
    visited.screenshot("discrepancy-refused-en-1440")


@pytest.mark.parametrize("lang", LANGS)
def test_pressed_again_after_a_reply_was_lost_it_is_filed_once(visit: Open, service: str, lang: Lang) -> None:
    visited = opened(visit, service, lang)
    page = visited.page
    before = len(listed(page))

    def lose_the_reply(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/v1/discrepancies?**", lose_the_reply, times=1)
    page.locator(".discrepancy [name=comment]").fill("lost on the way")
    page.get_by_role("button", name=BUTTON[lang]).click()
    expect(page.get_by_role("alert")).to_contain_text({"zh": "服务没有应答", "en": "The service did not answer"}[lang])
    page.get_by_role("button", name=BUTTON[lang]).click()
    expect(page.locator(".discrepancy .receipt")).to_be_visible()
    assert len(listed(page)) == before + 1


def test_the_keyboard_alone_files_it(visit: Open, service: str) -> None:
    visited = visit(f"{service}/?{ON_A_BORDER}&lang=en")
    page = visited.page
    page.locator(".discrepancy summary").focus()
    page.keyboard.press("Enter")
    for typed in (None, None, "by keyboard", None):
        page.keyboard.press("Tab")
        if typed:
            page.keyboard.type(typed)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="File it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".discrepancy .receipt")).to_contain_text("is filed; Jinchang Community 8 Committee")
    assert listed(page)[-1]["comment"] == "by keyboard"
    is_at_peace(visited, service)


def test_another_question_brings_a_fresh_form(visit: Open, service: str) -> None:
    visited = opened(visit, service, "en")
    page = visited.page
    page.locator(".discrepancy [name=comment]").fill("of the first answer")
    page.locator("#ask [name=lon]").fill("120.62")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".card .next")).to_contain_text("Jinchang Community 6")
    expect(page.locator(".discrepancy")).to_have_count(1)
    expect(page.locator(".discrepancy form")).to_be_hidden()
    assert page.locator(".discrepancy [name=comment]").input_value() == ""
