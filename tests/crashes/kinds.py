"""Each kind of write that the program makes, and what must hold when its result is opened after a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core import paths
from core.config.configuration import TrainingConfig
from core.data import additions, amendments, cache, own_sets
from core.data.own import drawings, exchange
from core.data.own.drawing_files import REMOVED
from core.data.own.journal import Journal
from core.data.own.own_set import FIRST, OwnSet
from core.drawing import draft, guided_session
from core.drawing.ink import Stroke
from core.drawing.strokes import as_json
from core.errors import DataError
from core.evaluation.measurement import Measurement
from core.evaluation.report import writer
from core.evaluation.report.content import Report
from core.networks import checkpoint
from core.networks.architectures import build
from core.networks.checkpoint_file import Header
from core.runs import events, label, naming, preferences
from core.runs.deletion import Deletions
from core.runs.follow import EventReader
from core.runs.run import STOPPED, Run, create_run, list_runs
from core.runs.writer import RunWriter
from core.system import atomic
from tests.fuzz.story import story


@dataclass(frozen=True)
class Kind:
    """One kind of write."""

    begin: Callable[[], None]
    """What is there before; a crash does not touch it."""
    act: Callable[[], Iterator[object]]
    """Writes; each time that it yields, the program has reported what it wrote as kept."""
    check: Callable[[int], None]
    """Asserts that all is well after a crash; it is given the number of reports."""
    raises_os_error: bool = False
    """Whether what fails is an OSError, of which the command makes a sentence; usually it is a DigitsError."""


def _nothing() -> None:
    paths.user_data()
    paths.user_checkpoints()


# Taught drawings and their journal

_BITMAP = np.arange(400, dtype=np.uint8).reshape(20, 20)
_STROKES = (Stroke(3.0, points=[(1.0, 2.0), (15.0, 16.0)]),)
_DEEDS = ("keep 7", "relabel 3", "remove 5", "undo", "take back 7", "undo")
"""What is done, beginning with one drawing each of 3 and 5."""
_LABELS = (
    {3: "3", 5: "5"},
    {3: "3", 5: "5", 7: "7"},
    {3: "4", 5: "5", 7: "7"},
    {3: "4", 5: REMOVED, 7: "7"},
    {3: "4", 5: "5", 7: "7"},
    {3: "4", 5: "5", 7: REMOVED},
    {3: "4", 5: "5", 7: "7"},
)  # fmt: skip
"""Where each drawing is after each deed."""


def _keep(digit: int) -> None:
    drawings.keep(own_sets.active(), digit, np.full((20, 20), 20 * digit, np.uint8), _STROKES)


def _begin_drawings() -> None:
    _nothing()
    _keep(3)
    _keep(5)


def _draw() -> Iterator[object]:
    own = own_sets.active()

    def of(digit: int) -> drawings.Drawing:
        return next(each for each in drawings.drawings(own) if each.label == digit)

    for deed in _DEEDS:
        match deed.split():
            case "keep", digit:
                _keep(int(digit))
            case "relabel", digit:
                drawings.relabel(own, of(int(digit)), int(digit) + 1)
            case "remove", digit:
                drawings.remove(own, of(int(digit)))
            case "take", "back", _:
                drawings.take_back(own)
            case _:
                drawings.undo(own)
        yield deed


def _check_drawings(reported: int) -> None:
    own = own_sets.active()
    found = _drawn(own)
    assert found in _LABELS[reported : reported + 2], (found, reported)
    for drawing in drawings.drawings(own):
        assert drawings.strokes_of(drawing) == _STROKES, drawing
    assert len(Journal(drawings.journal_file(own)).damaged() if drawings.journal_file(own).exists() else []) <= 1
    # It goes on, leaves nothing behind, and what is undone is what was done last.
    drawings.keep(own, 9, _BITMAP, _STROKES)
    last = drawings.last(own)
    assert last is not None and last.label == 9
    drawings.remove(own, last)
    assert drawings.undo(own) and _drawn(own) == {**found, 9: "9"}
    kept = [path for place in own.folder.iterdir() if place.is_dir() for path in place.iterdir()]
    images = {path.stem for path in kept if path.suffix == ".png"}
    stray = [path for path in kept if path.suffix != ".png" and path.stem not in images]
    assert all(path.parent.name == REMOVED and path.suffix == ".json" for path in stray), stray


def _drawn(own: OwnSet) -> dict[int, str]:
    """The folder of each drawing, by the digit that it was drawn as, which its grey tells."""
    from PIL import Image

    found: dict[int, str] = {}
    for place in sorted(own.folder.iterdir()):
        for path in sorted(place.glob("*.png")) if place.is_dir() else ():
            pixels = np.asarray(Image.open(path))
            digit = 9 if np.array_equal(pixels, _BITMAP) else int(pixels[0, 0]) // 20
            assert digit not in found, f"there are two of {digit}"
            found[digit] = place.name
    return found


# A run: its directory, its events, its checkpoint and state


def _run() -> Run:
    return list_runs()[0]


def _begin_run() -> None:
    _nothing()
    create_run(TrainingConfig())


_EVENTS = tuple(story())


def _write_events() -> Iterator[object]:
    with RunWriter(_run()) as writer:
        for event in _EVENTS:
            writer.append(event)
            yield event


def _check_events(reported: int) -> None:
    run = _run()
    found = _read(run)
    lasting = [event for event in _EVENTS[:reported] if not isinstance(event, _PASSING)]
    assert [event for event in found if not isinstance(event, _PASSING)][: len(lasting)] == lasting
    assert all(event in _EVENTS for event in found)
    assert run.status() == ("finished" if reported == len(_EVENTS) or run.ending() else STOPPED)
    with RunWriter(run) as writer:
        writer.append(_EVENTS[2])
    assert _read(run)[: len(found)] == found and _read(run)[-1] == _EVENTS[2]


_PASSING = (events.Loading, events.Progress, events.DeviceState)
"""Events that come every moment, and are not forced to the disk."""


def _read(run: Run) -> list[events.Event]:
    """Without the note that a line was damaged."""
    return [event for event in EventReader(run).read() if "cannot be read" not in str(event)]


def _create() -> Iterator[object]:
    yield create_run(TrainingConfig(seed=3))


def _check_created(reported: int) -> None:
    found = list_runs()
    assert len(found) in (reported, 1), found
    assert all(run.config() == TrainingConfig(seed=3) and run.is_resumable() for run in found)
    assert create_run(TrainingConfig()).config() == TrainingConfig()


def _save() -> Iterator[object]:
    run = _run()
    with RunWriter(run) as writer:
        for step in (1, 2):
            checkpoint.save_state(run.state, _state(step))
            checkpoint.save(run.model, _weights(step), _header(step))
            writer.append(events.Saved("model.npz", step, time=0.0))
            yield step


def _check_saved(reported: int) -> None:
    run = _run()
    if reported or run.state.exists():
        state = checkpoint.load_state(run.state)
        assert state["step"] >= reported
        wanted = _state(state["step"])
        assert _are_same(state.pop("network"), wanted.pop("network")) and state == wanted
    if reported or run.model.exists():
        network, header = checkpoint.load(run.model)
        assert header.step >= reported
        assert _are_same(network.state_dict(), _weights(header.step))
    with RunWriter(run):
        pass
    assert not list(run.path.glob(".*.part"))


def _are_same(weights: dict[str, torch.Tensor], others: dict[str, torch.Tensor]) -> bool:
    return weights.keys() == others.keys() and all(torch.equal(weights[name], others[name]) for name in weights)


def _header(step: int) -> Header:
    return Header("little", "fast", "mnist", parameters=1, epoch=0, epochs=1, step=step, seed=0)


def _weights(step: int) -> dict[str, torch.Tensor]:
    return dict(build("little", seed=step).state_dict())


def _state(step: int) -> dict[str, Any]:
    """With all parts of a state, which are looked at elsewhere."""
    parts = ("configuration", "plan", "data", "epochs", "batch_size", "stage", "tally", "average", "optimiser")
    rest = dict.fromkeys((*parts, "distortion", "random", "device_random"), None)
    return {"format": checkpoint.STATE_FORMAT, "step": step, "network": _weights(step), **rest}


# What was decided


def _add_sets() -> Iterator[object]:
    for name in ("one", "two"):
        with additions.changing() as lines:
            lines.append({"name": name, "path": f"/nowhere/{name}", "kind": "folder", "images": 3, "classes": 2})
        yield name
    with additions.changing() as lines:
        lines[:] = [line for line in lines if line["name"] != "one"]
    yield "removed"


def _check_sets(reported: int) -> None:
    lines, notes = additions.read()
    assert not notes
    names = [line["name"] for line in lines]
    assert names in ([], ["one"], ["one", "two"], ["two"])[reported : reported + 2]
    with additions.changing() as changed:
        changed.append({"name": "new", "path": "/nowhere", "kind": "folder", "images": 3, "classes": 2})
    assert [line["name"] for line in additions.read()[0]] == [*names, "new"]
    _check_no_parts(additions.file().parent)


def _decide() -> Iterator[object]:
    preferences.keep(_run().model)
    yield "a model"
    preferences.await_answer(_run().path)
    yield "a question"
    preferences.answered()
    yield "an answer"


def _begin_decisions() -> None:
    _begin_run()
    run = _run()
    checkpoint.save(run.model, _weights(1), _header(1))


def _check_decisions(reported: int) -> None:
    run = _run()
    found = (preferences.checkpoint(), preferences.unanswered_run())
    told = [(None, None), (run.model, None), (run.model, run.path), (run.model, None)]
    assert found in told[reported : reported + 2]
    assert not preferences.complaints()
    preferences.forget()
    assert preferences.checkpoint() is None
    _check_no_parts(preferences.file().parent)


def _label() -> Iterator[object]:
    run = _run()
    naming.rename(run, "ours")
    yield "a title"
    label.write_note(run.path, "the slow one")
    yield "a note"
    naming.rename(run, "")
    yield "no title"


def _check_label(reported: int) -> None:
    found = _run().label
    told = [("", ""), ("ours", ""), ("ours", "the slow one"), ("", "the slow one")]
    assert not found.trouble and (found.title, found.note) in told[reported : reported + 2]
    naming.rename(_run(), "again")
    assert _run().label.title == "again" and _run().label.note == found.note
    _check_no_parts(_run().path, _run().path.parent)


def _delete() -> Iterator[object]:
    deletions = Deletions()
    deletions.delete([_run()], None)
    yield "deleted"
    deletions.undo()
    yield "brought back"
    deletions.delete([_run()], None)
    yield "deleted again"
    deletions.close()
    yield "removed"


def _check_deleted(reported: int) -> None:
    runs = list_runs()
    assert len(runs) in ((1, 0), (0, 1), (1, 0), (0,), (0,))[reported]
    assert all(run.config() == TrainingConfig() for run in runs)  # as a whole, or not at all
    other = create_run(TrainingConfig(epochs=3))
    deletions = Deletions()
    deletions.delete([other], None)
    deletions.close()
    _check_no_parts(other.path.parent)


def _images() -> Path:
    return paths.home() / "images"


def _begin_amendments() -> None:
    _nothing()
    (_images() / "3").mkdir(parents=True)


def _amend() -> Iterator[object]:
    for name in "abc":
        amendments.relabel(_images(), f"3/{name}.png", 5)
        yield name
    amendments.undo(_images())
    yield "undone"


def _check_amendments(reported: int) -> None:
    assert not amendments.complaints(_images())
    found = sorted(Path(path).stem for path in amendments.read(_images()))
    assert found in ([], ["a"], ["a", "b"], ["a", "b", "c"], ["a", "b"])[reported : reported + 2]
    amendments.relabel(_images(), "3/new.png", 5)
    assert len(amendments.read(_images())) == len(found) + 1
    _check_no_parts(_images())


def _name_sets() -> Iterator[object]:
    own = own_sets.create("Ada")
    yield own
    own_sets.activate(own)
    yield own
    own_sets.rename(own, "Grace")
    yield own


def _check_set_names(reported: int) -> None:
    names = [own.name for own in own_sets.sets() if own.folder.name != FIRST]
    assert names in ([], ["Ada"], ["Ada"], ["Grace"])[reported : reported + 2]
    assert (own_sets.active().name in names) >= (reported >= 2)
    own_sets.activate(own_sets.create("Mary"))
    assert own_sets.active().name == "Mary"
    _check_no_parts(paths.home() / "data")


# What can be made again: it need not last, but must never be wrong


def _source() -> Path:
    return paths.home() / "source.npz"


def _arrays(turn: int) -> dict[str, Any]:
    return {"images": np.full((50, 28, 28), turn, np.uint8), "labels": np.full(50, turn)}


def _cache() -> Iterator[object]:
    for turn in (1, 2):
        if why := cache.write(Path("/nowhere/source.npz"), _arrays(turn)):
            raise DataError(why)
        yield turn


def _check_cache(reported: int) -> None:
    source = Path("/nowhere/source.npz")
    found = cache.read(source)
    if found is not None:
        turn = int(found["labels"][0])
        assert turn >= reported
        assert all(np.array_equal(found[name], array) for name, array in _arrays(turn).items())
    assert not cache.write(source, _arrays(3))
    again = cache.read(source)
    assert again is not None and again["labels"][0] == 3
    _check_no_parts(paths.home() / "data" / "cache")


def _drafts() -> Path:
    return paths.home() / "data" / "drafts"


def _strokes(turn: int) -> tuple[Stroke, ...]:
    return (Stroke(3.0, points=[(float(turn), 1.0), (9.0, 9.0)]),)


def _draft() -> Iterator[object]:
    _drafts().mkdir(exist_ok=True)
    for turn in (1, 2):
        content = {"width": 20, "height": 20, "strokes": as_json(_strokes(turn))}
        atomic.write_text(_drafts() / "1.json", json.dumps(content), sync=False)
        yield turn


def _check_draft(reported: int) -> None:
    """A draft is not forced to the disk, so that it may be lost; a kill alone leaves it."""
    found = draft.read(_drafts() / "1.json")
    assert found in [None, *((20, 20, _strokes(turn)) for turn in (1, 2))]


def _guide() -> Iterator[object]:
    own = own_sets.active()
    session = guided_session.GuidedSession.new(1, seed=0)
    for turn in range(3):
        session = session.kept(f"{turn}", session.left[0])
        session.write(own.folder)
        yield turn


def _check_guided(reported: int) -> None:
    found = guided_session.unfinished(own_sets.active().folder)
    assert found is not None or not reported
    assert found is None or len(found.done) in (reported, reported + 1)


def _export() -> Iterator[object]:
    own = own_sets.active()
    for name in ("folder", "archive.npz"):
        exchange.export(own, paths.home() / name)
        yield name


def _check_exported(reported: int) -> None:
    for number, name in enumerate(("folder", "archive.npz"), 1):
        target = paths.home() / name
        assert target.exists() or reported < number
        if target.exists():
            assert drawings.counts(exchange.import_set(target, f"again {name}")) == [0, 0, 0, 1, 0, 1, 0, 0, 0, 0]
    exchange.export(own_sets.active(), paths.home() / "after")
    _check_no_parts(paths.home(), paths.home() / "data")


# Reports of measurements


def _page(turn: int) -> Report:
    confusion = tuple(tuple(turn if row == column else 0 for column in range(10)) for row in range(10))
    return Report.of(paths.shipped_checkpoint(), _header(turn), "mnist", Measurement(confusion, "all its images"))


def _reports() -> list[Path]:
    return [paths.home() / f"report{suffix}" for suffix in writer.FORMATS]


def _report() -> Iterator[object]:
    for turn in (1, 2):
        for path in _reports():
            writer.write(_page(turn), path)
            yield turn, path


def _check_reported(reported: int) -> None:
    for number, path in enumerate(_reports(), 1):
        assert path.exists() or reported < number
        if path.exists():
            whole = [writer.FORMATS[path.suffix](_page(turn)) for turn in (1, 2)]
            assert path.read_text() in whole[reported >= number + len(writer.FORMATS) :]
        writer.write(_page(3), path)
    _check_no_parts(paths.home())


def _check_no_parts(*folders: Path) -> None:
    """The next write of the same kind has removed, or taken over, what the crash left."""
    left = [entry.path for folder in folders for entry in os.scandir(folder) if entry.name.startswith(".")]
    left = [path for path in left if not path.endswith(amendments.NAME)]
    assert not left, left


KINDS: dict[str, Kind] = {
    "taught drawings and their journal": Kind(_begin_drawings, _draw, _check_drawings),
    "a run's directory": Kind(_nothing, _create, _check_created),
    "a run's events": Kind(_begin_run, _write_events, _check_events, raises_os_error=True),
    "a run's state and checkpoint": Kind(_begin_run, _save, _check_saved, raises_os_error=True),
    "the catalogue": Kind(_nothing, _add_sets, _check_sets),
    "decisions about models": Kind(_begin_decisions, _decide, _check_decisions),
    "a run's title and note": Kind(_begin_run, _label, _check_label),
    "deleted runs": Kind(_begin_run, _delete, _check_deleted),
    "decisions about images": Kind(_begin_amendments, _amend, _check_amendments),
    "sets and their names": Kind(_nothing, _name_sets, _check_set_names),
    "the cache": Kind(_nothing, _cache, _check_cache),
    "the draft on the pad": Kind(_nothing, _draft, _check_draft, raises_os_error=True),
    "a guided session": Kind(_begin_drawings, _guide, _check_guided),
    "exports": Kind(_begin_drawings, _export, _check_exported),
    "reports": Kind(_nothing, _report, _check_reported),
}
MANY_CALLS = {
    "a run's state and checkpoint": 19,
    "exports": 13,
    "a run's events": 3,
    "reports": 3,
    "taught drawings and their journal": 3,
}
"""Of how many tries of these one is made in every test run."""
