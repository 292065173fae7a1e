"""A file that appears under its name only when it is complete, and never in the place of the input."""

import os
from pathlib import Path
from types import TracebackType
from typing import IO

from geo.errors import InvalidInput, SourceError
from geo.wording import Phrase

UNWRITABLE = Phrase(zh="无法写入 {path}：{reason}", en="{path} cannot be written: {reason}")
A_FOLDER = Phrase(zh="它是一个目录；请给出文件名", en="it is a folder; name a file")
SAME_FILE = Phrase(
    zh="输出 {path} 就是输入；请写到另一个文件",
    en="the output {path} is the input; write to another file",
)


def refuse_same_file(source: Path, target: Path) -> None:
    """Nothing, or InvalidInput when the output is the input, by whatever name."""
    if target.exists() and source.exists() and target.samefile(source):
        raise InvalidInput(SAME_FILE, path=target)


class PartialFile:
    """A file that is written beside its name and takes it when the block ends; a failure leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")

    def __enter__(self) -> IO[bytes]:
        if self._path.is_dir():
            raise SourceError(UNWRITABLE, path=self._path, reason=A_FOLDER)
        try:
            self._stream = self._part.open("wb")
        except OSError as error:
            raise SourceError(UNWRITABLE, path=self._path, reason=error.strerror or error) from error
        return self._stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stream.close()  # whoever wrapped it may have closed it already
            if kind is None:
                with self._part.open("rb") as written:
                    os.fsync(written.fileno())
                self._part.replace(self._path)
                return
        except OSError as failure:
            error = error or failure
        self._part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise SourceError(UNWRITABLE, path=self._path, reason=error.strerror or error) from error
