"""core.words: counts and shares as a person reads them."""

from __future__ import annotations

import pytest

from core.words import listed, percent, percent_of, plural, probability


def test_one_is_singular() -> None:
    """And only one: none and thousands are many, and words that do not end in s are given."""
    assert plural(1, "image") == "1 image"
    assert plural(0, "image") == "0 images"
    assert plural(2000, "image") == "2,000 images"
    assert plural(1, "batch", "batches") == "1 batch"
    assert plural(3, "image is", "images are") == "3 images are"


def test_things_are_listed() -> None:
    """With commas, and a word before the last."""
    assert listed([]) == ""
    assert listed([4]) == "4"
    assert listed([4, 7], "or") == "4 or 7"
    assert listed([4, 7, 9]) == "4, 7 and 9"
    assert listed([4, 7, 9], "or") == "4, 7 or 9"


def test_a_share_has_as_many_places_as_were_asked_for() -> None:
    """Two, since a tenth of a thousandth is an image of MNIST's test set."""
    assert percent(0.9923) == "99.23%"
    assert percent(1.0) == "100.00%"
    assert percent(0.1, 0) == "10%"


def test_no_probability_is_certain() -> None:
    """What is all but certain stays below 100%, however it is shown."""
    assert probability(1.0) == "99.9%"
    assert probability(0.97) == "97.0%"
    assert probability(1.0, 0) == "99%"
    assert probability(0.0) == "0.0%"


@pytest.mark.parametrize(
    ("part", "count", "shown"),
    [
        (9965, 10_000, "99.65%"),
        (99_999, 100_000, "99.99%"),
        (5, 5, "100.0%"),
        (3999, 4000, "99.97%"),
        (0, 7, "0.0%"),
        (1, 100_000, "0.01%"),
        (999, 999, "100.0%"),
        (998, 999, "99.9%"),
    ],
)
def test_only_what_is_whole_shows_as_whole(part: int, count: int, shown: str) -> None:
    """One that is missing of a hundred thousand is not rounded away."""
    assert percent_of(part, count) == shown
