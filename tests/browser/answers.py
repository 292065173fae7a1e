"""Answers of the service as the contract shapes them, with what the start page reads."""

import json
from typing import Any

from geo.wording import Lang
from tests.browser.looking import Reply

TEXTS: dict[Lang, dict[str, str]] = {
    "zh": {
        "unit": "平江第二社区",
        "above": "平江街道",
        "site": "青禾农贸市场",
        "road": "人民路",
        "cleaners": "道路保洁公司",
        "headquarters": "姑苏区指挥部",
        "send": "派给平江第二社区，电话 0512-0000-1234",
        "send_above": "请平江街道先到现场处置并查明归属，电话未登记",
        "escalate": "报姑苏区指挥部确定责任单位，电话 0512-0000-1200",
        "text": "这里由平江第二社区负责，电话 0512-0000-1234；观前单元网格 014 由它管。",
        "border": "向东 3.2 米是与双塔第一社区的责任分界",
        "ruling": "没有裁定涉及这里",
        "territory": "最细一级的属地区域覆盖这里",
        "warning": "附近有地段无单位负责",
        "officer": "派给平江第二社区，网格员 G-017，电话 0512-0000-3349",
        "permit": "已审批（P-7，青禾夜市），2026-03-09 22:00 前不用处置；到期后派给平江第二社区，电话 0512-0000-1234",
        "post": "网格员",
    },
    "en": {
        "unit": "Pingjiang Community 2",
        "above": "Pingjiang Sub-district",
        "site": "Qinghe Market",
        "road": "Renmin Road",
        "cleaners": "Street Cleaning Ltd",
        "headquarters": "Gusu headquarters",
        "send": "Send it to Pingjiang Community 2, telephone 0512-0000-1234",
        "send_above": "Send Pingjiang Sub-district to make it safe and find out, no telephone on record",
        "escalate": "Report it to Gusu headquarters for a decision, telephone 0512-0000-1200",
        "text": "Pingjiang Community 2 is responsible here, telephone 0512-0000-1234; it owns the grid cell.",
        "border": "The border with Shuangta Community 1 is 3.2 m to the east",
        "ruling": "no ruling covers this place",
        "territory": "the finest territorial area covers this place",
        "warning": "There is ground here that no unit is responsible for",
        "officer": "Send it to Pingjiang Community 2, Grid officer G-017, telephone 0512-0000-3349",
        "permit": "Permitted (P-7, Qinghe night market): nothing to do until 2026-03-09 22:00; after that send it to "
        "Pingjiang Community 2, telephone 0512-0000-1234",
        "post": "Grid officer",
    },
}


def answer(verdict: str = "likely", lang: Lang = "en") -> dict[str, Any]:
    """An answer for 120.05, 31.05."""
    said = TEXTS[lang]
    unit = {"code": "u", "name": said["unit"], "kind": "territorial", "telephone": "0512-0000-1234"}
    above = {"code": "a", "name": said["above"], "kind": "territorial", "telephone": None}
    headquarters = {
        "code": "hq",
        "name": said["headquarters"],
        "kind": "headquarters",
        "telephone": "0512-0000-1200",
    }
    cleaners = {"code": "c", "name": said["cleaners"], "kind": "contractor", "telephone": None}
    steps = {
        "contested": {"do": "survey", "unit": above, "text": said["send_above"]},
        "unclaimed": {"do": "escalate", "unit": headquarters, "text": said["escalate"]},
    }
    lead = {
        "unit": unit,
        "role": "leads",
        "p": 0.775,
        "provisional": verdict == "contested",
        "executor": cleaners,
        "post": None,
    }
    rival = {"unit": above, "p": 0.175, "distance_m": 3.2, "rung": "territory", "claim": None}
    first = {"unit": unit, "p": 0.775, "distance_m": 0.0, "rung": "territory", "claim": None}
    return {
        "verdict": verdict,
        "rung": "territory",
        "text": said["text"],
        "next": steps.get(verdict, {"do": "dispatch", "unit": unit, "text": said["send"]}),
        "lead": None if verdict == "unclaimed" else lead,
        "candidates": [] if verdict == "unclaimed" else [first, rival],
        "nobody_p": 1.0 if verdict == "unclaimed" else 0.05,
        "principal": {"unit": above, "role": "owns"},
        "supervision": [{"unit": headquarters, "role": "supervises"}],
        "assists": [],
        "coordinates": [],
        "checkpoints": [{"code": "P1", "name": said["site"], "type": "market", "part": "halo"}],
        "segments": [{"code": "R1", "name": said["road"], "side": "left", "strip": "green_belt", "chainage_m": 120.5}],
        "areas": [
            {"scheme": "admin", "level": "town", "code": "w", "name": said["above"]},
            {"scheme": "sanitation", "level": "area", "code": "S1", "name": "S1"},
        ],
        "border": {"distance_m": 3.2, "beyond_m": None, "bearing": "E", "kind": "area", "text": said["border"]},
        "question": None,
        "facts": [],
        "permit": None,
        "category": None,
        "chain": [
            {"rung": "ruling", "hit": False, "why": said["ruling"], "refs": []},
            {"rung": "territory", "hit": True, "why": said["territory"], "refs": ["admin/half/w2"]},
        ],
        "missing": ["lead.post"],
        "warnings": ["near_limit"] if verdict == "likely" else [],
        "at": "2026-03-01T08:00:00+08:00",
        "position": {"lon": 120.05, "lat": 31.05, "accuracy_m": 10.0, "accuracy_assumed": True, "confidence": 0.68},
        "edition": {"id": 3, "register": 0, "valid_from": None},
    }


def staffed_answer(lang: Lang = "en") -> dict[str, Any]:
    """An answer whose officer on duty has a telephone of their own."""
    said, staffed = TEXTS[lang], answer("certain", lang)
    person = {"name": f"{said['post']} G-017", "telephone": "0512-0000-3349"}
    post = {"title": said["post"], "person": person, "on_duty": True, "deputy": None}
    staffed["lead"] |= {"p": 1.0, "post": post}
    staffed["next"] |= {"text": said["officer"]}
    staffed["supervision"][0] |= {"post": post}
    return staffed


def permitted_answer(lang: Lang = "en") -> dict[str, Any]:
    """An answer for a place where what is asked about was permitted."""
    permitted = staffed_answer(lang)
    permitted["next"] |= {"do": "none", "text": TEXTS[lang]["permit"]}
    return permitted | {"permit": {"id": "P-7"}}


def as_reply(content: object, *, status: int = 200) -> Reply:
    """The content as the service sends it."""
    kind = "application/json" if status == 200 else "application/problem+json"
    return Reply(json.dumps(content).encode(), kind, status)
