"""places: what somebody says, as positions for the look-up."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from api.cli.options import AtOption, EditionOption, JsonOption, LangOption, open_view, write_json
from api.cli.sharing import CategoryOption, along
from api.cli.terminal import language, out, say
from api.schemas.places import from_domain
from api.services.asking import Frame
from geo.editions import edition_by_id
from geo.places.hit import HitKind
from geo.places.search import Places
from geo.portions_text import say_portions
from geo.wording import Phrase

NOTHING = Phrase(
    zh="没有找到“{text}”；可给出路名和门牌号、点位、路口或坐标",
    en="nothing is like '{text}'; give a road and number, a site, a crossing or coordinates",
)


def places(
    text: Annotated[str, typer.Argument(help="as the caller says it | 来电人的原话")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="places shown at most | 最多显示几条")] = 5,
    category: CategoryOption = None,
    at: AtOption = None,
    edition: EditionOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Finds places: road and number, site, crossing, area, coordinates, map link. 查找地点。

    Along a road without a number it says who leads how much, for `--category` and `--at`. 只有路名时给出沿线份额。
    """
    view = open_view()
    atlas = view.latest if edition is None else view.atlas(edition_by_id(view.editions, edition))
    said = language(lang, atlas.city.language)
    hits = Places(atlas.city_map).search(text, limit=limit)
    items = [from_domain(hit, said) for hit in hits]
    if json:
        write_json(items)
    elif not items:
        say(NOTHING, said, text=text)
    for hit, item in zip(hits, items, strict=True) if not json else ():
        position = item["position"]
        out.print(Text(f"{item['score']:.2f}  {item['name']} ({item['kind']})", style="bold"))
        out.print(Text(f"      {position['lon']:.6f}, {position['lat']:.6f} ± {item['accuracy_m']:g} m"))
        out.print(Text(f"      {item['how']}"))
        if hit.kind is HitKind.ROAD and hit.shape is not None:
            frame = Frame(now=datetime.now(UTC), edition=edition)
            shared = along(view, hit.shape, category=category, at=at, frame=frame)
            if shared is not None:
                out.print(Text(f"      {say_portions(shared.portions, said)}"))
        if item["question"]:
            out.print(Text(f"      {item['question']}"))
