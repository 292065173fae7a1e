"""The words of every kind of finding, by its key, and whether it blocks an import."""

from collections.abc import Mapping
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
        "records-skipped": Phrase(
            zh="{source} 有 {count} 行没有可用的位置，已跳过（第 {rows} 行）",
            en="{count} rows of {source} have no usable position and were skipped (rows {rows})",
        ),
        "record-times-unread": Phrase(
            zh="{source} 有 {count} 行的时间不是 ISO 8601 格式，按时间不明处理（第 {rows} 行）",
            en="{count} rows of {source} have a time that is not ISO 8601; it counts as unknown (rows {rows})",
        ),
    }
)

PHRASES: Mapping[str, Phrase] = MappingProxyType({**BLOCKS, **NOTICES})

ROWS_SHOWN = 5


def say(finding: Finding, lang: Lang) -> str:
    """The finding's message in one language."""
    return PHRASES[finding.kind].say(lang, **finding.values)


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


def say_rows(rows: list[int]) -> str:
    """The first rows as text, with an ellipsis when there are more."""
    shown = ", ".join(str(row) for row in rows[:ROWS_SHOWN])
    return f"{shown}, …" if len(rows) > ROWS_SHOWN else shown
