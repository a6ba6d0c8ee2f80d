"""`digits-tui check` for a person and for a program."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages, clean, save

from core.__main__ import main
from core.data import amendments, catalogue
from core.system import children


@pytest.fixture
def digits(tmp_path: Path, mnist_part: LabelledImages) -> Path:
    """A small set with a blank image and a damaged one."""
    folder = clean(tmp_path / "digits", mnist_part, each=4)
    save(folder / "2" / "sheet.png", np.full((28, 28), 200, np.uint8))
    (folder / "5" / "broken\x1b[31m.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 30)
    return folder


def test_a_person_reads_findings_and_what_they_mean(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, each finding with its severity, files, meaning and action, and no escape sequence."""
    assert main(["check", str(digits), "--quick"]) == 0
    out, err = capsys.readouterr()
    assert "40 images: 4 of 0" in out
    assert "problem: 1 blank image" in out and "2/sheet.png: no ink was found in it" in out
    assert "problem: 1 file cannot be read" in out and "5/broken�[31m.png: is" in out
    assert "They are skipped." in out and "\x1b" not in out + err
    assert err == ""


def test_a_program_reads_progress_and_the_result(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line; the last has everything that was found."""
    amendments.relabel(digits, "7/000.png", 1)
    assert main(["check", str(digits), "--quick", "--json"]) == 0
    *progress, result = map(json.loads, capsys.readouterr().out.splitlines())
    assert progress and all(set(each) == {"done", "total", "doing"} for each in progress)
    assert {"done": 42, "total": 42, "doing": "measuring images"} in progress
    assert set(result) == {"folder", "images", "counts", "findings", "amendments", "notes"}
    assert result["folder"] == str(digits) and result["images"] == 40
    assert result["counts"] == [4, 5, 4, 4, 4, 4, 4, 3, 4, 4]
    ranks = [["problem", "warning", "hint"].index(each["severity"]) for each in result["findings"]]
    assert ranks == sorted(ranks)
    for each in result["findings"]:
        assert {"kind", "severity", "title", "meaning", "action", "files", "count"} == set(each)
        for file in each["files"]:
            assert set(file) == {"path", "label", "detail", "other", "suggested"}
            assert (digits / file["path"]).exists()
    (decision,) = result["amendments"]
    assert (decision["path"], decision["label"], decision["was"]) == ("7/000.png", 1, 7)


def test_a_set_of_the_catalogue_is_found_by_name(digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As every command finds it."""
    catalogue.add(digits)
    assert main(["check", "digits", "--quick", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["folder"] == str(digits)


def test_what_is_no_folder_of_images_is_said(small_set: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """MNIST, an archive, a name that is none: status 1, one line, and an object with --json."""
    for data, said in (("mnist", "is a published set"), (str(small_set), "is a file"), ("nothing", "no data set")):
        assert main(["check", data, "--json"]) == 1
        out, err = capsys.readouterr()
        assert said in err and said in json.loads(out)["error"]


def test_quick_runs_without_torch(digits: Path) -> None:
    """The check-up of the app's own process, so to say: nothing of it needs the network's library."""
    code = (
        "import sys\nfrom core.__main__ import main\n"
        "assert main(['check', sys.argv[1], '--quick']) == 0\nassert 'torch' not in sys.modules\n"
    )
    command = [*children.command()[:-2], "-c", code, str(digits)]
    done = subprocess.run(command, env=children.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
