"""The events of a run that has every kind of event in it."""

from __future__ import annotations

from collections.abc import Iterator

from core.runs import events


def story() -> Iterator[events.Event]:
    """A fine-tuning with two folds, from its first note to its end."""
    yield events.Note("images were skipped", level="warning", time=1.0)
    yield events.Loading(5, 30, time=2.0)
    yield events.Started(
        data="/home/ada/digits", recipe="fine-tune", architecture="small", parameters=1000, epochs=3, steps_per_epoch=4,
        batch_size=8, train_count=30, validation_count=5, test_count=5, device="cpu", device_name="a processor",
        threads=2, precision="float32", seed=1, folds=2, fine_tuned="/model.npz", test_note="15% held out", time=3.0,
    )  # fmt: skip
    yield events.DeviceState("cpu", 0.5, 10**9, 8 * 10**9, 55.5, time=4.0)
    for epoch in (1, 2, 3):
        for step in (4 * epoch - 2, 4 * epoch):
            yield events.Progress(epoch, step, (1.5 / step, 1.25 / step), 0.01, 900.0, step / 2, time=5.0 + step)
        yield events.EpochEnded(epoch, 4 * epoch, 0.5, 0.4, 0.9, 0.01, 2.0, 2.0 * epoch, time=6.0 + epoch)
        if epoch > 1:
            yield events.FoldEnded(epoch - 1, 2, 0.9, 15, 0.8, 2.0, time=7.0 + epoch)
    yield events.Measured(0.99, 0.98, time=20.0)
    yield events.Saved("model.npz", 12, time=21.0)
    yield events.Finished(
        test_accuracy=0.9, test_loss=0.5, test_count=30, validation_accuracy=0.9, best_validation_accuracy=0.9,
        best_epoch=3, seconds=6.0, checkpoint="model.npz", accuracy=0.9, fold_accuracies=(0.8, 1.0), spread=0.1,
        mean=0.9, confusion=((3,) * 10,) * 10, accuracy_before=0.8, mnist_before=0.99, mnist_after=0.98, time=22.0,
    )  # fmt: skip
