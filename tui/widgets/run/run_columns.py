"""The columns of the list of runs: what stands in each, how wide it is, and what it is sorted by. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from core.duration import duration
from core.printable import printable
from core.runs.outline import RunOutline
from core.runs.run import RUNNING, Run
from core.runs.selection import NEWEST
from core.words import percent
from tui.widgets.run.curve import LOOKS
from tui.widgets.shared.lines import fit

MARK = 2
"""Columns of the terminal before the first of ours, in which a marked run has its mark."""
_WIDE = 124
"""Columns of the terminal from which a run's full name fits next to its figures."""


@dataclass(frozen=True)
class RunColumn:
    """One column."""

    name: str
    width: int
    """In cells, with the gap beside it."""
    by: str = ""
    """What it is sorted by, as in `core.runs.selection`; empty if it is not."""
    right: bool = False
    """Whether it is aligned to the right."""

    def cell(self, text: str) -> str:
        """`text` in the column."""
        fitted = fit(text, self.width if self.right else self.width - 1)
        gap = " " * (self.width - cell_len(fitted))
        return gap + fitted if self.right else fitted + gap


_ALL = (
    RunColumn("run", 40, NEWEST),
    RunColumn("data", 16, "data"),
    RunColumn("recipe", 9, "recipe"),
    RunColumn("state", 12, "state"),
    RunColumn("validation", 11, "validation", right=True),
    RunColumn("test", 8, "test", right=True),
    RunColumn("of", 8, right=True),
    RunColumn("time", 13, "time", right=True),
)
_FEW = (
    # At 80 columns the start of the name is enough: the rest of it repeats the data and the recipe.
    RunColumn("run", 18, NEWEST),
    RunColumn("data", 9, "data"),
    RunColumn("recipe", 9, "recipe"),
    RunColumn("state", 9, "state"),
    RunColumn("accuracy", 17, "test", right=True),
    RunColumn("time", 11, "time", right=True),
)


def columns(width: int) -> tuple[RunColumn, ...]:
    """Those for a terminal of this width."""
    return _ALL if width >= _WIDE else _FEW


def heads(shown: tuple[RunColumn, ...], by: str, *, reverse: bool) -> Content:
    """Their names; an arrow says what the runs are sorted by: ▾ as usual, ▴ the other way round."""
    texts = []
    for each in shown:
        arrow = ("▴" if reverse else "▾") if each.by == by else ""
        texts.append(each.cell(arrow + each.name if each.right else each.name + arrow))
    return Content(" " * MARK + "".join(texts))


def line(outline: RunOutline, shown: tuple[RunColumn, ...], look: int | None) -> Content:
    """One run; `look` is that of its curve if it is marked."""
    validation, test = _figure(outline.best_validation_accuracy), _figure(outline.test_accuracy)
    of = "" if outline.test_count is None else f"{outline.test_count:,}"
    texts = {
        "run": outline.label.title or name(outline.run, shown),
        "data": outline.data,
        "recipe": outline.recipe,
        "state": outline.state,
        "validation": validation,
        "test": test,
        "of": of,
        # Of which images it is belongs to it: accuracies on others are other figures.
        "accuracy": f"{test} of {of}" if of else f"{validation} valid." if validation else "",
        "time": "" if outline.seconds is None else duration(outline.seconds),
    }
    cells = [each.cell(texts[each.name]) for each in shown]
    before, state, after = "".join(cells[:3]), cells[3], "".join(cells[4:])
    return Content.assemble(mark(look), before, (state, "bold" if outline.state == RUNNING else ""), after)


def mark(look: int | None) -> Content:
    """What stands before a run."""
    if look is None:
        return Content(" " * MARK)
    # The highlighted line has the colour of one of the marks.
    return Content.assemble((LOOKS[look].mark, f"{LOOKS[look].colour} on $surface"), " " * (MARK - 1))


def name(run: Run, shown: tuple[RunColumn, ...]) -> str:
    """Its name, of which in a narrow list the beginning: the end repeats what follows."""
    full = printable(run.name)
    return full[: shown[0].width - 1] if shown == _FEW else full


def _figure(accuracy: float | None) -> str:
    return "" if accuracy is None else percent(accuracy)
