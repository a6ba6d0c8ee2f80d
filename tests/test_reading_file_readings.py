"""core.reading.file_readings and `predict`: many files in order, some of them broken, in this process and in others."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from waiting import LONGEST

from core import paths
from core.commands import predict, progress_line
from core.commands.progress_line import ProgressLine
from core.data import mnist
from core.errors import CheckpointError
from core.inference import engine
from core.reading import file_readings as files_read
from core.reading.file_readings import file_readings as read_files
from core.reading.reading import Reading
from core.reading.recogniser import Recogniser
from core.system import children, pool


@pytest.fixture
def files(tmp_path: Path) -> tuple[list[str], list[int]]:
    """Forty digits, dark on light, with a damaged file after every ninth, and what they are; -1 for no image."""
    test = mnist.test()
    names, labels = [], []
    for at in range(40):
        path = tmp_path / f"{at:02}.png"
        Image.fromarray(255 - test.images[at]).save(path)
        names.append(str(path))
        labels.append(int(test.labels[at]))
        if at % 9 == 8:
            broken = tmp_path / f"{at:02}-broken\x1b.png"
            broken.write_bytes(b"no image")
            names.append(str(broken))
            labels.append(-1)
    return names, labels


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("worth", [0.0, 1e9], ids=["others", "alone"])
def test_each_file_has_its_reading(
    files: tuple[list[str], list[int]], monkeypatch: pytest.MonkeyPatch, worth: float
) -> None:
    """In the order of the names; what is damaged says so and the rest is read, in one process or in two."""
    names, labels = files
    monkeypatch.setattr(pool, "usable_cores", lambda: 2)
    monkeypatch.setattr(pool, "_WORTH", worth)
    with closing(read_files(names, paths.shipped_checkpoint())) as parts:
        found = [each for part in parts for each in part]
    assert [-1 if each.reading is None else each.reading.digit for each in found] == labels
    for name, each in zip(names, found, strict=True):
        assert (name in each.error) == (each.reading is None)


@pytest.mark.usefixtures("two_threads")
def test_thousands_of_files_expect_many(files: tuple[list[str], list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is told so once, before the first of them, and the readings stay the same."""
    names, _ = files

    def readings() -> list[Reading | None]:
        with closing(read_files(names, paths.shipped_checkpoint())) as parts:
            return [each.reading for part in parts for each in part]

    few = readings()
    told = []
    expect = Recogniser.expect

    def expected(recogniser: Recogniser, count: int) -> None:
        told.append((recogniser.path, count))
        expect(recogniser, count)

    monkeypatch.setattr(Recogniser, "expect", expected)
    monkeypatch.setattr(engine, "MANY", len(names))
    monkeypatch.setattr(files_read, "_AT_ONCE", 0)
    files_read._recogniser.cache_clear()
    many = readings()
    files_read._recogniser.cache_clear()
    assert told == [(paths.shipped_checkpoint(), len(names))]
    for one, other in zip(few, many, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert one.number == other.number
            np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.005)


def test_a_checkpoint_that_cannot_be_loaded_ends_it(files: tuple[list[str], list[int]], tmp_path: Path) -> None:
    """Before the first result."""
    with pytest.raises(CheckpointError, match=r"none\.npz"):
        next(read_files(files[0], tmp_path / "none.npz"))


def _predict(names: list[str], *, as_json: bool) -> int:
    return predict.run_predict(argparse.Namespace(images=names, checkpoint="", json=as_json))


@pytest.mark.usefixtures("two_threads")
def test_results_stand_in_order_and_damage_costs_status_1(
    files: tuple[list[str], list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each file; control characters of a name never reach the terminal."""
    names, labels = files
    assert _predict(names, as_json=False) == 1
    out, err = capsys.readouterr()
    told = [line.split(": ")[1] for line in out.splitlines()]
    rejected = [each.startswith("not a digit") for each in told]
    assert sum(rejected) <= 1
    wanted = [label for label in labels if label >= 0]
    assert len(told) == len(wanted)
    assert all(none or each[0] == str(label) for none, each, label in zip(rejected, told, wanted, strict=True))
    assert err.count("cannot be read as an image") == labels.count(-1) and "\x1b" not in out + err
    assert _predict(names[:10], as_json=True) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["image"] for row in rows] == names[:10]
    assert ["error" in row for row in rows] == [False] * 9 + [True]


class _Terminal(io.StringIO):
    """Standard error as a terminal has it."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_person_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that is written over, taken away at the end; nothing where nobody looks."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress_line, "_SECONDS", 0.0)
    for terminal, wanted in ((_Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", terminal)
        with ProgressLine(10_000, "images") as line:
            line.show(1234)
        assert ("1,234 of 10,000 images" in terminal.getvalue()) == wanted
        assert terminal.getvalue().endswith("\r\x1b[K") == wanted
        assert "\n" not in terminal.getvalue()


def test_an_interruption_leaves_what_was_printed(tmp_path: Path) -> None:
    """Ctrl+C ends it, also where other processes read; each line that stands is whole."""
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((28, 28), 255, np.uint8)).save(blank)
    code = (
        "import sys\nfrom core.system import pool\nfrom core.__main__ import main\n"
        "if __name__ == '__main__':\n"
        "    pool.usable_cores = lambda: 2\n"
        "    pool._WORTH = 0.0\n"
        f"    sys.exit(main(['predict', '--json', *[{str(blank)!r}] * 4000]))\n"
    )
    script = tmp_path / "run.py"
    script.write_text(code)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env=children.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # `communicate` knows nothing of what a buffer read ahead
        start_new_session=True,
        # Whoever runs the tests may ignore interruptions, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to all of them
    rest, err = process.communicate(timeout=LONGEST)
    lines = (first + rest).decode().splitlines()
    assert process.returncode == 130 and err.decode() == "digits-tui: interrupted\n"
    assert 0 < len(lines) < 4000 and all(json.loads(line)["digit"] is None for line in lines)
