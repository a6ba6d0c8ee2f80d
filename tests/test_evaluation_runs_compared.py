"""core.evaluation.runs_compared: what differs between runs, which is better, and the report on them."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import fold_story
import pytest
from run_story import accuracy, finished, interrupted_run, new_run, story, write

from core.config.configuration import TrainingConfig
from core.evaluation.report.lines_chart import Series, lines
from core.evaluation.report.runs_content import RunsReport
from core.evaluation.report.writer import RUNS_FORMATS
from core.evaluation.report.writer import write as write_report
from core.evaluation.runs_compared import ComparedRun, rows, verdict
from core.networks import checkpoint
from core.networks.architectures import build
from core.networks.checkpoint_file import Header
from core.runs import label, naming
from core.runs.run import Run

_EVIL = 'a<script>alert(1)|`"&'


def run_with(name: str, right: int, title: str = "", seed: int = 0) -> Run:
    """A finished run that read so many of 10,000 right."""
    run = new_run(name, TrainingConfig(seed=seed))
    write(run, story(6), [dataclasses.replace(finished(6), test_accuracy=right / 10_000)])
    naming.rename(run, title)
    return run


def table(*runs: Run) -> dict[str, tuple[str, ...]]:
    """The rows by name."""
    return {row.name: row.values for row in rows([ComparedRun.of(run) for run in runs])}


def test_results_are_all_there_and_of_the_settings_what_differs() -> None:
    """As the configuration asks for it, and as it became."""
    one = run_with("2026-01-29-100000-mnist-fast", 9923)
    other = interrupted_run("2026-01-30-100000-mnist-fast", epochs=8)
    found = table(one, other)
    assert found["test accuracy"] == ("99.23% of 10,000", "–")
    assert found["best validation"] == (f"{accuracy(4):.2%}, epoch 4", f"{accuracy(2):.2%}, epoch 2")
    assert found["steps"] == ("240 of 240", "100 of 320")
    assert found["epochs"] == ("6", "8")
    assert found["state"] == ("finished", "stopped")
    assert not {"batch size", "seed", "architecture"} & set(found)
    assert found["last training loss"] == ("0.0500", "0.1500")


def test_what_a_recipe_was_is_read_from_the_checkpoint() -> None:
    """A recipe of the same name may have changed since."""
    runs = [run_with(f"2026-01-{day}-100000-mnist-fast", 9900, seed=day) for day in (29, 30)]
    network = build("small", 0)
    for run, rate in zip(runs, (0.01, 0.02), strict=True):
        recipe = {"name": "fast", "learning_rate": rate, "augmentation": {"degrees": rate * 500}, "epochs": 3}
        header = Header("small", "fast", "mnist", 1, 1, 1, 1, 0, trained={"recipe": recipe})
        checkpoint.save(run.model, network.state_dict(), header)
    found = table(*runs)
    assert found["recipe's learning rate"] == ("0.01", "0.02")
    assert found["recipe's augmentation: degrees"] == ("5", "10")
    assert found["seed"] == ("29", "30") and "recipe's epochs" not in found


@pytest.mark.parametrize(
    ("right", "said"),
    [
        (
            (9923, 9917),
            "first reads 6 more of 10,000 test images right than second; the difference is not "
            "statistically significant.",
        ),
        (
            (9800, 9930),
            "second reads 130 more of 10,000 test images right than first; the difference is statistically "
            "significant.",
        ),
        ((9923, 9923), "first and second read equally many of 10,000 test images right."),
    ],
)
def test_the_better_run_is_named_with_what_chance_says(right: tuple[int, int], said: str) -> None:
    """130 of 10,000 are more than chance even if the two networks disagree on as many images as they can."""
    runs = [
        run_with(f"2026-01-{29 + place}-100000-mnist-fast", each, ("first", "second")[place])
        for place, each in enumerate(right)
    ]
    assert verdict([ComparedRun.of(run) for run in runs]) == said


def test_figures_on_other_images_are_not_compared() -> None:
    """Nor is a run that has none."""
    one = run_with("2026-01-29-100000-mnist-fast", 9923)
    other = write(
        new_run("2026-01-30-100000-mnist-fast"),
        story(6),
        [dataclasses.replace(finished(6), test_count=100, test_accuracy=1.0)],
    )
    killed = interrupted_run("2026-01-31-100000-mnist-fast")
    compared = [ComparedRun.of(run) for run in (one, other, killed)]
    assert "not comparable" in verdict(compared[:2])
    assert "Fewer than two" in verdict([compared[0], compared[2]])


@pytest.mark.parametrize("suffix", RUNS_FORMATS)
@pytest.mark.parametrize("count", [1, 3])
def test_a_report_on_runs_stands_alone(suffix: str, count: int, tmp_path: Path) -> None:
    """Whatever they are called; with each run's figures."""
    runs = [run_with(f"2026-01-{20 + each}-100000-mnist-fast", 9900 + each) for each in range(count)]
    naming.rename(runs[0], _EVIL.replace("/", "")[:40])
    label.write_note(runs[0].path, _EVIL)
    report = RunsReport.of([ComparedRun.of(run) for run in runs])
    path = tmp_path / f"report{suffix}"
    write_report(report, path)
    text = path.read_text()
    assert not re.search(r"(?<!\\)<script", text) and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    for each in range(count):
        assert f"{(9900 + each) / 100:.2f}%" in text
    if suffix == ".svg":
        ElementTree.fromstring(text)
    elif suffix == ".html":
        for chart in re.findall(r"<svg.*?</svg>", text):
            ElementTree.fromstring(chart)
    else:
        assert f"| 4 | {' | '.join([f'{100 * accuracy(4):.2f}%'] * count)} |" in text


def test_a_report_before_the_first_epoch_says_that_there_are_no_figures() -> None:
    """And one of a training that diverged leaves out what is no number."""
    run = write(new_run("2026-01-29-100000-mnist-fast"), story(6, until=5))
    report = RunsReport.of([ComparedRun.of(run)])
    assert report.summary == "It is stopped, after 0 epochs."
    for suffix, render in RUNS_FORMATS.items():
        assert suffix == ".md" or "no figures" in render(report)
    assert Series.of("a", 0, [(1.0, math.nan), (2.0, 0.5), (3.0, math.inf)]).points == ((2.0, 0.5),)


def test_a_chart_s_lines_lie_within_its_frame_and_its_ticks_are_round() -> None:
    """Of losses over five decades, and of accuracies near 100%."""
    losses = Series.of("loss", 0, [(each / 10, 10.0 ** (2 - each / 20)) for each in range(1, 101)])
    accuracies = Series.of("accuracy", 1, [(float(each), 0.99 + each / 1200) for each in range(1, 13)], marked=True)
    for chart, ticks in (
        (lines("Loss", [losses], logarithmic=True), ["100", "0.001", "10"]),
        (lines("Accuracy", [accuracies]), ["99.2%", "100%", "12"]),
    ):
        root = ElementTree.fromstring(chart)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        points = [
            tuple(map(float, point.split(",")))
            for line in root.iter("{http://www.w3.org/2000/svg}polyline")
            for point in line.attrib["points"].split()
        ]
        assert len(points) > 10 and all(0 <= x <= width and 0 <= y <= height for x, y in points)
        texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
        assert set(ticks[:2]) <= set(texts), texts


def test_paths_are_as_long_as_tells_them_apart() -> None:
    """Checkpoints all have the same name; data sets may."""
    runs = [
        new_run(f"2026-01-{day}-100000-digits-fast", TrainingConfig(data=f"/home/{who}/digits", seed=day))
        for day, who in ((28, "ada"), (29, "bob"))
    ]
    assert table(*runs)["data"] == ("/home/ada/digits", "/home/bob/digits")
    (run,) = (new_run("2026-01-30-100000-other-fast", TrainingConfig(data="/home/ada/other")),)
    assert table(runs[0], run)["data"] == ("digits", "other")


def test_a_report_on_one_run_has_all_that_is_known() -> None:
    """The seed 0, too."""
    run = run_with("2026-01-29-100000-mnist-fast", 9923)
    assert {row.name: row.values for row in RunsReport.of([ComparedRun.of(run)]).rows}["seed"] == ("0",)


def test_a_cross_validation_is_told_as_one() -> None:
    """Its images are all held out once, no epoch is the best of all folds, and the first training alone is drawn."""
    run = fold_story.crossed_run("2026-01-29-100000-digits-fast")
    report = RunsReport.of([ComparedRun.of(run)])
    found = {row.name: row.values for row in report.rows}
    assert "best validation" not in found and found["test accuracy"][0].endswith(", held out")
    assert f"each held out, in {fold_story.FOLDS} folds" in report.summary
    started = ComparedRun.of(run).history.started
    assert started is not None and report.losses[0].points[-1][0] == started.epochs // (fold_story.FOLDS + 1)
