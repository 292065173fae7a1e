"""The look-up without the framework: a route before the documented one, which takes what needs no second look.

FastAPI's own work on a look-up (matching, dependencies, nine validated parameters) takes longer than the answer. Here a
query that is plainly right is read by hand; whatever is not (a parameter that is unknown, repeated, out of its limits
or written in another way, a draft) is not matched, and `routes/lookup.py` reads it and says what is wrong. So there
is one set of refusals, and this module may be left out without anybody noticing but by the clock.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from api.atlas_holder import View
from api.deps import check_allowed, validated
from api.language import language_of
from api.policies import LOCAL, Policy
from api.schemas.answer import json_of
from api.services.asking import Asked, Frame, answer_at, choose
from geo.register.overlay import is_overlaid
from geo.wording import LANGS, Lang

PATH = "/v1/responsible"
# Decimals as everybody writes them; 1e2, +1 and blanks around are for the documented route.
NUMBER = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,20})?", re.ASCII)
WHOLE = re.compile(r"[0-9]{1,10}", re.ASCII)
FACTS = 20


class NotPlain(ValueError):
    """Raised for a value that the documented route should look at."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A look-up as it was read: what is asked, and what of the frame and the language is said."""

    asked: Asked
    frame: Mapping[str, Any]
    lang: Lang | None


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise NotPlain
    return float(text)


def _text(limit: int | None = None) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text or (limit is not None and len(text) > limit):
            raise NotPlain
        return text

    return read


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise NotPlain
        return int(text)

    return read


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise NotPlain
        return text

    return read


ASKED: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "lon": _number,
        "lat": _number,
        "datum": _text(40),
        "accuracy_m": _number,
        "confidence": _number,
        "category": _text(),
        "at": _text(40),
        "receiver": _text(200),
    }
)
FRAME: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {"known_at": _text(40), "edition": _whole(1, 2**31), "register": _whole(0, 2**31)}
)
OTHERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {"fact": _text(300), "lang": _one_of(*LANGS), "draft": _one_of("false")}
)
PARAMETERS: Mapping[str, Callable[[str], Any]] = MappingProxyType({**ASKED, **FRAME, **OTHERS})


def read_plain(query: bytes) -> Plain | None:
    """What a query string asks; None where the documented route should read it."""
    said: dict[str, Any] = {}
    facts: list[str] = []
    try:
        for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            if name in said or name not in PARAMETERS:
                return None
            value = PARAMETERS[name](text)
            if name == "fact":
                facts.append(value)
            else:
                said[name] = value
    except NotPlain:
        return None
    if "lon" not in said or "lat" not in said or len(facts) > FACTS:
        return None
    asked = Asked(**{name: said[name] for name in said.keys() & ASKED.keys()}, facts=tuple(facts))
    return Plain(asked, {name: said[name] for name in said.keys() & FRAME.keys()}, said.get("lang"))


class _Answering:
    """The ASGI application behind the route."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain: Plain = scope["plain"]
        headers = {name: value for name, value in scope["headers"] if name in (b"accept-language", b"if-none-match")}
        check_allowed(LOCAL, Policy.ASK)
        view: View = scope["app"].state.holder.view()
        accepted = headers.get(b"accept-language", b"").decode("latin-1")
        lang = language_of(plain.lang, accepted, lambda: view.latest.city.language)
        asked = plain.asked
        edition, moment = choose(view, Frame(now=datetime.now(UTC), **plain.frame), asked.at)
        if view.has(edition) and is_overlaid(view.atlas(edition), moment.roster):
            answer = answer_at(view.atlas(edition), asked, moment)
        else:
            answer = await run_in_threadpool(lambda: answer_at(view.atlas(edition), asked, moment))
        content = json_of(answer, lang)
        known = headers.get(b"if-none-match", b"").decode("latin-1")
        await validated(content, known)(scope, receive, send)


class PlainLookup(Route):
    """Matches a look-up that is plainly right."""

    def __init__(self) -> None:
        super().__init__(PATH, _Answering(), methods=["GET"], name="plain_lookup", include_in_schema=False)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """A full match with what was read, or none."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
            return Match.NONE, {}
        plain = read_plain(scope["query_string"])
        return (Match.NONE, {}) if plain is None else (Match.FULL, {"plain": plain})
