"""Which of the two languages a request is answered in."""

from fastapi import Request

from geo.wording import LANGS, Lang


def wanted(request: Request) -> Lang:
    """`lang=` when it is one of ours, else the first of ours in Accept-Language, else the city's own, else Chinese."""
    asked = request.query_params.get("lang")
    for lang in LANGS:
        if asked == lang:
            return lang
    for entry in request.headers.get("accept-language", "").split(","):
        for lang in LANGS:
            if entry.strip().lower().startswith(lang):
                return lang
    return city_language(request)


def city_language(request: Request) -> Lang:
    """The language of the city that is published, Chinese before that."""
    from geo.errors import GeoError

    try:
        language: Lang = request.app.state.holder.view().latest.city.language
    except GeoError:
        return "zh"
    return language
