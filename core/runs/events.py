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

from core.printable import abridged
from core.runs import event_fields
from core.runs.event_fields import (
    Best,
    Count,
    Degrees,
    Epochs,
    Folds,
    Load,
    Loss,
    Moment,
    Norm,
    Ordinal,
    Rate,
    Seconds,
    Share,
    Text,
)


@dataclass(frozen=True)
class Event:
    """Base of all events."""

    kind: ClassVar[str]

    time: Moment = field(default_factory=time.time, kw_only=True)
    """When it happened, in Unix seconds."""

    def __post_init__(self) -> None:
        # Written and read alike: a path or an error may hold what no terminal and no file of UTF-8 can.
        for name in _TEXTS.get(type(self), ()):
            object.__setattr__(self, name, event_fields.clean(getattr(self, name)))

    @property
    def contradiction(self) -> str:
        """How its fields contradict one another, as only damage makes them; empty if they do not."""
        return ""

    def to_json(self) -> dict[str, Any]:
        """The event as one JSON object."""
        return {"event": self.kind, **dataclasses.asdict(self)}


@dataclass(frozen=True)
class Note(Event):
    """Something that the user should know: a fallback, a split that was made, files that were skipped."""

    kind = "note"
    text: Text
    level: Text = "information"
    """`information` or `warning`."""


@dataclass(frozen=True)
class Starting(Event):
    """The next part of what comes before training has begun; each takes from a moment to a minute."""

    kind = "starting"
    doing: Text
    """Such as `loading PyTorch`."""


@dataclass(frozen=True)
class Loading(Event):
    """The data set is being read, which takes a while if many images are to be decoded."""

    kind = "loading"
    done: Count
    """Images processed."""
    total: Count
    """Images to process; 0 while that is unknown."""


@dataclass(frozen=True)
class Started(Event):
    """Training begins, or is resumed."""

    kind = "started"
    data: Text
    """The data set's name, or its path as given."""
    recipe: Text
    architecture: Text
    parameters: Count
    epochs: Ordinal
    steps_per_epoch: Count
    batch_size: Count
    train_count: Count
    validation_count: Count
    test_count: Count
    device: Text
    """`cpu`, `mps` or `cuda:N`."""
    device_name: Text
    threads: Count
    """CPU threads that one step uses."""
    precision: Text
    """`float32` or `bfloat16`."""
    seed: Count
    step: Count = 0
    """Steps already done: 0 at first, more when a run is resumed. Later steps reported before this event are void."""
    seconds: Seconds = 0.0
    """Training time already spent, in seconds."""
    test_note: Text = ""
    """Where the test images come from, such as `MNIST's test set` or `15% of each class, held out`."""
    folds: Folds = 0
    """Folds of a cross-validation. `epochs` then counts those of the training on all images and of one per fold."""
    fine_tuned: Text = ""
    """The checkpoint whose weights it began with; empty for fresh weights."""

    @property
    def contradiction(self) -> str:
        if self.epochs % (self.folds + 1):
            return f"{self.epochs:,} epochs, which is not a multiple of its {self.folds:,} folds and the whole"
        return ""

    def fold_of(self, epoch: int) -> int:
        """The fold that an epoch, from 1, belongs to: 1 to `folds`, or 0 for the training on all images."""
        return (epoch - 1) * (self.folds + 1) // self.epochs if self.folds and self.epochs > 0 else 0


@dataclass(frozen=True)
class Progress(Event):
    """Some steps are done. Each step's loss is in exactly one of these events."""

    kind = "progress"
    epoch: Ordinal
    """The epoch in progress, from 1."""
    step: Count
    """Steps done since the run began; `losses` belong to the last `len(losses)` of them."""
    losses: tuple[Loss, ...]
    learning_rate: Rate
    images_per_second: Rate
    seconds: Seconds
    """Training time since the run began, in seconds."""
    gradient_norm: Norm | None = None
    """The L2 norm of the last of these steps' gradient, over all weights; None if it was not measured."""

    @property
    def contradiction(self) -> str:
        if not 1 <= len(self.losses) <= self.step:
            return f"{len(self.losses):,} losses of {self.step:,} steps"
        return ""


@dataclass(frozen=True)
class DeviceState(Event):
    """How busy the device is; a field is None if the machine does not report it."""

    kind = "device"
    device: Text
    load: Load | None
    """Utilisation of the device, 0 to 1; for the CPU, of all its cores."""
    memory_used: Count | None
    """Bytes: on CUDA the memory in use on the card, otherwise this process's resident memory."""
    memory_total: Count | None
    temperature: Degrees | None
    """Degrees Celsius."""


@dataclass(frozen=True)
class EpochEnded(Event):
    """An epoch is done, and the validation images were read."""

    kind = "epoch"
    epoch: Ordinal
    step: Count
    train_loss: Loss
    """Mean cross-entropy over the epoch's batches, augmented and smoothed as trained."""
    validation_loss: Loss
    validation_accuracy: Share
    """0 to 1, on images held out of the training set."""
    learning_rate: Rate
    epoch_seconds: Seconds
    seconds: Seconds


@dataclass(frozen=True)
class Measured(Event):
    """How fine-tuning on all images changed the accuracy on MNIST, which it should not forget."""

    kind = "measured"
    mnist_before: Share
    """Accuracy of the starting weights on MNIST's test set, 0 to 1."""
    mnist_after: Share
    """Accuracy of the new weights on it."""


@dataclass(frozen=True)
class FoldEnded(Event):
    """One fold of a cross-validation was read by a network that learned from the others."""

    kind = "fold"
    fold: Ordinal
    """From 1."""
    folds: Folds
    accuracy: Share
    """0 to 1."""
    count: Count
    """Images in the fold."""
    accuracy_before: Share | None
    """Accuracy of the starting weights on the same images; None if these were fresh."""
    fold_seconds: Seconds


@dataclass(frozen=True)
class Saved(Event):
    """A checkpoint was written."""

    kind = "saved"
    checkpoint: Text
    step: Count


@dataclass(frozen=True)
class Finished(Event):
    """All epochs are done, and the last weights were measured once on the test images.

    In a cross-validation the test images are all images, each read by the one network that had not learned from it.
    """

    kind = "finished"
    test_accuracy: Share
    test_loss: Loss
    test_count: Count
    validation_accuracy: Share
    """Of the last epoch, 0 to 1."""
    best_validation_accuracy: Best
    best_epoch: Epochs
    seconds: Seconds
    """Training time in seconds, including the evaluation after each epoch."""
    checkpoint: Text
    accuracy: Share | None = None
    """Accuracy over all folds, 0 to 1, the same as `test_accuracy`. Without folds it is None, as are `spread`, `mean`
    and `accuracy_before`; `fold_accuracies` and `confusion` are empty."""
    fold_accuracies: tuple[Share, ...] = ()
    spread: Share | None = None
    """Standard deviation of the folds' accuracies; their mean is `mean`."""
    mean: Share | None = None
    confusion: tuple[tuple[Count, ...], ...] = ()
    """(10, 10): images of digit [row] read as digit [column]; empty without folds."""
    accuracy_before: Share | None = None
    """Accuracy of the starting weights on the same images; None if these were fresh."""
    mnist_before: Share | None = None
    """Accuracy on MNIST's test set before fine-tuning, 0 to 1; None without fine-tuning."""
    mnist_after: Share | None = None


@dataclass(frozen=True)
class Stopped(Event):
    """The run stopped on request and can be resumed."""

    kind = "stopped"
    epoch: Epochs
    step: Count
    seconds: Seconds
    checkpoint: Text


@dataclass(frozen=True)
class Failed(Event):
    """The run ended with an error."""

    kind = "failed"
    error: Text
    output: Text = ""
    """The last lines that its process printed; empty if they are not known."""


_KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        Note,
        Starting,
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


_FIELDS: dict[str, dict[str, str]] = {
    kind: {each.name: str(each.type) for each in dataclasses.fields(cls)} for kind, cls in _KINDS.items()
}
"""The fields of each kind with their annotations, looked up only once because a run has tens of thousands of lines."""
_REQUIRED = {
    kind: [
        each.name
        for each in dataclasses.fields(cls)
        if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    ]
    for kind, cls in _KINDS.items()
}
_TEXTS = {
    cls: [name for name, annotation in _FIELDS[kind].items() if annotation == "Text"] for kind, cls in _KINDS.items()
}


def from_json(data: object) -> Event | None:
    """The event in one JSON object; None for a kind that a later version may have added.

    Fields of a later version are left aside. Raises ValueError if it is not an object, or if a field of a known kind is
    missing, has another type or is out of bounds.
    """
    kind = data.get("event") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(kind, str):
        raise ValueError(f"{abridged(data)} is not an event")
    if (cls := _KINDS.get(kind)) is None:
        return None
    values: dict[str, Any] = {}
    for name, annotation in _FIELDS[kind].items():
        if name in data:
            try:
                values[name] = event_fields.parsed(annotation, data[name])
            except ValueError as error:
                raise ValueError(f"{name} of a {kind!r} event is {abridged(data[name])}; it must be {error}") from None
    if missing := [name for name in _REQUIRED[kind] if name not in values]:
        raise ValueError(f"a {kind!r} event lacks {', '.join(missing)}")
    event = cls(**values)
    if contradiction := event.contradiction:
        raise ValueError(f"a {kind!r} event has {contradiction}")
    return event
