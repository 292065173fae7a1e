"""HTML pages out of maps/templates, in one language, with their files linked or inside."""

import functools
from pathlib import Path

import jinja2

from geo.wording import Lang
from maps import assets
from maps.assets import AssetMode

TEMPLATES = Path(__file__).resolve().parent / "templates"


def write_page(template: str, *, lang: Lang, mode: AssetMode, **values: object) -> str:
    """The page as HTML. In templates `t(zh, en)` says a text in the page's language; everything is escaped."""
    return (
        templates()
        .get_template(template)
        .render(
            lang=lang,
            mode=mode,
            t=lambda zh, en: zh if lang == "zh" else en,
            link=lambda path: assets.link(path, mode),
            image=lambda path: assets.image(path, mode),
            **values,
        )
    )


@functools.cache
def templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    return environment
