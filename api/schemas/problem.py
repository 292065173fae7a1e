"""RFC 9457 problems, and how the documentation announces them."""

from typing import Any

from pydantic import BaseModel

from api.schemas.editions import FindingOut

MEDIA_TYPE = "application/problem+json"
REASONS = {
    404: "nothing has this code, or no edition held then | 没有该编码，或当时没有生效的版本",
    409: "what is there does not allow it; `detail` says what to do first | 与现有登记冲突；detail 写明先做什么",
    412: "somebody else changed the draft since it was read; read it again | 草稿已被别人改动；请重新读取",
    413: "the body is too large; send it in several requests | 请求正文过大；请分几次发送",
    422: "a value cannot be used; `detail` names it, its limit and the remedy | 输入有误；detail 写明数值、限度和改法",
    503: "nothing is published yet, or the database is out of reach | 尚未发布，或数据库不可用",
}
EXAMPLES = {
    404: {
        "type": "urn:pointward:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "there is no unit with the code 7; see /v1/units or python main.py units",
    },
    409: {
        "type": "urn:pointward:problem:not-allowed",
        "title": "Not allowed now",
        "status": 409,
        "detail": "nobody holds the post desk/west at 2026-05-01 09:30+08:00, so there is nothing to hand over; "
        "appoint somebody: POST /v1/holders",
    },
    412: {
        "type": "urn:pointward:problem:draft-changed",
        "title": "Draft changed meanwhile",
        "status": 412,
        "detail": 'the draft was changed meanwhile (If-Match says "draft-1", it is "no-draft"); read /v1/draft again, '
        "check, then send it anew",
    },
    413: {
        "type": "urn:pointward:problem:body-too-large",
        "title": "Invalid request",
        "status": 413,
        "detail": "the body is larger than 16000000 bytes; send it in several requests",
    },
    422: {
        "type": "urn:pointward:problem:invalid-input",
        "title": "Invalid input",
        "status": 422,
        "detail": "lat 120.6 is outside [-90, 90]; were lon and lat swapped?",
    },
    503: {
        "type": "urn:pointward:problem:nothing-published",
        "title": "Nothing published yet",
        "status": 503,
        "detail": "nothing has been published yet; run: python main.py import DIR, then python main.py publish",
    },
}


class FieldTrouble(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `errors` stands only where fields were refused one by one, `findings` where a change was refused."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldTrouble] = []
    findings: list[FindingOut] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": REASONS[status],
            "content": {MEDIA_TYPE: {"schema": schema, "example": EXAMPLES[status]}},
        }
        for status in statuses
    }
