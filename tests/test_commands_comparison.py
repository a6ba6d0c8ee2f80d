"""`digits-tui evaluate --against`: two networks on the same images."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path

import numpy as np
import pytest
import torch
from image_folder import LabelledImages, clean
from trained import trained

from core.__main__ import main
from core.data import datasets
from core.inference.scores import logits
from core.networks import checkpoint
from core.reading.packed import image_of


@pytest.fixture
def asked(tmp_path: Path, mnist_part: LabelledImages) -> list[str]:
    """Forty images, and two networks that know nothing."""
    folder = clean(tmp_path / "digits", mnist_part, each=4)
    one, two = (trained(tmp_path / f"{name}.npz", seed) for seed, name in enumerate(("one", "two")))
    return ["evaluate", "--data", str(folder), "--checkpoint", str(one), "--against", str(two)]


def _by_hand(asked: list[str]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """What each image is, and what each network reads in it, by the image's file."""
    (part,) = datasets.gather(asked[2]).parts
    files = [part.name(index) for index in range(len(part))]
    read = []
    for path in (asked[4], asked[6]):
        network, _ = checkpoint.load(Path(path))
        found = logits(network, part.images, torch.device("cpu"))[:, :10].argmax(dim=1)
        read.append(dict(zip(files, found.tolist(), strict=True)))
    return dict(zip(files, part.labels.tolist(), strict=True)), read[0], read[1]


def test_a_program_reads_what_differs(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Against both networks run by hand, and the binomial sum."""
    assert main([*asked, "--json", "--examples", "3"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    labels, one, two = _by_hand(asked)
    assert found["count"] == 40 and found["part"] == "all its images"
    for name, read, other in (("first", one, two), ("second", two, one)):
        right = {file for file, digit in read.items() if digit == labels[file]}
        alone = {file for file in right if other[file] != labels[file]}
        side = found[name]
        assert (side["right"], side["alone"]) == (len(right), len(alone)) and side["accuracy"] == len(right) / 40
        assert side["interval"][0] <= side["accuracy"] <= side["interval"][1]
        named = [each["misread"]["source"] for each in side["examples"]]
        assert len(set(named)) == min(3, len(alone)) and set(named) <= alone
        assert all(each["misread"]["read"] == other[each["misread"]["source"]] for each in side["examples"])
        assert all(image_of(each["misread"]["seen"]).any() for each in side["examples"])
    gained, lost = found["first"]["alone"], found["second"]["alone"]
    assert gained or lost  # else there is nothing to compare
    uneven = [heads for heads in range(gained + lost + 1) if abs(2 * heads - gained - lost) >= abs(gained - lost)]
    assert found["p_value"] == pytest.approx(sum(comb(gained + lost, heads) for heads in uneven) / 2 ** (gained + lost))
    both_wrong = [file for file, label in labels.items() if label not in (one[file], two[file])]
    assert found["apart"] == np.sum([one[file] != two[file] for file in both_wrong])


def test_a_person_reads_it_too(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each network, the test, and the verdict."""
    labels, one, two = _by_hand(asked)
    assert main(asked) == 0
    out, err = capsys.readouterr()
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith(("one", "two"))}
    for name, read, other in (("one", one, two), ("two", two, one)):
        right = [file for file, digit in read.items() if digit == labels[file]]
        assert rows[name][1] == f"{len(right) / 40:.1%}"
        assert rows[name][-1] == str(sum(other[file] != labels[file] for file in right))
    assert "McNemar's exact test: p = " in out and "such comparisons." in out
    assert "40 images" in out and "with both checkpoints" in err
    assert max(map(len, out.splitlines())) <= 78


def test_what_does_not_go_together_is_said(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A network against itself, and what is about one network."""
    for more, said in (
        (["--against", asked[4]], "the checkpoint itself"),
        (["--report", "a.html"], "leave out --against"),
        (["--not-digits", "letters.jsonl"], "leave out --against"),
        (["--examples", "3"], "belongs to --json"),
    ):
        assert main([*asked, *more]) == 2
        out, err = capsys.readouterr()
        assert said in err and out == ""


def test_what_either_has_learned_is_told(
    tmp_path: Path, mnist_part: LabelledImages, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what neither has learned from counts; where all is learned, it is said by whom."""
    folder = clean(tmp_path / "digits", mnist_part, each=4)
    folds = trained(tmp_path / "folds.npz", configuration={"data": str(folder), "folds": 3}, images=40)
    other = trained(tmp_path / "other.npz", 1)
    said = []
    for first, second in ((other, folds), (folds, other)):
        assert main(["evaluate", "--data", str(folder), "--checkpoint", str(first), "--against", str(second)]) == 0
        said.append(capsys.readouterr().out)
    assert all("all its images, including those folds was trained on, 40 images" in each for each in said)
