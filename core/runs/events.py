"""What a training run reports while it goes: the lines of its `events.jsonl`.

Each event is a frozen dataclass and one JSON object a line, `{"event": NAME, "time": UNIX SECONDS, …fields}`.
The interface, `watch` and a person with `tail -f` read the same lines. Knows neither torch nor files.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Base of all events."""

    kind: ClassVar[str]

    time: float = field(default_factory=time.time, kw_only=True)
    """When it happened, in Unix seconds."""

    def to_json(self) -> dict[str, Any]:
        """The event as one JSON object."""
        return {"event": self.kind, **dataclasses.asdict(self)}


@dataclass(frozen=True)
class Note(Event):
    """Something that a person should know: a fallback, a split that was made, files that were skipped."""

    kind = "note"
    text: str
    level: str = "information"
    """`information` or `warning`."""


@dataclass(frozen=True)
class Loading(Event):
    """The data set is being read, which takes a while where many images are to be decoded."""

    kind = "loading"
    done: int
    """Images looked at."""
    total: int
    """Images to look at; 0 while it is not known."""


@dataclass(frozen=True)
class Started(Event):
    """Training begins, or goes on."""

    kind = "started"
    data: str
    """The data set's name, or the path that was given."""
    recipe: str
    architecture: str
    parameters: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    train_count: int
    validation_count: int
    test_count: int
    device: str
    """`cpu`, `mps` or `cuda:N`."""
    device_name: str
    threads: int
    """CPU threads that one step uses."""
    precision: str
    """`float32` or `bfloat16`."""
    seed: int
    step: int = 0
    """Steps already done: 0 at first, more where a run goes on; later steps seen before are void."""
    seconds: float = 0.0
    """Training time already spent, in seconds."""
    test_note: str = ""
    """Where the test images come from, such as `MNIST's test set` or `15% of each class, held out`."""
    folds: int = 0
    """Parts of a cross-validation: the epochs are those of a training on all images and then of one for each part."""
    fine_tuned: str = ""
    """The checkpoint whose weights it began with; empty where they were fresh."""

    def fold_of(self, epoch: int) -> int:
        """Which fold an epoch, from 1, belongs to: 1 to `folds`, or 0 for the training on all images."""
        return (epoch - 1) * (self.folds + 1) // self.epochs if self.folds and self.epochs > 0 else 0


@dataclass(frozen=True)
class Progress(Event):
    """Steps were done. Each step's loss is in exactly one of these."""

    kind = "progress"
    epoch: int
    """The epoch in progress, from 1."""
    step: int
    """Steps done since the run began; `losses` belong to the last `len(losses)` of them."""
    losses: tuple[float, ...]
    learning_rate: float
    images_per_second: float
    seconds: float
    """Training time since the run began, in seconds."""


@dataclass(frozen=True)
class DeviceState(Event):
    """How busy the device is; a field is None where the machine does not tell."""

    kind = "device"
    device: str
    load: float | None
    """Use of the device, 0 to 1; for the CPU, of all its cores."""
    memory_used: int | None
    """Bytes: on CUDA those in use on the card, else this process's resident memory."""
    memory_total: int | None
    temperature: float | None
    """Degrees Celsius."""


@dataclass(frozen=True)
class EpochEnded(Event):
    """One pass over the training images is done and the validation images were read."""

    kind = "epoch"
    epoch: int
    step: int
    train_loss: float
    """Mean cross-entropy over the epoch's batches, augmented and smoothed as trained."""
    validation_loss: float
    validation_accuracy: float
    """0 to 1, on images held out of the training set."""
    learning_rate: float
    epoch_seconds: float
    seconds: float


@dataclass(frozen=True)
class Measured(Event):
    """What fine-tuning on all images did to MNIST, which it is not to forget."""

    kind = "measured"
    mnist_before: float
    """Accuracy on MNIST's test set of the starting weights, 0 to 1."""
    mnist_after: float
    """That of the new weights."""


@dataclass(frozen=True)
class FoldEnded(Event):
    """One part of a cross-validation was read by a network that learned from the others."""

    kind = "fold"
    fold: int
    """From 1."""
    folds: int
    accuracy: float
    """0 to 1."""
    count: int
    """Images in the part."""
    accuracy_before: float | None
    """Of the same images, with the starting weights; None where these were fresh."""
    fold_seconds: float


@dataclass(frozen=True)
class Saved(Event):
    """A checkpoint that can be read was written."""

    kind = "saved"
    checkpoint: str
    step: int


@dataclass(frozen=True)
class Finished(Event):
    """All epochs are done; the last weights were measured once on the test images.

    Of a cross-validation the test images are all images, each read by the one network that had not seen it.
    """

    kind = "finished"
    test_accuracy: float
    test_loss: float
    test_count: int
    validation_accuracy: float
    """That of the last epoch."""
    best_validation_accuracy: float
    best_epoch: int
    seconds: float
    """Training time, evaluation after each epoch included, in seconds."""
    checkpoint: str
    accuracy: float | None = None
    """Over all folds, 0 to 1, the same as `test_accuracy`; None without folds, as are the next four."""
    fold_accuracies: tuple[float, ...] = ()
    spread: float | None = None
    """Standard deviation of the folds' accuracies; their mean is `mean`."""
    mean: float | None = None
    confusion: tuple[tuple[int, ...], ...] = ()
    """(10, 10): images of digit [row] read as digit [column]; empty without folds."""
    accuracy_before: float | None = None
    """Of the same images with the starting weights; None where these were fresh."""
    mnist_before: float | None = None
    """Accuracy on MNIST's test set before fine-tuning, 0 to 1; None where nothing was fine-tuned."""
    mnist_after: float | None = None


@dataclass(frozen=True)
class Stopped(Event):
    """The run was asked to stop and can be resumed."""

    kind = "stopped"
    epoch: int
    step: int
    seconds: float
    checkpoint: str


@dataclass(frozen=True)
class Failed(Event):
    """The run ended by an error."""

    kind = "failed"
    error: str


_KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        Note,
        Loading,
        Started,
        Progress,
        DeviceState,
        EpochEnded,
        Measured,
        FoldEnded,
        Saved,
        Finished,
        Stopped,
        Failed,
    )
}


_NUMBER = frozenset({int, float})
_TYPES: dict[str, frozenset[type]] = {
    "str": frozenset({str}),
    "int": frozenset({int}),
    "float": _NUMBER,
    "int | None": frozenset({int, type(None)}),
    "float | None": _NUMBER | {type(None)},
    "tuple[float, ...]": frozenset({list}),
    "tuple[tuple[int, ...], ...]": frozenset({list}),
}
"""What JSON may give for each annotation of an event's fields; a bool is no number here."""

_FIELDS: dict[str, dict[str, frozenset[type]]] = {
    kind: {each.name: _TYPES[str(each.type)] for each in dataclasses.fields(cls)} for kind, cls in _KINDS.items()
}
"""Of each kind the fields with their types: looked up once, since a run has tens of thousands of lines."""


def from_json(data: Mapping[str, Any]) -> Event | None:
    """The event of one JSON object; None for a kind that a later version may have added.

    Raises ValueError where it is no object, or a field of a known kind is missing or of another type.
    """
    kind = data.get("event") if isinstance(data, Mapping) else None
    if not isinstance(kind, str):
        raise ValueError(f"{data!r:.40} is no event")
    if (cls := _KINDS.get(kind)) is None:
        return None
    values: dict[str, Any] = {}
    for name, types in _FIELDS[kind].items():
        if name in data:
            value = data[name]
            if type(value) not in types:
                raise ValueError(f"{name} of a {kind!r} event is {value!r:.40}, of type {type(value).__name__}")
            values[name] = value
    for name in ("losses", "fold_accuracies"):
        if name in values:
            numbers = values[name] = tuple(values[name])
            if not _NUMBER.issuperset(map(type, numbers)):
                raise ValueError(f"{name} of a {kind!r} event are not all numbers")
    if "confusion" in values:
        rows = values["confusion"]
        if not all(type(row) is list and all(type(each) is int for each in row) for row in rows):
            raise ValueError(f"confusion of a {kind!r} event is no table of whole numbers")
        values["confusion"] = tuple(tuple(row) for row in rows)
    try:
        return cls(**values)
    except TypeError as error:
        raise ValueError(f"a {cls.kind!r} event lacks a field: {error}") from error
