"""Whether a network that was fine-tuned on somebody's drawings is worth keeping. Knows no torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.evaluation.significance import SIGNIFICANT, least_certain
from core.runs.events import Finished
from core.words import percent, plural

_FORGOTTEN = 0.003
"""Loss of accuracy on MNIST's test set, 0 to 1, from which on the network has forgotten too much: some three times what
two equally good trainings differ by."""


@dataclass(frozen=True)
class Lesson:
    """The verdict on a fine-tuning."""

    keeps: bool
    """Whether the new network is the one to keep."""
    words: str
    """Why, in a sentence."""


def judged(finished: Finished) -> Lesson | None:
    """The verdict; None if it is not known how the drawings were read before and after."""
    before, after, count = finished.accuracy_before, finished.accuracy, finished.test_count
    if before is None or after is None or not count:
        return None
    was, now = round(before * count), round(after * count)
    figures = f"{percent(before)} → {percent(after)}"
    mnist, forgotten = _mnist(finished)
    if now <= was:
        loss = "No measurable gain" if now == was else f"It reads {plural(was - now, 'drawing')} fewer right"
        return Lesson(False, f"{loss} ({figures}{mnist}).")
    gain = f"It reads {now - was} more of {plural(count, 'drawing')} right ({figures}{mnist})"
    if forgotten:
        return Lesson(False, f"{gain}, but it has forgotten other hands.")
    if least_certain(now, was, count) < SIGNIFICANT:
        return Lesson(True, f"{gain}, which is more than chance.")
    return Lesson(True, f"{gain}, which may be chance: more drawings would tell.")


def _mnist(finished: Finished) -> tuple[str, bool]:
    """The change on MNIST in words, and whether too much was forgotten."""
    if finished.mnist_before is None or finished.mnist_after is None:
        return "", False
    change = finished.mnist_after - finished.mnist_before
    sign = "+" if change > 0 else "−" if round(100 * change, 2) < 0 else "±"
    return f", MNIST {sign}{abs(100 * change):.2f} points", change <= -_FORGOTTEN
