"""Holding images out: by class, the same ones each time, never the last one of a class."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.splits import folds, split


def test_each_index_is_kept_or_held_out_once() -> None:
    """Kept and held-out indices are ascending and together all indices."""
    labels = np.random.default_rng(0).integers(0, 10, 997).astype(np.uint8)
    kept, held = split(labels, 0.15, 0)
    assert np.array_equal(np.sort(np.concatenate([kept, held])), np.arange(997))
    assert (np.diff(kept) > 0).all() and (np.diff(held) > 0).all()


def test_each_class_gives_the_same_fraction() -> None:
    """Of 40 and of 400 images 15% are held out, whatever the order of the labels."""
    labels = np.array([3] * 400 + [8] * 40, np.uint8)[np.random.default_rng(1).permutation(440)]
    _, held = split(labels, 0.15, 0)
    assert np.bincount(labels[held], minlength=10)[[3, 8]].tolist() == [60, 6]


@pytest.mark.parametrize(("count", "held_out"), [(1, 0), (2, 1), (3, 1), (7, 1), (10, 2)])
def test_a_small_class_is_never_emptied(count: int, held_out: int) -> None:
    """One image stays in training; from two on at least one is held out and at least one is kept."""
    kept, held = split(np.full(count, 4, np.uint8), 0.15, 0)
    assert (len(kept), len(held)) == (count - held_out, held_out)


def test_high_fractions_leave_one_image_of_each_class() -> None:
    """Even 99% leaves something to train on."""
    labels = np.repeat(np.arange(10, dtype=np.uint8), 5)
    kept, _ = split(labels, 0.99, 0)
    assert np.bincount(labels[kept]).tolist() == [1] * 10


def test_the_seed_fixes_the_draw_and_another_seed_draws_others() -> None:
    """The same images are held out in every run."""
    labels = np.repeat(np.arange(10, dtype=np.uint8), 50)
    assert np.array_equal(split(labels, 0.15, 7)[1], split(labels, 0.15, 7)[1])
    assert not np.array_equal(split(labels, 0.15, 7)[1], split(labels, 0.15, 8)[1])


def test_images_of_one_class_leave_the_draw_of_the_others() -> None:
    """Adding nines at the end holds out the same images of the other digits."""
    labels = np.repeat(np.arange(10, dtype=np.uint8), 20)
    before = split(labels, 0.15, 0)[1]
    after = split(np.append(labels, np.full(30, 9, np.uint8)), 0.15, 0)[1]
    others = before[labels[before] != 9]
    assert np.array_equal(others, after[after < 180])


def test_nothing_is_held_out_of_nothing_or_by_zero() -> None:
    """No labels and a fraction of zero both hold out no image."""
    assert [len(part) for part in split(np.zeros(0, np.uint8), 0.15, 0)] == [0, 0]
    assert [len(part) for part in split(np.zeros(5, np.uint8), 0, 0)] == [5, 0]


@pytest.mark.parametrize("fraction", [-0.1, 1.0, 2.0])
def test_a_fraction_outside_its_bounds_is_refused(fraction: float) -> None:
    """A fraction of one or more would leave nothing."""
    with pytest.raises(ValueError, match="fraction"):
        split(np.zeros(5, np.uint8), fraction, 0)


def test_folds_deal_out_each_class_evenly() -> None:
    """Of every class each fold gets as many as any other, give or take one; and so of all images."""
    labels = np.random.default_rng(2).integers(0, 10, 249).astype(np.uint8)
    fold_of = folds(labels, 5, 0)
    for digit in range(10):
        sizes = np.bincount(fold_of[labels == digit], minlength=5)
        assert sizes.max() - sizes.min() <= 1
    sizes = np.bincount(fold_of, minlength=5)
    assert sizes.max() - sizes.min() <= 1


def test_folds_follow_the_seed() -> None:
    """The same seed gives the same folds, another one others."""
    labels = np.repeat(np.arange(10, dtype=np.uint8), 20)
    assert np.array_equal(folds(labels, 5, 7), folds(labels, 5, 7))
    assert not np.array_equal(folds(labels, 5, 7), folds(labels, 5, 8))


def test_copies_of_an_image_share_a_fold() -> None:
    """However many there are, and the classes stay as even as that allows."""
    labels = np.repeat(np.arange(10, dtype=np.uint8), 30)
    groups = np.arange(300)
    groups[0:30:3] = 0  # a third of the zeros are one image
    groups[100] = groups[101] = groups[250] = 1000  # one image, under two classes
    fold_of = folds(labels, 5, 0, groups)
    for group in (0, 1000):
        assert len(set(fold_of[groups == group])) == 1
    assert np.bincount(fold_of[labels == 0], minlength=5).tolist().count(5) == 4 or (
        np.bincount(fold_of[labels == 0], minlength=5).min() >= 5
    )


def test_fewer_images_than_folds_are_refused() -> None:
    """Copies of one image count once."""
    with pytest.raises(ValueError, match="3 different images cannot be divided into 5"):
        folds(np.zeros(9, np.uint8), 5, 0, np.arange(9) % 3)


def test_strokes_that_all_look_alike_are_dealt_out() -> None:
    """Ten 1s that count as copies of one another still leave 1s to learn from, whichever part is held out."""
    labels = np.repeat(np.array([1, 7], np.uint8), 10)
    groups = np.array([0] * 10 + list(range(1, 11)))
    fold_of = folds(labels, 3, 0, groups)
    assert all((labels[fold_of != fold] == 1).sum() >= 6 for fold in range(3))
