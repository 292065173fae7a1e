"""The words of every kind of finding, by its key, and whether it blocks an import."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from geo.model import Finding, Severity
from geo.wording import Lang, Phrase

BLOCKS: Mapping[str, Phrase] = MappingProxyType(
    {
        "missing-file": Phrase(
            zh="缺少文件 {source}；请放入城市目录，或修改 city.toml 中的文件名",
            en="the file {source} is missing; put it into the city's folder or correct its name in city.toml",
        ),
        "unreadable-file": Phrase(zh="无法读取 {source}：{zh}", en="{source} cannot be read: {en}"),
        "no-features": Phrase(
            zh="{source} 中没有任何图形；请检查文件或图层",
            en="{source} holds no feature; check the file or its layer",
        ),
        "missing-field": Phrase(
            zh="{source} 中没有字段“{field}”；现有字段：{known}",
            en="{source} has no field '{field}'; it has: {known}",
        ),
        "unknown-datum": Phrase(zh="{source} 的坐标系不明：{zh}", en="the datum of {source} is not known: {en}"),
        "row-without-code": Phrase(
            zh="{source} 第 {row} 行没有编码；请在字段“{field}”中填写",
            en="row {row} of {source} has no code; fill in the field '{field}'",
        ),
        "bad-code": Phrase(
            zh="{source} 第 {row} 行的编码 {code} 含控制字符或超过 {limit} 个字符；请改正",
            en="the code {code} in row {row} of {source} has control characters or more than {limit}; correct it",
        ),
        "code-length": Phrase(
            zh="编码 {code} 有 {length} 位，层级“{level}”应为 {expected} 位；请改正编码，或修改该体系的 code_split",
            en="the code {code} has {length} characters, level '{level}' needs {expected}; correct it, or the "
            "scheme's code_split",
        ),
        "code-prefix": Phrase(
            zh="编码 {code} 未以上级编码 {parent} 开头；请改正编码或上级，或去掉该体系的 prefix = true",
            en="the code {code} does not begin with its parent's, {parent}; correct one of them, or drop the "
            "scheme's prefix = true",
        ),
        "code-conflict": Phrase(
            zh="编码 {code} 的“{field}”前后不一：{first} 与 {second}；同一编码只能对应一个取值",
            en="the code {code} has two values of '{field}': {first} and {second}; one code can have only one",
        ),
        "geometry-refused": Phrase(
            zh="{source} 第 {row} 行的图形不可用：{zh}", en="the geometry in row {row} of {source} is refused: {en}"
        ),
        "geometry-not-finite": Phrase(
            zh="{source} 第 {row} 行的图形含非有限坐标；请改正或重新导出",
            en="the geometry in row {row} of {source} has coordinates that are not finite; correct or export it anew",
        ),
        "geometry-out-of-range": Phrase(
            zh="{source} 第 {row} 行有超出经纬度范围的坐标（{lon}，{lat}）；请检查坐标系 datum，或经纬度是否写反",
            en="the geometry in row {row} of {source} leaves the range of lon and lat at {lon}, {lat}; is the datum "
            "right, or were lon and lat swapped?",
        ),
        "geometry-empty": Phrase(
            zh="{source} 第 {row} 行的图形为空，或修复后不剩任何面积；请补上面状图形",
            en="the geometry in row {row} of {source} is empty, or nothing of it is left after repair; give a polygon",
        ),
        "unknown-parent": Phrase(
            zh="{code} 的上级 {parent} 不在上一层级中；请补上该区域或改正上级编码",
            en="the parent {parent} of {code} is not in the level above; add that area or correct the code",
        ),
        "unknown-unit": Phrase(
            zh="{code} 的责任单位 {unit} 不存在；请在 [[units]] 中补上或改正编码",
            en="the unit {unit} of {code} does not exist; add it to a [[units]] file or correct the code",
        ),
        "unknown-steward": Phrase(
            zh="{code} 的数据维护单位 {unit} 不存在；请在 [[units]] 中补上或改正编码",
            en="the steward {unit} of {code} does not exist; add it to a [[units]] file or correct the code",
        ),
        "unknown-parent-unit": Phrase(
            zh="单位 {code} 的上级单位 {parent} 不存在；请补上或改正编码",
            en="the parent {parent} of unit {code} does not exist; add it or correct the code",
        ),
        "unknown-unit-kind": Phrase(
            zh="单位 {code} 的类别“{unit_kind}”无法识别；可填：{known}",
            en="the kind '{unit_kind}' of unit {code} is not known; give one of: {known}",
        ),
        "value-missing": Phrase(
            zh="{source} 第 {row} 行没有填写“{field}”；请补上",
            en="row {row} of {source} says nothing in '{field}'; fill it in",
        ),
        "value-refused": Phrase(
            zh="{source} 第 {row} 行的“{field}”不可用：{zh}",
            en="the value of '{field}' in row {row} of {source} is refused: {en}",
        ),
        "code-repeated": Phrase(
            zh="{source} 第 {row} 行的编码 {code} 已用过（{first}）；请改成不同的编码",
            en="the code {code} in row {row} of {source} was used before ({first}); give another",
        ),
        "category-without-branch": Phrase(
            zh="问题类别 {code} 没有大类属性；请在它或它的上级填写“部件”或“事件”",
            en="the category {code} is neither component nor event; say which in its row or in that of a branch above",
        ),
        "category-branches-mixed": Phrase(
            zh="问题类别 {code} 与上级 {parent} 一个是部件、一个是事件；请改正其中一个",
            en="of the category {code} and its parent {parent} one is a component and one an event; correct one",
        ),
        "unknown-parent-category": Phrase(
            zh="问题类别 {code} 的上级 {parent} 不存在；请补上或改正编码",
            en="the parent {parent} of category {code} does not exist; add it or correct the code",
        ),
        "category-cycle": Phrase(
            zh="问题类别上下级成环：{chain}；请改正其中一个上级",
            en="categories stand above each other in a circle: {chain}; correct one of the parents",
        ),
        "unknown-policy-category": Phrase(
            zh="[policy] territory_by_branch 中的问题类别 {code} 不存在；请改正，或在 [[categories]] 中补上",
            en="[policy] territory_by_branch names the category {code}, which does not exist; correct it, or add it to "
            "a [[categories]] file",
        ),
        "unknown-category": Phrase(
            zh="责任归属 {code} 的问题类别 {value} 不存在；请改正，或用 [[categories]] 或 "
            '[city] categories = "default" 补上',
            en="the claim {code} names the category {value}, which does not exist; correct it, or add it by "
            '[[categories]] or [city] categories = "default"',
        ),
        "unknown-claim-unit": Phrase(
            zh="责任归属 {code} 的单位 {value} 不存在；请在 [[units]] 中补上或改正编码",
            en="the unit {value} of the claim {code} does not exist; add it to a [[units]] file or correct the code",
        ),
        "unknown-executor": Phrase(
            zh="责任归属 {code} 的作业单位 {value} 不存在；请在 [[units]] 中补上或改正编码",
            en="the executor {value} of the claim {code} does not exist; add it to a [[units]] file or "
            "correct the code",
        ),
        "unknown-claim-post": Phrase(
            zh="责任归属 {code} 的岗位 {value} 不存在；请在 [[posts]] 中补上或改正编码",
            en="the post {value} of the claim {code} does not exist; add it to a [[posts]] file or correct the code",
        ),
        "unknown-post-kind": Phrase(
            zh="岗位 {code} 的类别“{value}”无法识别；可填：{known}，或用 [[post_kinds]] 增加",
            en="the kind '{value}' of the post {code} is not known; give one of: {known}, or add it by [[post_kinds]]",
        ),
        "unknown-post-unit": Phrase(
            zh="岗位 {code} 的单位 {value} 不存在；请在 [[units]] 中补上或改正编码",
            en="the unit {value} of the post {code} does not exist; add it to a [[units]] file or correct the code",
        ),
        "unknown-post-subject": Phrase(
            zh="岗位 {code} 所指的 {value} 不在地图上；请核对区域、点位或路段编码",
            en="the post {code} is for {value}, which is not on the map; check the code of the area, site or segment",
        ),
        "post-with-two-subjects": Phrase(
            zh="{source} 第 {row} 行的岗位同时填了 {fields}；请只留一个",
            en="the post in row {row} of {source} is for several things: {fields}; leave one",
        ),
        "unknown-post": Phrase(
            zh="{source} 第 {row} 行任职的岗位 {code} 不存在；请在 [[posts]] 中补上或改正编码",
            en="row {row} of {source} holds the post {code}, which does not exist; add it to a [[posts]] file or "
            "correct the code",
        ),
        "unknown-person": Phrase(
            zh="{source} 第 {row} 行的责任人 {code} 不存在；请在 [[people]] 中补上或改正编码",
            en="the person {code} in row {row} of {source} does not exist; add them to a [[people]] file or correct "
            "the code",
        ),
        "post-held-twice": Phrase(
            zh="{source} 第 {row} 行：岗位 {code} 在同一时段已由 {person} 任职（{other}）；请错开起止时间或班次",
            en="row {row} of {source}: the post {code} is held by {person} then ({other}); give another period or "
            "shift",
        ),
        "unknown-area": Phrase(
            zh="责任归属 {code} 的区域 {value} 不存在；请写成 体系/层级/编码，并核对编码",
            en="the claim {code} names the area {value}, which does not exist; write scheme/level/code and check them",
        ),
        "unknown-site": Phrase(
            zh="责任归属 {code} 的点位 {value} 不存在；请在 [[checkpoints]] 中补上或改正编码",
            en="the claim {code} names the site {value}, which does not exist; add it to a [[checkpoints]] file or "
            "correct the code",
        ),
        "unknown-halo": Phrase(
            zh="责任归属 {code} 所指点位 {value} 不存在或没有周边；请改正编码，或在 [[checkpoints]] 中给出 halo_m",
            en="the claim {code} names the halo of {value}, but there is no such site or it has no halo; correct the "
            "code, or give the site halo_m",
        ),
        "unknown-strip": Phrase(
            zh="责任归属 {code} 的路幅 {value} 不存在；请写成 路段编码/侧/路幅，并核对该路段有无这种路幅",
            en="the claim {code} names the strip {value}, which does not exist; write segment/side/kind and check that "
            "the segment has such a strip",
        ),
        "claim-without-place": Phrase(
            zh="{source} 第 {row} 行没有填写地点；请在 {fields} 中恰填一个",
            en="row {row} of {source} names no place; fill in one of {fields}",
        ),
        "claim-with-two-places": Phrase(
            zh="{source} 第 {row} 行的地点不止一个：{fields}；请只留一个（自带图形的行不再填地点）",
            en="row {row} of {source} has more than one place: {fields}; leave one (a row with a polygon has its own)",
        ),
        "unknown-component-category": Phrase(
            zh="{source} 有 {count} 个部件的问题类别 {value} 不存在（第 {rows} 行）；请改正，"
            "或在 [[categories]] 中补上",
            en="{count} components of {source} have the category {value}, which does not exist (rows {rows}); correct "
            "it, or add it to a [[categories]] file",
        ),
        "component-of-event": Phrase(
            zh="{source} 有 {count} 个部件的问题类别 {value} 是事件（第 {rows} 行）；请改成部件的类别",
            en="{count} components of {source} have the category {value}, which is an event (rows {rows}); give one of "
            "components",
        ),
        "unknown-component-unit": Phrase(
            zh="{source} 有 {count} 个部件的单位 {value} 不存在（第 {rows} 行）；请在 [[units]] 中补上或改正编码",
            en="{count} components of {source} name the unit {value}, which does not exist (rows {rows}); add it to a "
            "[[units]] file or correct the code",
        ),
        "golden-without-place": Phrase(
            zh="{source} 第 {row} 行的经纬度无法使用；请补上 lon、lat，或核对坐标系 datum",
            en="row {row} of {source} has no usable position; give lon and lat, or check the datum",
        ),
        "unknown-golden-category": Phrase(
            zh="校核点 {code} 的问题类别 {value} 不存在；请改正，或删去这一校核点",
            en="the golden place {code} has the category {value}, which does not exist; correct it, or drop the place",
        ),
        "unknown-golden-unit": Phrase(
            zh="校核点 {code} 的牵头单位 {value} 不存在；请按新的答案改写这一行，并写明理由",
            en="the golden place {code} names the unit {value}, which does not exist; give the new answer, and why",
        ),
        "unknown-key": Phrase(
            zh="{source} 没有“{field}”这一项；可用：{known}",
            en="{source} has no key '{field}'; it has: {known}",
        ),
        "still-named": Phrase(
            zh="{source} 还被引用，不能删除：{names}（共 {count} 处）；"
            "请先改掉或删除这些引用，也可放在同一批里一起提交",
            en="{source} cannot be deleted while it is named by {names} ({count} in all); change or delete these "
            "first, or in the same request",
        ),
        "level-emptied": Phrase(
            zh="{scheme}/{level} 的最后一个区域 {code} 不能删除；每个层级至少要有一个区域",
            en="{code} is the last area of {scheme}/{level} and cannot be deleted; every level needs one",
        ),
        "unit-cycle": Phrase(
            zh="单位上下级成环：{chain}；请改正其中一个上级",
            en="units stand above each other in a circle: {chain}; correct one of the parents",
        ),
    }
)

NOTICES: Mapping[str, Phrase] = MappingProxyType(
    {
        "features-merged": Phrase(
            zh="编码 {code} 出现在 {count} 个图形中，已合并为一个区域（第 {rows} 行）",
            en="{count} features have the code {code} and were merged into one area (rows {rows})",
        ),
        "geometry-repaired": Phrase(
            zh="{source} 第 {row} 行（{code}）的图形不合规，已修复，变动 {area_m2} 平方米",
            en="the geometry of {code} in row {row} of {source} was broken and has been repaired; {area_m2} m² changed",
        ),
        "overlap": Phrase(
            zh="{scheme}/{level}：{code} 与 {other} 交叉 {area_m2} 平方米",
            en="{scheme}/{level}: {code} and {other} overlap on {area_m2} m²",
        ),
        "gap": Phrase(
            zh="{scheme}/{level}：有 {area_m2} 平方米空白，位于 {lon}，{lat}，邻接 {neighbours}",
            en="{scheme}/{level}: a gap of {area_m2} m² at {lon}, {lat}, beside {neighbours}",
        ),
        "child-outside-parent": Phrase(
            zh="{scheme}/{level}：{code} 有 {area_m2} 平方米在上级 {parent} 之外",
            en="{scheme}/{level}: {area_m2} m² of {code} lie outside its parent {parent}",
        ),
        "area-without-parent": Phrase(
            zh="{scheme}/{level}：{code} 与上一层级的任何区域都不相交，没有上级",
            en="{scheme}/{level}: {code} meets no area of the level above and has no parent",
        ),
        "unit-without-contact": Phrase(
            zh="单位 {code}（{name}）没有电话和联系人",
            en="unit {code} ({name}) has neither a telephone nor a contact",
        ),
        "made-units-without-contact": Phrase(
            zh="按区域自动建立的 {count} 个属地单位没有联系方式；需要时请用 [[units]] 补充，并用 unit 字段指明",
            en="{count} units were made from areas and have no contact; where needed, list them in a [[units]] file "
            "and name them by the field unit",
        ),
        "site-outside-city": Phrase(
            zh="点位 {code} 不在任何属地区域内；请核对图形",
            en="the site {code} lies outside every territorial area; check where it was drawn",
        ),
        "roads-without-name": Phrase(
            zh="{source} 有 {count} 个路段没有路名和编码，已用文件名加行号作编码（第 {rows} 行）",
            en="{count} segments of {source} have neither a road's name nor a code; one is made of file and row "
            "(rows {rows})",
        ),
        "unknown-road-class": Phrase(
            zh="{source} 有 {count} 个路段的道路等级“{road_class}”不在 road_classes 中，"
            "在路口按最低等级处理（第 {rows} 行）",
            en="{count} segments of {source} have the class '{road_class}', which road_classes does not list; at "
            "junctions they rank lowest (rows {rows})",
        ),
        "no-strips-for-class": Phrase(
            zh="{source} 有 {count} 个路段的道路等级“{road_class}”没有路幅宽度，未分带（第 {rows} 行）；"
            "需要时请在 road_widths 中补上",
            en="{count} segments of {source} have the class '{road_class}', for which no widths are known; they have "
            "no strips (rows {rows}); where needed, add the class to road_widths",
        ),
        "contractor-leads": Phrase(
            zh="责任归属 {claims} 写明由承包单位 {code} 牵头；"
            "承包单位不牵头，认定时由其上级单位牵头、由它作业（共 {count} 条）",
            en="by {count} claims ({claims}) the contractor {code} leads; a contractor never does: the unit above it "
            "leads, and it is the executor",
        ),
        "people-kept": Phrase(
            zh="{count} 名责任人在台账中与文件不同（{codes}），以台账为准；需要时请在台账中修改",
            en="the register says otherwise than the files of {count} people ({codes}), and goes on saying so; change "
            "them in the register where needed",
        ),
        "posts-kept": Phrase(
            zh="{count} 个岗位在台账中另有人任职（{codes}），以台账为准；换人请办理交接（hand-over）",
            en="by the register {count} posts are held by others than the files say ({codes}), and stay so; to replace "
            "somebody, hand the post over",
        ),
        "records-skipped": Phrase(
            zh="{source} 有 {count} 行没有可用的位置，已跳过（第 {rows} 行）",
            en="{count} rows of {source} have no usable position and were skipped (rows {rows})",
        ),
        "addresses-skipped": Phrase(
            zh="{source} 有 {count} 行没有可用的位置，或没有路名加门牌、小区或别名，已跳过（第 {rows} 行）",
            en="{count} rows of {source} have no usable position, or neither road and number nor estate nor alias, and "
            "were skipped (rows {rows})",
        ),
        "entrusted-without-manager": Phrase(
            zh="点位 {code} 填了托管，却没有填管理单位；暂由最细一级属地负责，请在 manager 中补上",
            en="the site {code} is entrusted to somebody, but names no manager; the finest territory answers for it; "
            "fill in manager",
        ),
        "unknown-site-type": Phrase(
            zh="{source} 有 {count} 个点位的类型“{value}”不在类型表中，按原样保留（第 {rows} 行）；"
            "需要时请加入 [policy.checkpoint_types]",
            en="{count} sites of {source} have the type '{value}', which is not in the table of types and is kept as "
            "it is (rows {rows}); where needed, add it to [policy.checkpoint_types]",
        ),
        "components-skipped": Phrase(
            zh="{source} 有 {count} 个部件没有可用的位置，已跳过（第 {rows} 行）",
            en="{count} components of {source} have no usable position and were skipped (rows {rows})",
        ),
        "component-ids-odd": Phrase(
            zh="{source} 有 {count} 个部件的编号不是 16 位数字（6+2+2+6），按原样保留（第 {rows} 行）",
            en="{count} components of {source} have an id that is not 16 digits (6+2+2+6); it is kept as it is "
            "(rows {rows})",
        ),
        "component-ids-contradict": Phrase(
            zh="{source} 有 {count} 个部件编号中间四位与所填类别不符，以所填类别为准（第 {rows} 行）；请核对",
            en="{count} components of {source} have an id whose middle four digits contradict the category; the "
            "category counts (rows {rows}); check them",
        ),
        "component-days-unread": Phrase(
            zh="{source} 有 {count} 个部件的日期不是 ISO 8601 格式，按不明处理（第 {rows} 行）",
            en="{count} components of {source} have a day that is not ISO 8601; it counts as unknown (rows {rows})",
        ),
        "record-times-unread": Phrase(
            zh="{source} 有 {count} 行的时间不是 ISO 8601 格式，按时间不明处理（第 {rows} 行）",
            en="{count} rows of {source} have a time that is not ISO 8601; it counts as unknown (rows {rows})",
        ),
    }
)

PHRASES: Mapping[str, Phrase] = MappingProxyType({**BLOCKS, **NOTICES})

ROWS_SHOWN = 5


# How messages name a row of a file; what stands in no file is named by its address alone.
IN_A_ROW: Mapping[Lang, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "zh": (("{source} 第 {row} 行", "{source} "), ("（第 {rows} 行）", "")),
        "en": (("row {row} of {source}", "{source}"), (" (rows {rows})", "")),
    }
)


def say(finding: Finding, lang: Lang) -> str:
    """The finding's message in one language."""
    phrase = PHRASES[finding.kind]
    if finding.source is not None and finding.row is None:
        phrase = replace(phrase, zh=_without_row(phrase.zh, "zh"), en=_without_row(phrase.en, "en"))
    return phrase.say(lang, **finding.values)


def _without_row(template: str, lang: Lang) -> str:
    for with_row, without in IN_A_ROW[lang]:
        template = template.replace(with_row, without)
    return template


def find(
    kind: str,
    /,
    *,
    source: str | None = None,
    row: int | None = None,
    code: str | None = None,
    area_m2: float | None = None,
    **values: str | float,
) -> Finding:
    """A finding of this kind with its severity; what is given here is part of its values too.

    Square metres are rounded to 0.1, under 1 m² to 0.01.
    """
    if area_m2 is not None:
        area_m2 = round(area_m2, 2 if area_m2 < 1.0 else 1)
    given = {"source": source, "row": row, "code": code, "area_m2": area_m2}
    return Finding(
        kind=kind,
        severity=Severity.BLOCK if kind in BLOCKS else Severity.NOTICE,
        source=source,
        row=row,
        code=code,
        area_m2=area_m2,
        values={key: value for key, value in given.items() if value is not None} | values,
    )


def say_rows(rows: Sequence[int | str | None]) -> str:
    """The first rows, or codes, as text, with an ellipsis when there are more."""
    shown = ", ".join("–" if row is None else str(row) for row in rows[:ROWS_SHOWN])
    return f"{shown}, …" if len(rows) > ROWS_SHOWN else shown
