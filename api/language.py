"""Which of the two languages a request is answered in."""

from collections.abc import Callable

from fastapi import Request

from geo.wording import LANGS, Lang


def wanted(request: Request) -> Lang:
    """`lang=` when it is one of ours, else the first of ours in Accept-Language, else the city's own, else Chinese."""
    accepted = request.headers.get("accept-language", "")
    return language_of(request.query_params.get("lang"), accepted, lambda: city_language(request))


def language_of(asked: str | None, accepted: str, otherwise: Callable[[], Lang]) -> Lang:
    """The one of ours that was asked for, else the first of ours that the browser accepts, else another."""
    for lang in LANGS:
        if asked == lang:
            return lang
    for entry in accepted.split(",") if accepted else ():
        for lang in LANGS:
            if entry.strip().lower().startswith(lang):
                return lang
    return otherwise()


def city_language(request: Request) -> Lang:
    """The language of the city that is published, Chinese before that."""
    from geo.errors import GeoError

    try:
        language: Lang = request.app.state.holder.view().latest.city.language
    except GeoError:
        return "zh"
    return language
