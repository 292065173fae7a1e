"""The draft of the map: changes on the way in, its state on the way out."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.editions import FindingOut, finding_from_domain
from api.schemas.text import PLAIN
from geo.changes.change import Change
from geo.changes.collections import COLLECTIONS
from geo.errors import InvalidInput
from geo.model import Finding
from geo.moments import say_moment
from geo.wording import Lang, Phrase

CHANGE_LIMIT = 1000
CHANGES_SHOWN = 1000
NAMES = ", ".join(COLLECTIONS)

BODY_FOR_PUT = Phrase(
    zh="第 {number} 项更改：put 必须有 body，delete 不能有；请改正",
    en="change {number}: put needs a body and delete has none; correct it",
)
SAMPLE_CODE = "C-990"
SAMPLE_CLAIM: dict[str, Any] = {
    "unit": "320508001",
    "role": "leads",
    "categories": ["1102"],
    "area": "admin/subdistrict/320508001",
    "hours": "Mon-Fri 08:00-18:00",
    "source": "示例〔2026〕91号",
}
SAMPLE_CHANGES: dict[str, Any] = {
    "changes": [
        {"do": "put", "collection": "claims", "code": SAMPLE_CODE, "body": SAMPLE_CLAIM},
        {"do": "delete", "collection": "claims", "code": "C-020"},
    ]
}


class OneChange(BaseModel):
    """One change of a list."""

    model_config = ConfigDict(extra="forbid", strict=True)

    do: Annotated[Literal["put", "delete"], Field(description="what to do | 动作")]
    collection: Annotated[str, Field(description=f"one of {NAMES} | 类别")]
    code: Annotated[str, Field(description="code of the thing; of an area scheme/level/code | 编码")]
    body: Annotated[dict[str, Any] | None, Field(description="what is to stand there, for put | 内容")] = None


class ChangeList(BaseModel):
    """Changes that are made together or not at all."""

    model_config = ConfigDict(extra="forbid", strict=True)

    changes: Annotated[list[OneChange], Field(min_length=1, max_length=CHANGE_LIMIT)]


class Publication(BaseModel):
    """How the draft is to be published."""

    model_config = ConfigDict(extra="forbid", strict=True)

    valid_from: Annotated[
        str | None, Field(max_length=40, description="holds from; a date is 00:00 in the city | 生效日期")
    ] = None
    accept: Annotated[str, Field(min_length=1, max_length=1000), PLAIN] | None = Field(
        default=None,
        description="why what blocks the publishing is right: posts held or ground ruled that is gone, golden places "
        "answered otherwise | 仍有人任职的岗位或裁定、审批所指消失、校核点答案改变时的确认理由",
    )


class MadeOut(BaseModel):
    """How the draft came about: by an `import`, or as a copy (`draft`) of an edition."""

    model_config = ConfigDict(extra="forbid", strict=True)

    action: str
    at: str
    actor: str


class LoggedOut(BaseModel):
    """A change since, from the log."""

    model_config = ConfigDict(extra="forbid", strict=True)

    at: str
    actor: str
    action: str
    address: str


class DraftOut(BaseModel):
    """The draft. Without one `exists` is false, and the rest is null or empty.

    `based_on` is the edition that it was copied from; null when it was imported. `changes` are the latest of
    `changes_total`, oldest first.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    exists: bool
    id: int | None
    based_on: int | None
    made: MadeOut | None
    counts: dict[str, int]
    changes_total: int
    changes: list[LoggedOut]
    findings: list[FindingOut]


class DoneOut(BaseModel):
    """What a change did."""

    model_config = ConfigDict(extra="forbid", strict=True)

    collection: str
    code: str
    done: Literal["created", "replaced", "deleted"]


class WrittenOut(BaseModel):
    """What a write did to the draft. `findings` are the notices that it brought up."""

    model_config = ConfigDict(extra="forbid", strict=True)

    draft: int
    changes: list[DoneOut]
    findings: list[FindingOut]


class DroppedOut(BaseModel):
    """The draft that is gone."""

    model_config = ConfigDict(extra="forbid", strict=True)

    draft: int


def changes_from(given: ChangeList) -> list[Change]:
    """The changes of a list; raises InvalidInput for a put without a body or a delete with one."""
    for number, change in enumerate(given.changes, start=1):
        if (change.do == "put") != (change.body is not None):
            raise InvalidInput(BODY_FOR_PUT, number=number)
    return [Change(change.collection, change.code, change.body) for change in given.changes]


def state_from_domain(state: Any, lang: Lang) -> dict[str, Any]:
    """The draft, or that there is none."""
    if state is None:
        empty: dict[str, Any] = {"counts": {}, "changes_total": 0, "changes": [], "findings": []}
        return {"exists": False, "id": None, "based_on": None, "made": None, **empty}
    return {
        "exists": True,
        "id": state.id,
        "based_on": state.based_on,
        "made": {"action": state.made.action, "at": say_moment(state.made.at), "actor": state.made.actor},
        "counts": dict(state.counts),
        "changes_total": len(state.changes),
        "changes": [_logged(entry) for entry in state.changes[-CHANGES_SHOWN:]],
        "findings": [finding_from_domain(finding, lang) for finding in state.findings],
    }


def written_from_domain(
    draft: int, changes: Sequence[Change], replaced: Sequence[bool], findings: Sequence[Finding], lang: Lang
) -> dict[str, Any]:
    """What was done, change by change."""
    return {
        "draft": draft,
        "changes": [
            {"collection": change.collection, "code": change.code, "done": _done(change, had)}
            for change, had in zip(changes, replaced, strict=True)
        ],
        "findings": [finding_from_domain(finding, lang) for finding in findings],
    }


def _done(change: Change, had: bool) -> str:
    return "deleted" if change.body is None else "replaced" if had else "created"


def _logged(entry: Any) -> dict[str, str]:
    address = entry.subject.split(":", 1)[1]
    return {"at": say_moment(entry.at), "actor": entry.actor, "action": entry.action, "address": address}
