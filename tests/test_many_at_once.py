"""Several programs with one data folder, one of them killed: whatever was reported as kept is there, once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from waiting import LONGEST, wait_until

from core import paths
from core.data import additions, amendments, cache, own_sets
from core.data.own import drawings
from core.data.own.drawing_files import CLASSES
from core.data.own.journal import Journal
from core.runs.run import list_runs
from core.system import children

_TURNS = 25
_PROGRAM = """
import os, sys
from pathlib import Path
import numpy as np
from core.config.configuration import TrainingConfig
from core.data import additions, amendments, cache, own_sets
from core.data.own import drawings
from core.drawing import draft
from core.drawing.ink import Stroke
from core.runs.run import create_run

number, turns, images = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
own = own_sets.active()
stroke = Stroke(3.0, points=[(float(number), 1.0), (9.0, 9.0)])
print("draft", draft._file().name, flush=True)
for turn in range(turns):
    value = number * turns + turn + 1
    drawing = drawings.keep(own, turn % 10, np.full((20, 20), value, np.uint8), [stroke])
    draft.save(20, 20, [stroke])
    print("kept", value, flush=True)
    if turn % 3 == 0:
        drawings.relabel(own, drawing, (turn + 1) % 10)
    if turn % 5 == 0:
        drawings.undo(own)  # whatever was done last, by whichever program
    with additions.changing() as lines:
        lines.append({"name": f"set {value}", "path": "/nowhere", "kind": "folder", "images": 3, "classes": 2})
    print("added", value, flush=True)
    amendments.relabel(images, f"3/{value}.png", 5)
    print("decided", value, flush=True)
    cache.write(Path("/nowhere/source.npz"), {"images": np.full((40, 28, 28), value)})
    create_run(TrainingConfig(seed=value))
    print("begun", value, flush=True)
"""


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder whose images are decided about."""
    (tmp_path / "images" / "3").mkdir(parents=True)
    return tmp_path / "images"


def _start(number: int, images: Path, told: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-c", _PROGRAM, str(number), str(_TURNS), str(images)]
    with told.open("wb") as out:
        return subprocess.Popen(command, env=children.environment(), stdout=out)


def test_nothing_that_one_of_them_kept_is_lost(images: Path, tmp_path: Path) -> None:
    """Three at once; the second is killed in the middle, and its locks hold up nobody."""
    told = [tmp_path / f"told-{number}" for number in range(3)]
    programs = [_start(number, images, each) for number, each in enumerate(told)]
    wait_until(lambda: told[1].read_text().count("kept") > _TURNS // 3)
    programs[1].send_signal(signal.SIGKILL)
    assert [program.wait(LONGEST) for program in programs] == [0, -signal.SIGKILL, 0]
    lines = [line.split() for each in told for line in each.read_text().splitlines() if len(line.split()) == 2]
    reported = {what: {value for each, value in lines if each == what} for what, _ in lines}
    assert len(reported["draft"]) == 3, "two of them have one draft"
    own = own_sets.active()
    kept = Counter(
        str(int(np.asarray(Image.open(path))[0, 0])) for label in CLASSES for path in (own.folder / label).glob("*.png")
    )
    assert reported["kept"] <= kept.keys() and set(kept.values()) == {1}
    assert all(drawings.strokes_of(each) for each in drawings.drawings(own))
    assert not Journal(drawings.journal_file(own)).damaged()
    added, notes = additions.read()
    assert not notes and {f"set {value}" for value in reported["added"]} <= {line["name"] for line in added}
    assert {f"3/{value}.png" for value in reported["decided"]} <= amendments.read(images).keys()
    stored = cache.read(Path("/nowhere/source.npz"))
    assert stored is not None and len(np.unique(stored["images"])) == 1
    seeds = [json.loads((run.path / "config.json").read_text())["seed"] for run in list_runs()]
    assert {int(value) for value in reported["begun"]} <= set(seeds) and len(set(seeds)) == len(seeds)
    # The next change finds no lock, and tidies up.
    drawings.keep(own, 1, np.full((20, 20), 255, np.uint8), [])
    left = [path for path in paths.home().rglob(".*.part") if path.parent.name in CLASSES]
    assert not left
