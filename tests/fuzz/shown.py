"""Shows one run wherever runs are shown, as far as that needs no app."""

from __future__ import annotations

from core.__main__ import parser
from core.commands.narrator import write_history
from core.evaluation.report.runs_content import RunsReport
from core.evaluation.report.writer import RUNS_FORMATS
from core.evaluation.runs_compared import ComparedRun, rows, verdict
from core.runs import run_table
from core.runs.events import Started
from core.runs.history import History
from core.runs.outline import RunOutline
from core.runs.run import Run, list_runs
from tui.processes.followed_run import FollowedRun
from tui.processes.run_list import RunList
from tui.processes.run_stage import RunStage
from tui.widgets.run import run_columns
from tui.widgets.run.confusion import Confusion, confusion_of
from tui.widgets.run.device import DevicePanel
from tui.widgets.run.epochs import EpochTable
from tui.widgets.run.folds import FoldTable
from tui.widgets.run.notes import Notes
from tui.widgets.run.plot_drawing import PlotContent, PlotDrawing
from tui.widgets.run.progress import RunProgress
from tui.widgets.run.results import Results
from tui.widgets.run.run_quantities import ACCURACY, GRADIENT_NORM, LEARNING_RATE, LOSS, stage_ends
from tui.widgets.run.run_title import RunTitle
from tui.widgets.run.scale import Scale


def shown(run: Run) -> None:
    """The commands' lists, `watch`, home's list, the table of past runs and all that the training screen paints."""
    assert run in list_runs()
    for as_json in (True, False):
        options = parser("runs").parse_args(["runs", *["--json"] * as_json])
        options.run(options)
        write_history(run, as_json)
    assert run in [each.run for each in RunList().look(10)]
    outline = RunOutline.of(run)
    for width in (80, 160):
        run_columns.line(outline, run_columns.columns(width), None)
    run_table.as_csv([outline])
    compared = ComparedRun.of(run)
    rows([compared, compared])
    verdict([compared, compared])
    for render in RUNS_FORMATS.values():
        render(RunsReport.of([compared])).encode()
    followed = FollowedRun(run)
    followed.look()
    if followed.history.started is not None:
        RunStage.all(followed.history.started)
        _plotted(followed.history, followed.history.started)
    _panels(followed)
    followed.state = "running"
    _panels(followed)
    followed.history.end = None
    _panels(followed)


def _panels(followed: FollowedRun) -> None:
    history = followed.history
    title, progress, results, device = RunTitle(), RunProgress(), Results(), DevicePanel()
    asked = followed.run.asked()
    title.show(followed, asked.data, asked.recipe)
    for panel in (progress, results, device):
        panel.show(followed)
    notes, confusion = Notes(), Confusion()
    notes.show(history.notes, 5)
    confusion.show(confusion_of(history.end))
    for each in (title, progress, results, device, notes, confusion):
        for line in each.lines(100):
            line.plain.encode()
    epochs, folds = EpochTable(), FoldTable()
    epochs._epochs, folds._folds = history.epochs, history.folds
    for figures, count in ((epochs, len(history.epochs)), (folds, len(history.folds))):
        for index in range(count):
            figures.row(index)


def _plotted(history: History, started: Started) -> None:
    steps = max(1, started.steps_per_epoch)
    scale = Scale(started.epochs, steps, tuple(stage_ends(started)) if started.folds else ())
    whole = scale.whole(history.step / steps)
    for quantity in (LOSS, LEARNING_RATE, GRADIENT_NORM, ACCURACY):
        curves = quantity.curves(history, started)
        for scaling in quantity.scalings:
            for window in ((0.0, whole), (whole / 3, whole / 2)):
                PlotDrawing(PlotContent(curves, quantity, scaling, scale, window, cursor=whole / 2.5), 80, 20)
