"""The scorecard: measured for a person and for a program, on what no network has learned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_folder import LabelledImages as Images
from image_folder import clean
from trained import trained

from core import paths
from core.__main__ import main
from core.data import mnist, own_sets
from core.data.collection import LabelledImages
from core.errors import CheckpointError
from core.evaluation import scorecard
from core.evaluation.evaluation import evaluate_parts
from core.evaluation.scorecard import measure
from core.evaluation.scorecard_rows import Row
from core.reading.recogniser import Recogniser
from core.runs import preferences


@pytest.fixture(autouse=True)
def small_mnist(monkeypatch: pytest.MonkeyPatch, mnist_part: Images) -> LabelledImages:
    """MNIST with 60 test images and a dozen that are timed."""
    images, labels = mnist_part
    test = LabelledImages(images[1000:1060], labels[1000:1060])
    monkeypatch.setattr(mnist, "load", lambda: (LabelledImages(images[:100], labels[:100]), test))
    monkeypatch.setattr(scorecard, "_READINGS", 12)
    return test


@pytest.fixture
def ignorant(tmp_path: Path) -> Path:
    """A network that has learned nothing."""
    return trained(tmp_path / "ignorant.npz", seed=5)


def _keep(count: int, images: Images) -> own_sets.OwnSet:
    drawings, labels = images
    mine = own_sets.active()
    for image, label in zip(drawings[:count], labels[:count], strict=True):
        own_sets.keep(mine, int(label), image, [])
    return mine


def _by_name(rows: tuple[Row, ...]) -> dict[str, Row]:
    return {row.name: row for row in rows}


def test_the_better_of_two_is_told_at_once(small_mnist: LabelledImages, mnist_part: Images, ignorant: Path) -> None:
    """On MNIST and on what the person drew; the figures are those of an evaluation of each."""
    _keep(30, mnist_part)
    shipped = paths.shipped_checkpoint()
    found = measure([shipped, ignorant])
    assert found.summary.startswith("The shipped model is better for you than ignorant on own: ")
    assert "On MNIST's test set it is better too" in found.summary
    rows = _by_name(found.rows)
    assert list(rows) == ["MNIST's test set", "own"]
    assert {row.verdict for row in rows.values()} == {"better"}
    for path, figures in zip((shipped, ignorant), rows["MNIST's test set"].figures, strict=True):
        alone = evaluate_parts(Recogniser(path), [small_mnist])
        assert figures is not None and (figures.right, figures.count) == (round(alone.accuracy * 60), 60)
        assert figures.calibration_error == pytest.approx(alone.calibration_error)
    assert rows["own"].images == 30
    assert "only by the first" in rows["own"].words
    assert [each.readings for each in found.speeds] == [12, 12]
    assert all(0 < each.median <= each.slow for each in found.speeds)
    assert measure([ignorant, shipped]).rows[1].verdict == "worse"


def test_two_that_are_alike_are_the_same_within_chance(tmp_path: Path, mnist_part: Images, ignorant: Path) -> None:
    """Nobody is told that one is better."""
    _keep(30, mnist_part)
    copy = tmp_path / "copy.npz"
    copy.write_bytes(ignorant.read_bytes())
    found = measure([copy, ignorant])
    assert {row.verdict for row in found.rows} == {"same"}
    assert found.summary == "copy is as good for you as ignorant: no statistically significant difference."


def test_what_was_learned_does_not_count(tmp_path: Path, mnist_part: Images) -> None:
    """A model that learned all drawings shows what its folds read, and says so; by how much it is better too."""
    mine = _keep(100, mnist_part)
    configuration = {"data": str(mine.folder), "folds": 3, "recipe": "fast"}
    ignorant = trained(tmp_path / "ignorant.npz", seed=5)
    learned = trained(
        tmp_path / "a-run" / "model.npz", 5, figures={"test_accuracy": 0.97}, configuration=configuration, images=100
    )
    row = measure([learned, ignorant]).rows[1]
    first, second = row.figures
    assert first is not None and (first.right, first.count, first.rejected) == (97, 100, None)
    assert second is not None and second.count == 100 and second.rejected == 0
    assert row.verdict == "better" and any("cross-validated" in note and "a-run" in note for note in row.notes)
    _keep(1, (mnist_part[0][100:], mnist_part[1][100:]))
    row = measure([learned, ignorant]).rows[1]
    assert row.verdict == "" and "not for the same images" in row.words


def test_a_set_that_cannot_be_used_is_a_row_that_says_why(tmp_path: Path, mnist_part: Images, ignorant: Path) -> None:
    """The others are measured all the same; each is told as it comes, with how far things are."""
    good = clean(tmp_path / "good", mnist_part, each=3)
    (good / "4" / "broken.png").write_bytes(b"no image")
    (tmp_path / "empty").mkdir()
    told: list[Row] = []
    steps: list[tuple[int, int, str]] = []
    sets = [str(tmp_path / "empty"), "no\x1bsuch", str(good), str(good), "mnist"]
    found = measure([ignorant], sets, lambda *step: steps.append(step), told.append)
    assert tuple(told) == found.rows and len(told) == 4
    _, empty, none, row = told
    assert "no class folders" in empty.error and "no data set is called" in none.error
    assert "\x1b" not in none.name + none.error
    assert (row.name, row.images, row.notes) == ("good", 30, ("1 file could not be used.",))
    assert [each.data for each in told] == ["mnist", str(tmp_path / "empty"), "", str(good)]
    assert (30, 30, "ignorant reads good") in steps and steps[-1] == (24, 24, "timing single readings")


def test_one_alone_is_described(ignorant: Path) -> None:
    """And how to learn more."""
    found = measure([ignorant])
    assert len(found.models) == len(found.speeds) == 1
    assert found.summary.startswith("ignorant reads ") and "keep drawings of your own" in found.summary


def test_by_default_the_chosen_model_stands_beside_the_shipped_one(
    ignorant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the shipped one where these are the same; another one where it is asked for."""
    shipped = str(paths.shipped_checkpoint())
    for arguments, expected in (
        ([], [shipped]),
        (["--against", str(ignorant)], [shipped, str(ignorant)]),
        (["--checkpoint", str(ignorant), "--against", str(ignorant)], [str(ignorant)]),
    ):
        assert _answer(capsys, *arguments)["models"] == [_named(path, capsys) for path in expected]
    preferences.keep(ignorant)
    assert [each["path"] for each in _answer(capsys)["models"]] == [str(ignorant), shipped]


def _named(path: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    name = "the shipped model" if path == str(paths.shipped_checkpoint()) else Path(path).stem
    return {"path": path, "name": name, "title": Recogniser(Path(path)).header.title}


def _answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["scorecard", *arguments, "--json"]) == 0
    out = capsys.readouterr().out
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def test_a_program_reads_progress_and_one_last_line(ignorant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line of progress says how much of how much, and of what; rows come with it as they are there."""
    assert main(["scorecard", "nowhere", "--checkpoint", str(ignorant), "--json"]) == 0
    *lines, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert all({"done", "total", "doing"} <= set(each) <= {"done", "total", "doing", "row"} for each in lines)
    assert [each["row"] for each in lines if "row" in each] == last["rows"]
    assert set(last) == {"summary", "models", "rows", "speeds"}


def test_a_person_reads_a_table(
    mnist_part: Images, tmp_path: Path, ignorant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence first, then each set with both, within 80 columns and without an escape."""
    good = clean(tmp_path / "good\x1b[31m", mnist_part, each=3)
    assert main(["scorecard", str(good), "--against", str(ignorant)]) == 0
    out, err = capsys.readouterr()
    assert err == "" and "\x1b" not in out
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("The shipped model is better for you than ignorant on good")
    place = next(index for index, line in enumerate(lines) if line.startswith("good"))
    assert "30 images" in lines[place] and lines[place].endswith("▲ better")
    assert lines[place + 1].split()[:4] == ["the", "shipped", "model", "100.0%"]
    assert "One reading, including normalising, on one thread" in lines


def test_a_checkpoint_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """There is nothing to judge then."""
    with pytest.raises(CheckpointError, match=r"gone\.npz"):
        measure([tmp_path / "gone.npz"])
    assert main(["scorecard", "--checkpoint", str(tmp_path / "gone.npz")]) == 1


def test_more_rejected_digits_are_told(
    monkeypatch: pytest.MonkeyPatch, mnist_part: Images, tmp_path: Path, ignorant: Path
) -> None:
    """A model that rejects many of the user's digits is not simply better."""
    _keep(30, mnist_part)
    real = Recogniser.scores

    def scores(self: Recogniser, seen: np.ndarray[Any, np.dtype[np.uint8]], report: Any = None) -> Any:
        read = real(self, seen, report)
        rejects = self.path == paths.shipped_checkpoint()
        return type(read)(read.probabilities, np.full(len(seen), 0.99 * rejects, np.float32))

    monkeypatch.setattr(Recogniser, "scores", scores)
    found = measure([paths.shipped_checkpoint(), ignorant])
    assert "rejects 30 of 30 digits in own, ignorant only 0." in found.summary
    assert found.rows[1].rejects_more
