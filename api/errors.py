"""The table from errors to HTTP, as RFC 9457 problems."""

import logging
import secrets
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.language import wanted
from api.schemas.editions import finding_from_domain
from api.schemas.problem import MEDIA_TYPE
from api.services.drafting import DraftMoved, RefusedChange
from api.storage.errors import NotMigrated, StorageUnavailable
from geo.errors import (
    GeoError,
    ImportRefused,
    InvalidInput,
    NotAllowed,
    NotFound,
    NothingPublished,
    SourceError,
)
from geo.wording import Lang, Phrase

log = logging.getLogger("pointward.http")

FINDINGS_SHOWN = 100  # of a change that was refused; the detail says how many there are

TYPE = "urn:pointward:problem:{slug}"

# The first class that fits decides.
STATUS: tuple[tuple[type[GeoError], int, Phrase], ...] = (
    (NothingPublished, 503, Phrase(zh="尚未发布", en="Nothing published yet")),
    (StorageUnavailable, 503, Phrase(zh="数据库不可用", en="Database unavailable")),
    (NotMigrated, 503, Phrase(zh="数据库未升级", en="Database not migrated")),
    (NotFound, 404, Phrase(zh="没有找到", en="Not found")),
    (DraftMoved, 412, Phrase(zh="草稿已变动", en="Draft changed meanwhile")),
    (RefusedChange, 422, Phrase(zh="更改被拒绝", en="Change refused")),
    (NotAllowed, 409, Phrase(zh="当前状态不允许", en="Not allowed now")),
    (InvalidInput, 422, Phrase(zh="输入有误", en="Invalid input")),
    (SourceError, 422, Phrase(zh="文件不可读", en="Unreadable file")),
    (ImportRefused, 422, Phrase(zh="导入被拒绝", en="Import refused")),
)
INTERNAL = Phrase(zh="服务内部错误", en="Internal error")
INTERNAL_DETAIL = Phrase(
    zh="出现意外错误，请把编号 {incident} 告诉管理员",
    en="something unexpected happened; tell the administrator incident {incident}",
)
BAD_REQUEST = Phrase(zh="请求有误", en="Invalid request")
NO_SUCH_ADDRESS = Phrase(
    zh="没有地址 {path}；全部地址见 /docs", en="there is no address {path}; all of them are at /docs"
)
WRONG_METHOD = Phrase(
    zh="{path} 不接受 {method}；可用：{allowed}", en="{path} does not take {method}; it takes {allowed}"
)

UNREADABLE_BODY = Phrase(
    zh="请求正文无法读取；请发送 UTF-8 编码的 JSON", en="the body cannot be read; send JSON in UTF-8"
)
NOT_A_NUMBER = Phrase(zh="{field} = {value} 不是数；请给出数字", en="{field} {value} is not a number; give digits")
# What pydantic finds, in the words of both languages. Its own English text is the fallback.
VALIDATION: dict[str, Phrase] = {
    "missing": Phrase(zh="缺少 {field}；请补上", en="{field} is missing; add it"),
    "extra_forbidden": Phrase(
        zh="没有参数 {field}（值 {value}）；请检查拼写",
        en="there is no parameter {field} (value {value}); check the spelling",
    ),
    "float_parsing": NOT_A_NUMBER,
    "float_type": NOT_A_NUMBER,
    "finite_number": Phrase(
        zh="{field} = {value} 不是有限数；请给出十进制数", en="{field} {value} is not a finite number; give a decimal"
    ),
    "int_parsing": Phrase(
        zh="{field} = {value} 不是整数；请给出整数", en="{field} {value} is not a whole number; give one"
    ),
    "int_type": Phrase(
        zh="{field} = {value} 不是整数；请给出整数", en="{field} {value} is not a whole number; give one"
    ),
    "literal_error": Phrase(
        zh="{field} = {value} 不可用；可用：{expected}", en="{field} {value} cannot be used; use one of {expected}"
    ),
    "greater_than_equal": Phrase(
        zh="{field} = {value} 太小；至少 {ge}", en="{field} {value} is too small; give at least {ge}"
    ),
    "less_than_equal": Phrase(
        zh="{field} = {value} 太大；至多 {le}", en="{field} {value} is too large; give at most {le}"
    ),
    "greater_than": Phrase(
        zh="{field} = {value} 太小；要大于 {gt}", en="{field} {value} is too small; give more than {gt}"
    ),
    "enum": Phrase(
        zh="{field} = {value} 不可用；可用：{expected}", en="{field} {value} cannot be used; use {expected}"
    ),
    "string_too_short": Phrase(
        zh="{field} 太短；至少 {min_length} 个字符",
        en="{field} is too short; the least length is {min_length}",
    ),
    "string_too_long": Phrase(
        zh="{field} 太长；至多 {max_length} 个字符", en="{field} is too long; give at most {max_length} characters"
    ),
    "bool_type": Phrase(
        zh="{field} = {value} 不可用；请填 true 或 false", en="{field} {value} cannot be used; give true or false"
    ),
    "string_type": Phrase(zh="{field} = {value} 不是文字；请加引号", en="{field} {value} is not text; quote it"),
    "string_unicode": Phrase(
        zh="{field} = {value} 不是有效的 Unicode 文字；请以 UTF-8 发送",
        en="{field} {value} is not valid Unicode text; send UTF-8",
    ),
    "text_blank": Phrase(
        zh="{field} 为空白；请填写文字或省略该项", en="{field} is blank; give a text, or leave it out where it may be"
    ),
    "text_control": Phrase(
        zh="{field} = {value} 含有控制字符或换行；请删去",
        en="{field} {value} has control characters or line breaks; remove them",
    ),
    "text_control_in_lines": Phrase(
        zh="{field} = {value} 含有控制字符（可以换行）；请删去",
        en="{field} {value} has control characters (line breaks are fine); remove them",
    ),
    "too_deep": Phrase(
        zh="{field} 嵌套过深；至多 {limit} 层，请给出服务返回的原样答复",
        en="{field} is nested too deep; at most {limit} levels: give the answer as the service gave it",
    ),
    "json_invalid": Phrase(zh="请求正文不是 JSON：{error}", en="the body is not JSON: {error}"),
    "dict_type": Phrase(zh="{field} 不是 JSON 对象；请用 {{ }}", en="{field} is not a JSON object; use {{ }}"),
    "list_type": Phrase(zh="{field} 不是列表；请用 [ ]", en="{field} is not a list; use [ ]"),
    "model_attributes_type": Phrase(
        zh="{field} 不是 JSON 对象；请用 {{ }}", en="{field} is not a JSON object; use {{ }}"
    ),
    "model_type": Phrase(zh="{field} 不是 JSON 对象；请用 {{ }}", en="{field} is not a JSON object; use {{ }}"),
    "too_short": Phrase(
        zh="{field} 只有 {actual_length} 项；至少 {min_length} 项",
        en="{field} has {actual_length} items; give at least {min_length}",
    ),
    "too_long": Phrase(
        zh="{field} 有 {actual_length} 项；至多 {max_length} 项，请分批",
        en="{field} has {actual_length} items; give at most {max_length}, in several requests",
    ),
}


def problem_of(error: GeoError, lang: Lang) -> dict[str, Any]:
    """The error as an RFC 9457 problem."""
    status, title = next(
        ((status, title) for kind, status, title in STATUS if isinstance(error, kind)), (400, BAD_REQUEST)
    )
    found = error.findings[:FINDINGS_SHOWN] if isinstance(error, RefusedChange) else ()
    more = {"findings": [finding_from_domain(finding, lang) for finding in found]} if found else {}
    return problem(error.slug, status, title.say(lang), error.say(lang), **more)


def problem(slug: str, status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    """An RFC 9457 problem object; what cannot be written in UTF-8, as half a surrogate pair, is said as `?`."""
    said = detail.encode("utf-8", "replace").decode()
    return {"type": TYPE.format(slug=slug), "title": title, "status": status, "detail": said, **more}


def reply(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The problem as a response."""
    return Response(orjson.dumps(body), status_code=body["status"], media_type=MEDIA_TYPE, headers=headers)


def say_validation(errors: list[Any], lang: Lang) -> list[dict[str, str]]:
    """What pydantic found, each with its field and a message in the language that names the value."""
    said = []
    for error in errors:
        # A JSON syntax error stands at a character of the body, which is no field.
        parts = () if error["type"] == "json_invalid" else error["loc"]
        field = ".".join(str(part) for part in parts if part not in ("query", "body", "path")) or "body"
        # Never the input itself: NaN and lone surrogates cannot be written as JSON.
        value = ascii(error.get("input"))[:80]
        phrase = VALIDATION.get(error["type"])
        message = (
            phrase.say(lang, field=field, value=value, **error.get("ctx", {})) if phrase else f"{field}: {error['msg']}"
        )
        said.append({"field": field, "message": message})
    return said


def add_handlers(app: FastAPI) -> None:
    """Makes the application answer every error as a problem."""

    @app.exception_handler(GeoError)
    def refuse(request: Request, error: GeoError) -> Response:
        return reply(problem_of(error, wanted(request)))

    @app.exception_handler(RequestValidationError)
    def refuse_request(request: Request, error: RequestValidationError) -> Response:
        lang = wanted(request)
        said = say_validation(list(error.errors()), lang)
        title = next(title for kind, _, title in STATUS if kind is InvalidInput).say(lang)
        detail = "; ".join(item["message"] for item in said)
        return reply(problem(InvalidInput.slug, 422, title, detail, errors=said))

    @app.exception_handler(HTTPException)
    def refuse_http(request: Request, error: HTTPException) -> Response:
        lang, headers, path = wanted(request), dict(error.headers or {}), request.url.path
        if error.status_code == 404:
            return reply(problem("not-found", 404, BAD_REQUEST.say(lang), NO_SUCH_ADDRESS.say(lang, path=path)))
        detail = str(error.detail)
        if error.status_code == 400:  # a body that is not even text
            detail = UNREADABLE_BODY.say(lang)
        if error.status_code == 405:
            detail = WRONG_METHOD.say(
                lang, path=path, method=request.method, allowed=headers.get("Allow") or headers.get("allow", "–")
            )
        return reply(problem("http", error.status_code, BAD_REQUEST.say(lang), detail), headers)

    @app.exception_handler(Exception)
    def fail(request: Request, error: Exception) -> Response:
        incident = secrets.token_hex(6)
        log.error("incident %s at %s %s", incident, request.method, request.url.path, exc_info=error)
        lang = wanted(request)
        detail = INTERNAL_DETAIL.say(lang, incident=incident)
        return reply(problem("internal", 500, INTERNAL.say(lang), detail, incident=incident))
