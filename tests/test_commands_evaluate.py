"""`digits-tui evaluate`: the reliability of what a network says, and what it makes of non-digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages, clean
from PIL import Image
from trained import trained

from core.__main__ import main

CROSS = [[[0, 0], [30, 40]], [[30, 0], [0, 40]]]


@pytest.fixture
def digits(tmp_path: Path, mnist_part: LabelledImages) -> Path:
    """Forty images with a damaged one."""
    folder = clean(tmp_path / "digits", mnist_part, each=4)
    (folder / "5" / "broken\x1b.png").write_bytes(b"no image")
    return folder


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Two crosses and an O as pen traces."""
    path = tmp_path / "letters.jsonl"
    traces = [{"label": label, "strokes": CROSS} for label in ("X", "x", "O")]
    path.write_text("\n".join(map(json.dumps, traces)), encoding="utf-8")
    return path


def test_a_person_reads_a_reliability_table(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only bins that have readings; the counts add up to all images, and rejections are told."""
    assert main(["evaluate", "--data", str(digits)]) == 0
    out, err = capsys.readouterr()
    assert "of 40 images, calibration error" in out and "rejected as not a digit: " in out
    rows = out.split("mean confidence")[1].splitlines()[1:]
    bins = [row.split() for row in rows if " to " in row]
    assert bins and sum(int(cells[3]) for cells in bins) == 40 and all(int(cells[3]) for cells in bins)
    assert bins[-1][:3] == ["93.3", "to", "100.0%"]
    assert "skipped" in err and "\x1b" not in out + err


def test_a_program_reads_it_too(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object, with all 15 bins."""
    assert main(["evaluate", "--data", str(digits), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["reliability"]) == 15 and sum(each["count"] for each in found["reliability"]) == 40
    assert {"rejected", "accepted_accuracy", "threshold", "calibration_error"} <= set(found)
    assert "not_digits" not in found


def test_letters_are_measured_beside_the_digits(
    digits: Path, letters: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for those that a person may take for digits."""
    both = ["evaluate", "--data", str(digits), "--not-digits", str(letters), "--leave-out", "Oo"]
    assert main([*both, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["not_digits"]
    assert (found["count"], found["left_out"], found["digits"]) == (2, 1, 40)
    assert found["auroc"] > 0.8
    assert main(both) == 0
    out = capsys.readouterr().out
    assert "2 non-digits (1 left out)" in out and "AUROC against the 40 digits: " in out
    assert "taken for a digit without doubt (over 90%): " in out


def test_images_of_symbols_are_measured_too(digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder such as `other`; a network with ten outputs rejects nothing, and it is said what is compared."""
    folder = tmp_path / "other"
    folder.mkdir()
    pixels = np.full((40, 40), 240, np.uint8)
    pixels[18:22, 5:35] = pixels[5:35, 18:22] = 10
    Image.fromarray(pixels).save(folder / "plus.png")
    ten = trained(tmp_path / "ten.npz")
    assert main(["evaluate", "--data", str(digits), "--not-digits", str(folder), "--checkpoint", str(ten)]) == 0
    out = capsys.readouterr().out
    assert "1 non-digits" not in out and "1 non-digit" in out
    assert "rejected: 0 (0.00%)" in out and "1 − confidence" in out


def test_what_cannot_be_used_is_said(digits: Path, letters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Digits given as what is none, a path that is gone, an option without the other."""
    for arguments, status, said in (
        (["--not-digits", str(digits)], 1, "class folders of digits"),
        (["--not-digits", "gone"], 1, "check the spelling"),
        (["--leave-out", "O"], 2, "--leave-out belongs to --not-digits"),
    ):
        assert main(["evaluate", "--data", str(digits), *arguments]) == status
        out, err = capsys.readouterr()
        assert said in err and out == ""


def test_what_folds_have_learned_is_told(digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a cross-validation no image is left that says how well the network reads."""
    path = trained(tmp_path / "a.npz", configuration={"data": str(digits), "folds": 3}, images=40)
    assert main(["evaluate", "--data", str(digits), "--checkpoint", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "of 40 images" in out and "including those it was trained on" in err
