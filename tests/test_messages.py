"""Every message between processes, and every event of a run, comes back as it was sent; none is forgotten here."""

from __future__ import annotations

import dataclasses
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import core
from core.checkup.checkup import Checkup
from core.checkup.finding import Finding, Picture, Severity
from core.commands.progress import Message
from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.devices import Device, DeviceList, FastWay
from core.data import results
from core.data.amendments import Amendment
from core.data.catalogue import Availability, Entry
from core.data.collection import Skipped
from core.data.details import DataDetails, Sample
from core.doctor.diagnosis import Diagnosis, Examined, Health, Remedy, Section
from core.drawing.ink import Stroke
from core.evaluation.example import Example
from core.evaluation.measurement import Confidences, Measurement
from core.evaluation.paired_comparison import ComparedNetwork, DiscordantImage, PairedComparison
from core.evaluation.scorecard_rows import Figures, Kind, Outcome, Row, Scorecard, ScoredModel, Speed
from core.insight.ablation import Ablation
from core.networks.checkpoint_file import Header
from core.reading import protocol, questions
from core.reading.reading import ReadDigit, Reading
from core.runs import events
from core.system import messages

_PIXELS = np.arange(784, dtype=np.uint8).reshape(28, 28)
_SHARES = (0.5, 0.25, 0.125, 0.125, *(0.0,) * 6)
_ENTRY = Entry("mine", "Mine", "folder", 12, 3, "/home/me/mine", Availability.READY, "/home/me/mine")
_PICTURE = Picture("3/a.png", 3, "touches the left border", "5/b.png", 8)
_FINDING = Finding("suspect", Severity.WARNING, "2 labels", "It means.", "It does.", (_PICTURE,), 2, has_pairs=True)
_DEVICE = Device("cuda:0", "A card", 2**34, True, "", Plan("cuda:0", 2, "bfloat16", 12_345.5))
_NO_DEVICE = Device("mps", "", None, False, "no such chip")
_ROW = Row(
    name="mine",
    kind=Kind.OWN,
    images=100,
    which="the 100 that neither has learned from",
    figures=(Figures(90, 100, 3, 0.02), None),
    verdict=Outcome.BETTER,
    words="12 images",
    rejects_more=True,
    notes=("A note.",),
    error="no",
    data="/home/me/mine",
)
_EXAMPLE = Example(17, 3, 8, 0.75, 0.25, np.arange(784, dtype=np.uint8).reshape(28, 28), "3/a.png")
_DISCORDANT = DiscordantImage(_EXAMPLE, 0.875)
_COMPARED = ComparedNetwork("/a.npz", 9, 3, (_DISCORDANT,))
_REMEDY = Remedy("Let the terminal say its size:", "unset COLUMNS LINES")
_EXAMINED = Examined("size", Health.PROBLEM, "60×20", _REMEDY, ("a: b",))
_SECTION = Section("Terminal", (_EXAMINED, Examined("mouse", Health.FINE, "reports")))
_VALUES = np.array([[127, -3, 0], [1, 2, -127]], np.float32)  # which a byte each can tell apart
_STROKE = Stroke(1.5, True, [(1.0, 2.5), (3.0, 4.0)])
_ABLATION = Ablation(frozenset({(1, 2), (0, 5)}), frozenset({3}), 0.25, True, 7)
_DIGIT = ReadDigit(1, _SHARES[::-1], 0.25, (3, 4, 5, 6), _PIXELS)
_READING = Reading(0, _SHARES, _PIXELS, "/model.npz", 1.5, 0.25, 0.75, (_DIGIT, _DIGIT))

EXAMPLES: tuple[Any, ...] = (
    # A run's events
    events.Note("text", level="warning", time=1.5),
    events.Starting("loading PyTorch"),
    events.Loading(3, 10),
    events.Started(
        data="mnist", recipe="fast", architecture="small", parameters=1, epochs=12, steps_per_epoch=10, batch_size=4,
        train_count=40, validation_count=5, test_count=6, device="cpu", device_name="a processor", threads=2,
        precision="float32", seed=1, step=3, seconds=0.5, test_note="15% held out", folds=5, fine_tuned="/model.npz",
    ),
    events.Progress(
        epoch=1, step=2, losses=(1.0, 0.5), learning_rate=0.1, images_per_second=9.5, seconds=1.5, gradient_norm=2.5,
    ),
    events.DeviceState(device="cpu", load=0.5, memory_used=1, memory_total=2, temperature=None),
    events.EpochEnded(
        epoch=1, step=10, train_loss=0.5, validation_loss=0.4, validation_accuracy=0.9, learning_rate=0.1,
        epoch_seconds=2.5, seconds=3.5,
    ),
    events.Measured(0.99, 0.98),
    events.FoldEnded(fold=1, folds=5, accuracy=0.9, count=30, accuracy_before=0.8, fold_seconds=2.5),
    events.Saved(checkpoint="model.npz", step=3),
    events.Finished(
        test_accuracy=0.9, test_loss=0.1, test_count=10, validation_accuracy=0.8, best_validation_accuracy=0.85,
        best_epoch=2, seconds=9.5, checkpoint="model.npz", accuracy=0.9, fold_accuracies=(0.9, 0.8), spread=0.05,
        mean=0.85, confusion=((1, 2), (3, 4)), accuracy_before=0.7, mnist_before=0.99, mnist_after=0.98,
    ),
    events.Stopped(epoch=1, step=3, seconds=1.5, checkpoint="model.npz"),
    events.Failed(error="why", output="the last line"),
    # The reader
    protocol.ReadRequest(_PIXELS[:7], (Stroke(1.5, True, [(0.5, 1.5), (2.0, 3.25)]),), "bright", 7),
    protocol.ReadRequest(_PIXELS),
    protocol.LoadRequest("a run", "b"),
    protocol.Ready("/model.npz", "mnist, fast"),
    protocol.Loaded("/model.npz", "mnist, fast", 5),
    protocol.ReadAnswer(_READING, 6),
    protocol.RequestFailed("why", 8),
    _READING,
    _DIGIT,
    # The other children
    messages.CommandProgress(1, None),
    messages.CommandProgress(1, 2, "measuring", {"name": "mine"}),
    messages.Failure("why"),
    DataDetails(
        name="mine", title="Mine", images=12, source="/home/me/mine", state="ready", counts=(2, *(1,) * 9),
        test_counts=(1, *(0,) * 9), test_note="15% held out", samples=(Sample(3, _PIXELS),),
        skipped=(Skipped("3/x.png", "not an image"),), notes=("A note.",),
    ),
    Sample(3, _PIXELS),
    _ENTRY,
    results.Listed((_ENTRY,)),
    results.Added(_ENTRY),
    results.Imported(_ENTRY),
    results.Exported("mine", "/home/me/out", 12),
    results.Renamed("ours", "mine"),
    results.Removed("mine"),
    results.Downloaded("emnist"),
    FastWay("int8", "convolutions in int8", "the processor has no VNNI"),
    DeviceList((_DEVICE, _NO_DEVICE), (FastWay("fused", "one layer for two"),)),
    _DEVICE,
    _NO_DEVICE,
    Checkup(
        Path("/home/me/mine"), 12, (2, *(1,) * 9), (_FINDING,), (Amendment("3/a.png", None, 3, 1.5),), ("A note.",)
    ),
    _FINDING,
    _PICTURE,
    Scorecard("It is better.", (ScoredModel("/a.npz", "new", "title"),), (_ROW,), (Speed(2.0, 3.25, 200),)),
    _ROW,
    _EXAMPLE,
    Measurement(
        tuple(tuple(row + column for column in range(10)) for row in range(10)), "MNIST's test set", 0.25,
        (Confidences(0.5, 0.75, 3, 0.625, 0.5),), ((0.0, 0.5), (0.25, 0.75)), (_EXAMPLE,),
    ),
    _DISCORDANT,
    _COMPARED,
    PairedComparison("mine", "all its images", 12, _COMPARED, ComparedNetwork("/b.npz", 7, 1), 2),
    _REMEDY,
    _EXAMINED,
    _SECTION,
    Diagnosis((_SECTION,)),
    questions.LayersQuestion(id=3, image=_PIXELS, layer=1, map=2, ablation=_ABLATION),
    questions.LayersAnswer(
        id=3,
        is_last=False,
        maps=(_VALUES, _VALUES[:1]),
        votes=_VALUES,
        biases=_VALUES[0],
        kernel=_VALUES,
        parameters=1298,
    ),
    questions.GlassQuestion(id=7, image=_PIXELS, ablation=_ABLATION),
    questions.GlassAnswer(
        id=7,
        is_last=False,
        names=("layers.0.weight",),
        contributions=(_VALUES[:1],),
        probabilities=(0.75, 0.25),
    ),
    questions.WhyQuestion(id="a", image=_PIXELS),
    questions.WhyAnswer(
        id="a", is_last=False, answers=(3, 10), probabilities=(0.75, 0.25), saliency=_VALUES
    ),
    questions.FlipQuestion(id=4, image=_PIXELS, width=40, height=30, strokes=(_STROKE,)),
    questions.FlipAnswer(
        id=4, is_last=False, tried=64, total=2_000, stroke=_STROKE, digit=3, certainty=0.5, changed=_PIXELS
    ),
    questions.LikeQuestion(id=5, image=_PIXELS, most=3),
    questions.LikeAnswer(
        id=5, is_last=False, images=(_PIXELS,), labels=(7,), likeness=(0.5,), sources=("mnist",), compared=9, total=60
    ),
    questions.AblationQuestion(id=6, image=_PIXELS, ablation=_ABLATION),
    questions.AblationAnswer(
        id=6, is_last=False, probabilities=_SHARES, no_digit=0.25, accuracy=0.5, intact=0.75, images=1_000
    ),
    _ABLATION,
    # Files that one process writes and another reads
    TrainingConfig(data="mine", recipe="accurate", epochs=3, device="cpu", seed=5),
    Header(
        architecture="small", recipe="fast", data="mnist", parameters=1, epoch=1, epochs=2, step=3, seed=4,
        figures={"test_accuracy": 0.9}, calibration={"temperature": 1.5},
    ),
)  # fmt: skip

_BASES = (events.Event, Message, questions._Message, questions.Question, questions.Explanation)
_ONLY_WRITTEN = ("core.evaluation.evaluation", "core.evaluation.rejection", "core.config.calibration")
"""Modules whose figures are written for people's own programs, or are a part of a header; none of ours reads them."""


def _classes() -> Iterator[type]:
    """All classes of core that write or read themselves, but for the bases."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if module.name in ("core.__main__", *_ONLY_WRITTEN):
            continue
        for found in vars(import_module(module.name)).values():
            if isinstance(found, type) and found.__module__ == module.name and found not in _BASES:
                writes_or_reads = hasattr(found, "to_json") or hasattr(found, "from_json")
                if writes_or_reads:
                    yield found


def _name(of: type) -> str:
    return f"{of.__module__}.{of.__qualname__}"


def _same(one: Any, other: Any) -> bool:
    """Whether two messages hold the same, arrays too."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return type(one) is type(other) and all(_same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def test_no_message_is_forgotten() -> None:
    """A new class that writes itself needs an example above."""
    assert {_name(each) for each in _classes()} == {_name(type(each)) for each in EXAMPLES}


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_comes_back_as_it_was_sent(message: Any) -> None:
    """Through JSON text and back, each field with its value and its type."""
    read = events.from_json if isinstance(message, events.Event) else type(message).from_json
    assert _same(read(json.loads(json.dumps(message.to_json()))), message)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_an_example_has_something_in_each_field(message: Any) -> None:
    """A field that stays what it is by default would not be missed; one example of each class sets them all."""
    likewise = [each for each in EXAMPLES if type(each) is type(message)]
    for field in dataclasses.fields(message):
        if field.default is not dataclasses.MISSING and type(message) not in (TrainingConfig, Header):
            assert any(not _same(getattr(each, field.name), field.default) for each in likewise), field.name


_REQUESTS = [each for each in EXAMPLES if isinstance(each, protocol.Request)]
_ANSWERS = [each for each in EXAMPLES if isinstance(each, protocol.Answer)]
_LINES = (messages.CommandProgress, messages.Failure, DataDetails, DeviceList, Checkup, Scorecard, Diagnosis)
_SAID = [each for each in EXAMPLES if isinstance(each, _LINES) or type(each).__module__ == results.__name__]


@pytest.mark.parametrize("message", [*_REQUESTS, *_ANSWERS, *_SAID], ids=lambda message: type(message).__name__)
def test_a_line_is_told_from_others_by_its_fields(message: Any) -> None:
    """Both sides find the class that was sent; a child's result is neither progress nor a failure."""
    told = json.loads(json.dumps(message.to_json()))
    if message in _REQUESTS:
        assert type(protocol.request_of(told)) is type(message)
    elif message in _ANSWERS:
        assert type(protocol.answer_of(told)) is type(message)
    else:
        found = messages.from_json(told)
        assert type(found) is type(message) if type(message) in messages.KINDS.values() else found is None
