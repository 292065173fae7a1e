"""Who may do what. One table; every route names its policy and takes the actor that the table lets in."""

from dataclasses import dataclass
from enum import StrEnum


class Policy(StrEnum):
    """What a route lets its caller do."""

    ASK = "ask"
    READ_MAP = "read-map"
    EDIT_REGISTER = "edit-register"
    SEE_PAGES = "see-pages"
    CHECK_HEALTH = "check-health"
    EDIT_DRAFT = "edit-draft"
    PUBLISH = "publish"
    ANSWER_DISCREPANCIES = "answer-discrepancies"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling."""

    name: str


# There are no accounts yet: the service listens on this machine's loopback address only, and everyone who reaches it
# is the same actor with every right.
LOCAL = Actor("local")
ALLOWED: dict[str, frozenset[Policy]] = {LOCAL.name: frozenset(Policy)}


def may(actor: Actor, policy: Policy) -> bool:
    """Whether the table lets them."""
    return policy in ALLOWED.get(actor.name, frozenset())
