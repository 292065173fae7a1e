"""Files inside a city's folder: where they are, and their bytes up to a limit."""

import gzip
import zlib
from pathlib import Path

from geo.errors import InvalidInput, SourceError
from geo.sources.limits import Limits
from geo.wording import Phrase

OUTSIDE_FOLDER = Phrase(
    zh="{key} 中的文件“{file}”不在城市目录之内；请把它放进目录，并写相对路径",
    en="the file '{file}' of {key} lies outside the city's folder; put it inside and name it by its path from there",
)
TOO_LARGE = Phrase(
    zh="文件（或解压后）超过上限 {limit} 字节；请拆分或简化，或提高上限",
    en="the file, or what it unpacks to, exceeds {limit} bytes; split or simplify it, or raise the limit",
)
NOT_READABLE = Phrase(zh="文件打不开（{reason}）", en="the file does not open ({reason})")
BROKEN_GZIP = Phrase(
    zh="gzip 内容损坏（{reason}）；请重新压缩",
    en="its gzip content is broken ({reason}); compress it anew",
)


def locate(folder: Path, file: str, *, key: str) -> Path:
    """The path of a file named relative to the folder; it need not exist.

    Raises
    ------
    InvalidInput
        The name is absolute, or it or a symbolic link on its way leaves the folder; `key` says where it stands.
    """
    root = folder.resolve()
    if not file.isprintable() or Path(file).is_absolute():
        raise InvalidInput(OUTSIDE_FOLDER, key=key, file=file)
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise InvalidInput(OUTSIDE_FOLDER, key=key, file=file)
    return path


def suffix_of(file: str) -> str:
    """The ending that tells the format, in lower case, `.gz` included: `.geojson.gz`."""
    suffixes = [suffix.lower() for suffix in Path(file).suffixes[-2:]]
    return "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])


def stem_of(file: str) -> str:
    """The name of a file without its folders and its ending."""
    return Path(file).name[: -len(suffix_of(file))]


def check_size(path: Path, limits: Limits) -> None:
    """Nothing, when the file itself is small enough; else SourceError."""
    if path.stat().st_size > limits.file_bytes:
        raise SourceError(TOO_LARGE, limit=limits.file_bytes)


def read_bytes(path: Path, limits: Limits) -> bytes:
    """The content of a file, unpacked when its name ends in `.gz`; never more than the limit is read.

    Raises
    ------
    SourceError
    """
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            content = stream.read(limits.file_bytes + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(BROKEN_GZIP, reason=error) from error
    except OSError as error:
        raise SourceError(NOT_READABLE, reason=error.strerror) from error
    if len(content) > limits.file_bytes:
        raise SourceError(TOO_LARGE, limit=limits.file_bytes)
    return content
