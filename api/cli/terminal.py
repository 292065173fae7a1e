"""How the command line talks: tables and cards on stdout, words for people and progress on stderr."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from geo.wording import LANGS, Lang, Phrase

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def language(asked: str | None, city: Lang | None = None) -> Lang:
    """`--lang`, else POINTWARD_LANG, else the terminal's own language when it is one of ours, else the city's."""
    # Not through the locale module: it takes the C.UTF-8 of containers, which says nothing, for English.
    spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    for wanted in (asked, os.environ.get("POINTWARD_LANG"), spoken[:2].lower()):
        for lang in LANGS:
            if wanted == lang:
                return lang
    return city or "en"


def say(phrase: Phrase, lang: Lang, /, **values: object) -> None:
    """The message, for people."""
    err.print(phrase.say(lang, **values), markup=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout."""
    drawn = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        # Text, not markup: a code may hold brackets.
        drawn.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    out.print(drawn)


@contextmanager
def progress(*more: ProgressColumn) -> Iterator[Progress]:
    """A progress display on stderr, with more columns at its end; silent where stderr is no terminal."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        *more,
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as shown:
        yield shown


def follow(shown: Progress, lang: Lang) -> Callable[[Phrase, str, int, int], None]:
    """What an import calls at each step, drawn as one bar."""
    task = shown.add_task("", total=None)

    def step(doing: Phrase, subject: str, done: int, total: int) -> None:
        shown.update(task, description=f"{doing.say(lang)} {subject}", completed=done, total=total)

    return step
