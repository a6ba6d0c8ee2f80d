"""Every reader of a file that may be damaged: a sound example, how it is read, and what it may raise."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import CheckpointError, DataError, RunError


@dataclass(frozen=True)
class FuzzedReader:
    """One reader."""

    name: str
    kind: str
    """How its files are damaged, as `mutations.damaged` knows it."""
    example: bytes
    read: Callable[[bytes], object]
    """Reads what is damaged."""
    errors: tuple[type[Exception], ...] = ()
    """What it may raise by its documentation."""
    special: Callable[[random.Random], bytes] | None = None
    """Makes damage that only this format knows, of a half of the tries."""


def readers(home: Path) -> Iterator[FuzzedReader]:
    """All of them; `home`, an empty folder, is where DIGITS_HOME points to."""
    for make in (_data, _images, _networks, _runs, _decisions, _drawings):
        yield from make(home)


def _through(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Puts the damaged bytes where they are read from."""
    path.parent.mkdir(parents=True, exist_ok=True)

    def write_and_read(data: bytes) -> object:
        path.write_bytes(data)
        return read(path)

    return write_and_read


# Data


def _data(home: Path) -> Iterator[FuzzedReader]:
    import numpy as np

    from core.data import archives, idx, traces

    images = np.zeros((12, 28, 28), np.uint8)
    images[:, 4:24, 10:14] = 255
    labels = np.arange(12, dtype=np.uint8) % 10
    for name, array in (("idx", images), ("idx labels", labels)):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
        plain = header + array.tobytes()
        yield FuzzedReader(name, "bytes", plain, lambda data: idx.parse(data, "a file"), (DataError,))
    packed = io.BytesIO()
    np.savez_compressed(packed, images=images, labels=labels)
    place = home / "fuzz"
    yield FuzzedReader("archive", "zip", packed.getvalue(), _through(place / "a.npz", archives.gather), (DataError,))
    lines = [
        {"label": str(label), "strokes": [[[0, 0], [20.5, 0.0], [8, 40, 0.5]], [[5, 20], [16, 20]]]}
        for label in range(4)
    ]
    text = "".join(json.dumps(each) + "\n" for each in lines).encode()
    yield FuzzedReader("traces", "lines", text, _through(place / "a.jsonl", traces.gather), (DataError,))


def _images(home: Path) -> Iterator[FuzzedReader]:
    import numpy as np
    from PIL import Image

    from core.preprocessing import images

    grey = np.full((40, 30), 255, np.uint8)
    grey[5:35, 12:16] = 20
    for form in ("png", "jpeg", "bmp", "webp"):
        out = io.BytesIO()
        Image.fromarray(grey).save(out, form)
        read = _through(home / "fuzz" / f"a.{form}", images.read)
        yield FuzzedReader(f"image, {form}", "bytes", out.getvalue(), read, (DataError,))


# Networks


def _networks(home: Path) -> Iterator[FuzzedReader]:
    from core.config.calibration import Calibration
    from core.networks import checkpoint
    from core.networks.architectures import build, parameter_count
    from core.networks.checkpoint_file import Header

    network = build("small", 0)
    header = Header(
        "small",
        "fast",
        "mnist",
        parameter_count(network),
        1,
        2,
        3,
        0,
        {"test_accuracy": 0.9},
        calibration={"threshold": 0.5},
    )
    path = home / "fuzz" / "model.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.save(path, network.state_dict(), header)

    def read_model(where: Path) -> object:
        _, found = checkpoint.load(where)
        assert found.title.isprintable()
        Calibration.of(found.calibration)
        return json.dumps(found.to_json())

    yield FuzzedReader("checkpoint", "zip", path.read_bytes(), _through(path, read_model), (CheckpointError,))
    yield _state(home)


def _state(home: Path) -> FuzzedReader:
    import numpy as np
    import torch

    from core.config.configuration import TrainingConfig
    from core.config.device_plan import Plan
    from core.data import datasets
    from core.data.division import DivisionRule
    from core.data.stage import stages
    from core.networks import checkpoint
    from core.training.cross_validation import Fold
    from core.training.job import Job
    from core.training.snapshot import on_cpu, snapshot
    from core.training.trainer import Trainer

    images = np.random.default_rng(0).integers(0, 255, (60, 28, 28)).astype(np.uint8)
    place = home / "fuzz" / "set.npz"
    np.savez(place, images=images, labels=np.arange(60) % 3)
    config = TrainingConfig(data=str(place), folds=2)
    dataset = datasets.load(config.data, None, DivisionRule.of(config))
    trainer = Trainer(Job(config, dataset.division.recipe, dataset, stages(dataset), Plan("cpu", 1, "float32")))
    state = trainer.state
    state.loss_sum, state.mnist = torch.tensor(1.5), (0.9, 0.8)
    state.weights = on_cpu(trainer.learner.step.network.state_dict())
    state.folds = [Fold(0.5, 1.5, 30, None, [[3] * 10] * 10)]
    saved = snapshot(trainer.job, 0, trainer.learner, state, trainer.clock)
    path = home / "fuzz" / "state.pt"
    checkpoint.save_state(path, saved)

    odd: tuple[Any, ...] = (
        None, True, -1, 0, 3, 10**400, 0.5, float("nan"), 1e308, "cpu", "\ud800", [], {}, (1, 2),
        torch.zeros(()), torch.zeros(3), torch.zeros(5056, dtype=torch.uint8), torch.zeros(16, 1, 3, 3),
        torch.zeros(16, 1, 5, 5, dtype=torch.int64), torch.full((), torch.nan),
    )  # fmt: skip

    def damaged(chance: random.Random) -> bytes:
        from tests.fuzz import mutations

        out = io.BytesIO()
        torch.save(mutations.changed(saved, chance, odd), out)
        return out.getvalue()

    def restore(where: Path) -> None:
        trainer.restore(checkpoint.load_state(where))

    return FuzzedReader(
        "state", "zip", path.read_bytes(), _through(path, restore), (CheckpointError, DataError), damaged
    )


# Runs


def _runs(home: Path) -> Iterator[FuzzedReader]:
    from core.config.configuration import TrainingConfig
    from core.runs import label, naming, preferences
    from core.runs.run import create_run
    from core.runs.writer import RunWriter
    from tests.fuzz.story import story

    run = create_run(TrainingConfig(data="/home/ada/digits", epochs=3))
    with RunWriter(run) as writer:
        for event in story():
            writer.append(event)

    def shown(_: Path) -> None:
        from tests.fuzz.shown import shown

        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            shown(run)
        out.getvalue().encode()

    for name, kind in (("events.jsonl", "lines"), ("config.json", "json"), ("summary.json", "json")):
        path = run.path / name
        sound = path.read_bytes()

        def restoring(where: Path, sound: bytes = sound) -> None:
            try:
                shown(where)
            finally:
                where.write_bytes(sound)

        yield FuzzedReader(name, kind, sound, _through(path, restoring))

    def configured(_: Path) -> object:
        return run.config()

    path = run.path / "config.json"
    yield FuzzedReader("configuration", "json", path.read_bytes(), _through(path, configured), (RunError,))

    def preferred(_: Path) -> None:
        preferences.checkpoint()
        preferences.unanswered_run()
        preferences.keep(run.model)
        preferences.answered()

    def labelled(_: Path) -> None:
        found = run.label
        assert found.title.isprintable() and found.note.isprintable()
        label.write_note(run.path, "the slow one")
        naming.rename(run, "ours")
        assert (run.label.title, run.label.note, run.label.trouble) == ("ours", "the slow one", "")

    text = json.dumps({"title": "mine", "note": "a note", "later": {"x": [1, 2]}}).encode()
    read = _through(run.path / "label.json", labelled)
    yield FuzzedReader("label", "json", text, _cleared(read, run.path, "label.damaged-*"))
    kept = home / "checkpoints" / "kept.json"
    text = json.dumps({"checkpoint": "a/model.npz", "lesson": "a", "later": {"x": [1, 2]}}).encode()
    yield FuzzedReader("preferences", "json", text, _through(kept, preferred))


def _decisions(home: Path) -> Iterator[FuzzedReader]:
    from core.data import additions, amendments, catalogue

    folder = home / "folder"
    (folder / "3").mkdir(parents=True)
    entries = [{"path": f"3/{each}.png", "label": each % 10, "was": 3, "time": 1e9 + each} for each in range(6)]

    def decided(_: Path) -> None:
        amendments.read(folder)
        assert all(each.isprintable() for each in amendments.complaints(folder))
        amendments.leave_out(folder, "3/x.png")
        assert amendments.read(folder)["3/x.png"].label is None
        undone = amendments.undo(folder)
        assert undone is not None and undone.path == "3/x.png"

    text = json.dumps({"version": 1, "decisions": entries}).encode()
    read = _through(folder / amendments.NAME, decided)
    yield FuzzedReader("amendments", "json", text, _cleared(read, folder, ".digits-tui.damaged-*"))

    def listed(_: Path) -> None:
        found = catalogue.read()
        assert all(each.isprintable() for each in found.notes)
        json.dumps([each.to_json() for each in found.entries])
        with additions.changing() as sets:
            sets.append({"name": "new", "path": "/new", "kind": "folder"})
        assert "new" in [each.name for each in catalogue.entries()]

    sets = [{"name": f"s{each}", "path": f"/s{each}", "kind": "folder", "images": 3, "classes": 2} for each in range(3)]
    text = json.dumps({"version": 1, "sets": sets}).encode()
    read = _through(home / "data" / "catalogue.json", listed)
    yield FuzzedReader("catalogue", "json", text, _cleared(read, home / "data", "catalogue.damaged-*"))


def _cleared(read: Callable[[bytes], object], folder: Path, pattern: str) -> Callable[[bytes], object]:
    """Removes what was set aside, which would be looked for under ever higher numbers."""

    def read_and_clear(data: bytes) -> None:
        read(data)
        for each in folder.glob(pattern):
            each.unlink()

    return read_and_clear


def _drawings(home: Path) -> Iterator[FuzzedReader]:
    from core.commands.reader_server import ReaderServer
    from core.data.own.drawings import Drawing, strokes_of
    from core.data.own.journal import Journal
    from core.drawing import draft
    from core.drawing.ink import Ink

    strokes = [{"points": [[12.5, 3.0], [12.5, 4.0], [20, 30]], "radius": 2.4, "erasing": False}] * 2

    def drawn(path: Path) -> None:
        found = strokes_of(Drawing(path.with_suffix(".png"), 3, 0.0))
        Ink.of(40, 40, found)

    said: dict[str, Any] = {"label": 3, "asked": None, "time": 0.0, "width": 40, "height": 40, "strokes": strokes}
    path = home / "data" / "own" / "3" / "a.json"
    yield FuzzedReader("drawing", "json", json.dumps(said).encode(), _through(path, drawn))

    def drafted(_: Path) -> None:
        if (found := draft.load()) is not None:
            Ink.of(*found)

    text = json.dumps({"width": 40, "height": 40, "strokes": strokes}).encode()
    yield FuzzedReader("draft", "json", text, _through(home / "data" / "drafts" / "1.json", drafted))

    moves = [
        {"id": f"{each:08x}", "do": do, "from": "3/a.png", "to": "5/a.png", "time": 1.5}
        for each, do in enumerate(("keep", "take back", "relabel", "remove", "undo"))
    ]
    text = "".join(json.dumps(each) + "\n" for each in moves).encode()
    path = home / "fuzz" / "journal.jsonl"
    yield FuzzedReader("journal", "lines", text, _through(path, lambda path: Journal(path).entries()))

    server = ReaderServer()
    request = {"id": 1, "width": 2, "height": 2, "pixels": "AAAAAA==", "polarity": "auto", "strokes": strokes}

    def answered(data: bytes) -> None:
        answer = server.answer(data)
        if answer is None:
            answer = server.advance()
        if answer is not None:
            json.dumps(answer.to_json()).encode()

    yield FuzzedReader("protocol", "json", json.dumps(request).encode(), answered)
