"""crosswalk: the areas of two levels over each other."""

from typing import Annotated

import typer

from api.cli.options import EditionOption, JsonOption, LangOption, open_view, write_json
from api.cli.terminal import language, out, table
from api.schemas.crosswalk import COLUMNS, as_csv, from_domain, rows_of
from api.services.crosswalking import crosswalk_of
from geo.editions import edition_by_id


def crosswalk(
    first: Annotated[str, typer.Option("--from", help="scheme/level, e.g. admin/community | 体系/层级")],
    second: Annotated[str, typer.Option("--to", help="scheme/level, e.g. grid/subgrid | 体系/层级")],
    edition: EditionOption = None,
    csv: Annotated[bool, typer.Option("--csv", help="CSV on stdout and nothing else | 只输出 CSV")] = False,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Lists every pair of overlapping areas of two levels, and what lies outside. 两套网格逐对重叠及余下部分。"""
    view = open_view()
    atlas = view.latest if edition is None else view.atlas(edition_by_id(view.editions, edition))
    said = language(lang, atlas.city.language)
    body = from_domain(crosswalk_of(atlas, first, second), said, edition=atlas.edition.id)
    if json:
        write_json(body)
    elif csv:
        out.file.write(as_csv(body))
    else:
        table(COLUMNS, list(rows_of(body)))
