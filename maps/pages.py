"""The pages a person meets first: the start page and the API documentation."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geo.answer_text import WARNINGS
from geo.categories import Category
from geo.discrepancies import KINDS
from geo.model import Area, City, Edition, Scheme
from geo.wording import Lang, Phrase
from maps.assets import Call, render
from maps.city_map import draw_city, finish, name_level
from maps.outlines import by_level, outline
from maps.page import write_page

VERTEX_BUDGET = 24_000  # the start page is opened more often than the heat map and needs less detail
DATUMS: Mapping[str, Phrase] = MappingProxyType(
    {
        "wgs84": Phrase(zh="WGS 84（GPS）", en="WGS 84 (GPS)"),
        "cgcs2000": Phrase(zh="CGCS2000（国家 2000）", en="CGCS2000"),
        "gcj02": Phrase(zh="GCJ-02（高德、腾讯）", en="GCJ-02 (Amap, Tencent)"),
        "bd09": Phrase(zh="BD-09（百度）", en="BD-09 (Baidu)"),
    }
)


def start_page(
    *,
    city: City | None,
    areas: Sequence[Area],
    edition: Edition | None,
    lang: Lang,
    schemes: Sequence[Scheme] = (),
    has_records: bool = False,
    categories: Sequence[Category] = (),
) -> str:
    """The start page as HTML: a map and a form that ask who is responsible, or how to bring a city when there is none.

    `areas` stand as in a CityMap and are not empty when there is a city; `edition` is the one in force. With
    `has_records` the page links to the heat map.
    """
    if city is None:
        return write_page("welcome.html", lang=lang, mode="served")
    datums = {code: phrase.say(lang) for code, phrase in DATUMS.items()}
    datums.setdefault(city.datum, city.datum)
    outlines = outline(areas, territory=city.territory, vertex_budget=VERTEX_BUDGET)
    west, south, east, north = outlines.bounds
    map_ = draw_city(city, outlines, schemes=schemes, lang=lang)
    finish(map_, outlines, lang=lang, collapsed=True)
    Call("pointward.askOnMap", {"accuracyM": city.policy.accuracy_m["map_click"]}).add_to(map_)
    return write_page(
        "start.html",
        lang=lang,
        mode="served",
        city=city,
        map=render(map_),
        edition=edition,
        published=edition.published_at.astimezone(ZoneInfo(city.timezone)).date() if edition else None,
        has_records=has_records,
        categories=categories,
        datums=datums,
        example_lon=f"{(west + east) / 2:.2f}",
        example_lat=f"{(south + north) / 2:.2f}",
        level_names=name_levels(city, areas, schemes, lang),
        warnings={code: phrase.say(lang) for code, phrase in WARNINGS.items()},
        discrepancy_kinds={kind.value: phrase.say(lang) for kind, phrase in KINDS.items()},
    )


def name_levels(city: City, areas: Sequence[Area], schemes: Sequence[Scheme], lang: Lang) -> dict[str, str]:
    """What the levels are called, by "scheme/level"."""
    groups = (group[0] for _, group in by_level(areas, city.territory))
    return {f"{area.scheme}/{area.level}": name_level(area.scheme, area.level, city, schemes, lang) for area in groups}


def docs_page(*, lang: Lang, openapi_url: str = "/openapi.json") -> str:
    """The API documentation as HTML: Swagger UI out of our own files."""
    return write_page("docs.html", lang=lang, mode="served", openapi_url=openapi_url)
