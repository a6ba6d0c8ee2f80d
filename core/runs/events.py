"""The events that a training run reports as it goes: the lines of its `events.jsonl`.

Each event is a frozen dataclass, and one JSON object per line: `{"event": NAME, "time": UNIX SECONDS, …fields}`.
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
    """Something that the user should know: a fallback, a split that was made, files that were skipped."""

    kind = "note"
    text: str
    level: str = "information"
    """`information` or `warning`."""


@dataclass(frozen=True)
class Loading(Event):
    """The data set is being read, which takes a while if many images are to be decoded."""

    kind = "loading"
    done: int
    """Images processed."""
    total: int
    """Images to process; 0 while that is unknown."""


@dataclass(frozen=True)
class Started(Event):
    """Training begins, or is resumed."""

    kind = "started"
    data: str
    """The data set's name, or its path as given."""
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
    """Steps already done: 0 at first, more when a run is resumed. Later steps reported before this event are void."""
    seconds: float = 0.0
    """Training time already spent, in seconds."""
    test_note: str = ""
    """Where the test images come from, such as `MNIST's test set` or `15% of each class, held out`."""
    folds: int = 0
    """Folds of a cross-validation. `epochs` then counts those of the training on all images and of one per fold."""
    fine_tuned: str = ""
    """The checkpoint whose weights it began with; empty for fresh weights."""

    def fold_of(self, epoch: int) -> int:
        """The fold that an epoch, from 1, belongs to: 1 to `folds`, or 0 for the training on all images."""
        return (epoch - 1) * (self.folds + 1) // self.epochs if self.folds and self.epochs > 0 else 0


@dataclass(frozen=True)
class Progress(Event):
    """Some steps are done. Each step's loss is in exactly one of these events."""

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
    """How busy the device is; a field is None if the machine does not report it."""

    kind = "device"
    device: str
    load: float | None
    """Utilisation of the device, 0 to 1; for the CPU, of all its cores."""
    memory_used: int | None
    """Bytes: on CUDA the memory in use on the card, otherwise this process's resident memory."""
    memory_total: int | None
    temperature: float | None
    """Degrees Celsius."""


@dataclass(frozen=True)
class EpochEnded(Event):
    """An epoch is done, and the validation images were read."""

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
    """How fine-tuning on all images changed the accuracy on MNIST, which it should not forget."""

    kind = "measured"
    mnist_before: float
    """Accuracy of the starting weights on MNIST's test set, 0 to 1."""
    mnist_after: float
    """Accuracy of the new weights on it."""


@dataclass(frozen=True)
class FoldEnded(Event):
    """One fold of a cross-validation was read by a network that learned from the others."""

    kind = "fold"
    fold: int
    """From 1."""
    folds: int
    accuracy: float
    """0 to 1."""
    count: int
    """Images in the fold."""
    accuracy_before: float | None
    """Accuracy of the starting weights on the same images; None if these were fresh."""
    fold_seconds: float


@dataclass(frozen=True)
class Saved(Event):
    """A checkpoint was written."""

    kind = "saved"
    checkpoint: str
    step: int


@dataclass(frozen=True)
class Finished(Event):
    """All epochs are done, and the last weights were measured once on the test images.

    In a cross-validation the test images are all images, each read by the one network that had not learned from it.
    """

    kind = "finished"
    test_accuracy: float
    test_loss: float
    test_count: int
    validation_accuracy: float
    """Of the last epoch, 0 to 1."""
    best_validation_accuracy: float
    best_epoch: int
    seconds: float
    """Training time in seconds, including the evaluation after each epoch."""
    checkpoint: str
    accuracy: float | None = None
    """Accuracy over all folds, 0 to 1, the same as `test_accuracy`. Without folds it is None, as are `spread`, `mean`
    and `accuracy_before`; `fold_accuracies` and `confusion` are empty."""
    fold_accuracies: tuple[float, ...] = ()
    spread: float | None = None
    """Standard deviation of the folds' accuracies; their mean is `mean`."""
    mean: float | None = None
    confusion: tuple[tuple[int, ...], ...] = ()
    """(10, 10): images of digit [row] read as digit [column]; empty without folds."""
    accuracy_before: float | None = None
    """Accuracy of the starting weights on the same images; None if these were fresh."""
    mnist_before: float | None = None
    """Accuracy on MNIST's test set before fine-tuning, 0 to 1; None without fine-tuning."""
    mnist_after: float | None = None


@dataclass(frozen=True)
class Stopped(Event):
    """The run stopped on request and can be resumed."""

    kind = "stopped"
    epoch: int
    step: int
    seconds: float
    checkpoint: str


@dataclass(frozen=True)
class Failed(Event):
    """The run ended with an error."""

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
"""The types that JSON may give for each annotation of an event's fields; a bool does not count as a number."""

_FIELDS: dict[str, dict[str, frozenset[type]]] = {
    kind: {each.name: _TYPES[str(each.type)] for each in dataclasses.fields(cls)} for kind, cls in _KINDS.items()
}
"""The fields of each kind with their types, looked up only once because a run has tens of thousands of lines."""


def from_json(data: Mapping[str, Any]) -> Event | None:
    """The event in one JSON object; None for a kind that a later version may have added.

    Raises ValueError if it is not an object, or if a field of a known kind is missing or has another type.
    """
    kind = data.get("event") if isinstance(data, Mapping) else None
    if not isinstance(kind, str):
        raise ValueError(f"{data!r:.40} is not an event")
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
                raise ValueError(f"{name} of a {kind!r} event must all be numbers")
    if "confusion" in values:
        rows = values["confusion"]
        if not all(type(row) is list and all(type(each) is int for each in row) for row in rows):
            raise ValueError(f"confusion of a {kind!r} event is not a table of whole numbers")
        values["confusion"] = tuple(tuple(row) for row in rows)
    try:
        return cls(**values)
    except TypeError as error:
        raise ValueError(f"a {cls.kind!r} event lacks a field: {error}") from error
