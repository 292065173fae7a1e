"""The findings as a picture: one panel a table, a bar a line, on a scale where each step is ten times the last."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.findings import OURS, Section

OUR_COLOUR, THEIR_COLOUR = "#c2410c", "#94a3b8"
COLUMNS = 2
BAR_INCHES = 0.3


def draw(path: Path, sections: Sequence[Section]) -> bool:
    """Whether the picture was drawn; it is not where matplotlib is not installed."""
    drawn = [section for section in sections if section.lines]
    if find_spec("matplotlib") is None or not drawn:
        return False
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    rows = -(-len(drawn) // COLUMNS)
    tallest = max(len(section.lines) for section in drawn)
    figure = Figure(figsize=(18, rows * (BAR_INCHES * tallest + 0.9)), layout="constrained")
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for section, axes in zip(drawn, grid.flat, strict=False):
        names, rates = list(section.lines), [one.rate for one in section.lines.values()]
        colours = [OUR_COLOUR if is_ours(name) else THEIR_COLOUR for name in names]
        axes.barh(names, rates, color=colours)
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(min(rates) / 3, max(rates) * 8)
        axes.invert_yaxis()
        axes.set_title(f"{section.title} ({section.unit})", fontsize=8, loc="left")
        axes.tick_params(labelsize=8)
        axes.bar_label(axes.containers[0], labels=[f" {rate:,.0f}" for rate in rates], fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in grid.flat[len(drawn) :]:
        axes.set_axis_off()
    # Letters as text, and nothing that differs from run to run: the file stays small, and so do its changes.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "pointward"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    return True


def is_ours(name: str) -> bool:
    """Whether a line is Pointward's own."""
    return name.startswith((OURS, "assign", "one look-up", "the whole answer"))
