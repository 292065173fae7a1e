"""Posts (岗位): what somebody holds on a piece of the map, as the map has them; who holds them is in the register."""

from dataclasses import dataclass
from enum import StrEnum

from geo.claims import Role
from geo.wording import Name


class SubjectKind(StrEnum):
    """What a post is for."""

    AREA = "area"
    CHECKPOINT = "checkpoint"
    SEGMENT = "segment"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Subject:
    """The piece of the map that a post is for.

    By `kind`, the `key` is: area (scheme, level, code); checkpoint, unit (code); segment (code), or (code, side) for
    one side of it.
    """

    kind: SubjectKind
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post. `role` is in what sense its holder is responsible; None acts for the post's unit."""

    code: str
    name: Name
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a unit. `title` is what its holder is called, where that is not the name of the kind."""

    code: str
    kind: str
    unit: str
    subject: Subject
    title: Name | None = None


DUTY_DESK = "duty_desk"
POST_KINDS = (
    PostKind("grid_officer", Name(zh="网格员", en="Grid officer")),
    PostKind("site_chief", Name(zh="点位长", en="Site chief"), Role.COORDINATES),
    PostKind("road_chief_1", Name(zh="一级路长", en="Road chief, level 1"), Role.COORDINATES),
    PostKind("road_chief_2", Name(zh="二级路长", en="Road chief, level 2"), Role.COORDINATES),
    PostKind("area_leader", Name(zh="挂钩领导", en="Leader in charge"), Role.SUPERVISES),
    PostKind("principal", Name(zh="第一责任人", en="Principal"), Role.OWNS),
    PostKind(DUTY_DESK, Name(zh="值班员", en="Duty desk")),
)
"""The usual kinds; a city may have others."""
