"""core.evaluation.lesson: the verdict follows the figures, and says them."""

from __future__ import annotations

import dataclasses

import pytest
from run_story import finished

from core.evaluation.lesson import judged
from core.runs.events import Finished


def of(before: float, after: float, count: int, mnist: tuple[float, float] | None = (0.9975, 0.9972)) -> Finished:
    """The end of a fine-tuning with these accuracies."""
    end = dataclasses.replace(finished(6), accuracy_before=before, accuracy=after, test_count=count)
    if mnist is None:
        return end
    return dataclasses.replace(end, mnist_before=mnist[0], mnist_after=mnist[1])


@pytest.mark.parametrize(
    ("end", "keeps", "words"),
    [
        (
            of(32 / 33, 32 / 33, 33, (0.9975, 0.9967)),
            False,
            "No measurable gain (96.97% → 96.97%, MNIST −0.08 points).",
        ),
        (of(32 / 33, 31 / 33, 33), False, "It reads 1 drawing fewer right"),
        (
            of(0.5, 0.9, 100),
            True,
            "It reads 40 more of 100 drawings right (50.00% → 90.00%, MNIST −0.03 points), which is",
        ),
        (of(32 / 33, 1.0, 33), True, "which may be chance"),
        (of(0.5, 0.9, 100, (0.9975, 0.99)), False, "MNIST −0.75 points), but it has forgotten other hands."),
        (of(0.5, 0.9, 100, None), True, "(50.00% → 90.00%), which is more than chance."),
        (of(0.5, 0.9, 100, (0.99, 0.9905)), True, "MNIST +0.05 points"),
        (of(0.5, 0.9, 100, (0.99, 0.99)), True, "MNIST ±0.00 points"),
    ],
)
def test_the_verdict_follows_the_figures(end: Finished, keeps: bool, words: str) -> None:
    """What is not better is not recommended, and neither is what has forgotten MNIST."""
    found = judged(end)
    assert found is not None and found.keeps == keeps and words in found.words


def test_without_a_comparison_there_is_no_verdict() -> None:
    """A run that was not cross-validated, or began with fresh weights."""
    assert judged(finished(6)) is None
    assert judged(dataclasses.replace(finished(6), accuracy=0.9)) is None
