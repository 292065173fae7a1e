"""places: what somebody says, as positions for the look-up."""

from typing import Annotated

import typer
from rich.text import Text

from api.cli.options import EditionOption, JsonOption, LangOption, open_view, write_json
from api.cli.terminal import language, out, say
from api.schemas.places import from_domain
from geo.editions import edition_by_id
from geo.places.search import Places
from geo.wording import Phrase

NOTHING = Phrase(
    zh="没有找到“{text}”；可给出路名和门牌号、点位、路口或坐标",
    en="nothing is like '{text}'; give a road and number, a site, a crossing or coordinates",
)


def places(
    text: Annotated[str, typer.Argument(help="as the caller says it | 来电人的原话")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="places shown at most | 最多显示几条")] = 5,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Finds places: road and number, site, crossing, area, coordinates, map link. 查找地点。"""
    view = open_view()
    atlas = view.latest if edition is None else view.atlas(edition_by_id(view.editions, edition))
    said = language(lang, atlas.city.language)
    items = [from_domain(hit, said) for hit in Places(atlas.city_map).search(text, limit=limit)]
    if json:
        write_json(items)
    elif not items:
        say(NOTHING, said, text=text)
    for item in items if not json else ():
        position = item["position"]
        out.print(Text(f"{item['score']:.2f}  {item['name']} ({item['kind']})", style="bold"))
        out.print(Text(f"      {position['lon']:.6f}, {position['lat']:.6f} ± {item['accuracy_m']:g} m"))
        out.print(Text(f"      {item['how']}"))
        if item["question"]:
            out.print(Text(f"      {item['question']}"))
