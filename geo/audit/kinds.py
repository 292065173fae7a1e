"""The kinds of troubles that an audit finds: how grave each is, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from geo.wording import Phrase

Severity = Literal["error", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class Kind:
    """`error`: the map contradicts itself. `warning`: somebody is missing. `notice`: worth a look."""

    severity: Severity
    phrase: Phrase


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "gap": Kind(
            "error",
            Phrase(
                zh="{level}：{neighbours}有 {area_m2} 平方米空白{sliver}",
                en="{level}: {area_m2} m² {neighbours} belong to no area{sliver}",
            ),
        ),
        "overlap": Kind(
            "error",
            Phrase(
                zh="{level}：{first}与{second}交叉 {area_m2} 平方米{sliver}",
                en="{level}: {first} and {second} overlap on {area_m2} m²{sliver}",
            ),
        ),
        "child-outside-parent": Kind(
            "error",
            Phrase(
                zh="{level}：{child}有 {area_m2} 平方米越出上级{parent}{sliver}",
                en="{level}: {area_m2} m² of {child} lie outside its parent {parent}{sliver}",
            ),
        ),
        "unowned-ground": Kind(
            "error",
            Phrase(
                zh="{keeper}辖区内有 {area_m2} 平方米无主：没有属地单位，任何类别也无人牵头",
                en="{area_m2} m² within {keeper} are nobody's: no territorial unit, and no kind of problem has a lead",
            ),
        ),
        "no-lead": Kind(
            "error",
            Phrase(
                zh="{keeper}辖区内有 {area_m2} 平方米无人牵头（{when}），类别：{categories}",
                en="on {area_m2} m² within {keeper} nobody leads ({when}), for {categories}",
            ),
        ),
        "equal-rank": Kind(
            "error",
            Phrase(
                zh="{units}在 {area_m2} 平方米上同级牵头（{when}），类别：{categories}",
                en="{units} lead with equal rank on {area_m2} m² ({when}), for {categories}",
            ),
        ),
        "components-of-two-owners": Kind(
            "warning",
            Phrase(
                zh="{category} {first} 属{owner}，{second} 属{other}，相距 {distance_m} 米，只凭位置分不清",
                en="{category}: {first} belongs to {owner} and {second} to {other}, {distance_m} m apart; their "
                "position alone does not tell them apart",
            ),
        ),
        "component-without-owner": Kind(
            "warning",
            Phrase(
                zh="部件 {component}（{category}）无主：登记和责任归属中都没有权属单位",
                en="the component {component} ({category}) is nobody's: neither the registration nor a claim names an "
                "owner",
            ),
        ),
        "claim-expired": Kind(
            "warning",
            Phrase(
                zh="{unit}的责任归属 {claim} 已于 {until} 到期，没有续（{categories}）",
                en="the claim {claim} of {unit} ended on {until} and was not renewed ({categories})",
            ),
        ),
        "claim-expiring": Kind(
            "notice",
            Phrase(
                zh="{unit}的责任归属 {claim} 将于 {until} 到期，还没有续（{categories}）",
                en="the claim {claim} of {unit} ends on {until} and is not renewed yet ({categories})",
            ),
        ),
        "strip-unclaimed": Kind(
            "warning",
            Phrase(
                zh="{strip}没有任何单位认领，共 {area_m2} 平方米",
                en="no claim names {strip}, {area_m2} m²",
            ),
        ),
        "road-without-chief": Kind(
            "warning", Phrase(zh="{road}{side}没有{title}", en="{road}, {side}, has no {title}")
        ),
        "site-outside-unit": Kind(
            "warning",
            Phrase(
                zh="点位{site}（{code}）归{unit}，却有 {area_m2} 平方米在该单位辖区之外",
                en="{site} ({code}) is with {unit}, but {area_m2} m² of it lie outside that unit's areas",
            ),
        ),
        "lead-without-contact": Kind(
            "warning",
            Phrase(
                zh="{unit}（{code}）在地图上牵头，却没有电话、联系人和有电话的责任人",
                en="{unit} ({code}) leads on the map, but has no telephone, no contact and nobody with one",
            ),
        ),
        "holder-without-telephone": Kind(
            "warning",
            Phrase(
                zh="岗位 {post}（{unit}{title}）有人任职，却没有登记电话",
                en="{post} ({title} of {unit}) is held, but no telephone is recorded",
            ),
        ),
        "post-vacant": Kind("warning", Phrase(zh="{zh}", en="{en}")),
        "post-ending": Kind("notice", Phrase(zh="{zh}", en="{en}")),
        "few-contacts": Kind("notice", Phrase(zh="{zh}", en="{en}")),
        "blank-cell": Kind(
            "notice",
            Phrase(
                zh="{cell}（{code}）里没有点位、路段和部件，共 {area_m2} 平方米，可能被遗忘",
                en="no site, road or component touches {cell} ({code}, {area_m2} m²); it may be forgotten",
            ),
        ),
    }
)
