"""Tables of any length, read and written in batches: CSV and Parquet, CSV also gzipped.

What was read is passed on unchanged: CSV cells are text (0111 stays 0111) in the encoding that they came in, Parquet
columns keep their types.
"""

from collections.abc import Sequence
from pathlib import Path

from api.services.bulk_csv import CsvSink, CsvTable
from api.services.bulk_parquet import ParquetSink, ParquetTable
from api.services.bulk_tables import UNREADABLE, Sink, Table
from api.services.partial_file import refuse_same_file
from geo.assign import NUMBER_COLUMNS
from geo.errors import InvalidInput, SourceError
from geo.wording import Phrase

UNKNOWN_FORMAT = Phrase(
    zh="不认识文件 {path} 的格式；请用 .csv、.csv.gz 或 .parquet",
    en="the format of {path} is not known; use .csv, .csv.gz or .parquet",
)
MISSING_FIELD = Phrase(
    zh="{path} 没有列 {field}；现有：{known}",
    en="{path} has no column {field}; it has: {known}",
)
TAKEN_FIELD = Phrase(
    zh="{path} 已有列 {fields}；请先改名或删去，结果会写入这些列",
    en="{path} already has the columns {fields}; rename or drop them, the answer is written there",
)
MIXED_FORMATS = Phrase(
    zh="输入 {source} 与输出 {target} 格式不同；两者都用 CSV 或都用 Parquet",
    en="the input {source} and the output {target} differ in format; use CSV for both or Parquet for both",
)
TWICE = Phrase(
    zh="{path} 有多个名为 {field} 的列；请改名，只留一个",
    en="{path} has several columns called {field}; rename all but one",
)
NO_FILE = Phrase(zh="没有这个文件", en="no such file")


def open_table(path: Path, *, encoding: str = "utf-8-sig") -> Table:
    """The table in a file; its header has been read.

    Raises
    ------
    SourceError, InvalidInput
    """
    if not path.is_file():
        raise SourceError(UNREADABLE, path=path, reason=NO_FILE)
    return CsvTable(path, encoding) if _is_csv(path) else ParquetTable(path)


def open_sink(path: Path, source: Table, names: Sequence[str], *, numbers: Sequence[str] = NUMBER_COLUMNS) -> Sink:
    """A place for the same kind of table with the named columns added; the file appears only when it is complete.

    `numbers` are those of the columns that hold numbers.

    Raises
    ------
    InvalidInput
        The output is the input, of another format, or the input has columns of these names.
    """
    refuse_sink(path, source, names)
    if isinstance(source, CsvTable):
        return CsvSink(path, source, names)
    return ParquetSink(path, source, names, numbers)


def refuse_sink(path: Path, source: Table, names: Sequence[str]) -> None:
    """Nothing, or what `open_sink` would refuse; asked before long work whose end it is."""
    taken = [name for name in names if name in source.header]
    if taken:
        raise InvalidInput(TAKEN_FIELD, path=source.path, fields=", ".join(taken))
    if isinstance(source, CsvTable) != _is_csv(path):
        raise InvalidInput(MIXED_FORMATS, source=source.path, target=path)
    refuse_same_file(source.path, path)


def require_fields(table: Table, fields: Sequence[str]) -> None:
    """Nothing, or InvalidInput for the first field that the table does not have."""
    for field in fields:
        if field not in table.header:
            raise InvalidInput(MISSING_FIELD, path=table.path, field=field, known=", ".join(table.header))
        if table.header.count(field) > 1:
            raise InvalidInput(TWICE, path=table.path, field=field)


def _is_csv(path: Path) -> bool:
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return True
    if name.endswith(".parquet"):
        return False
    raise InvalidInput(UNKNOWN_FORMAT, path=path)
