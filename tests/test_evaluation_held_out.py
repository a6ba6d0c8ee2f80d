"""core.evaluation.ancestry and core.evaluation.held_out: what a checkpoint learned from, and which images count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages as Images
from image_folder import clean
from trained import trained

from core.data import catalogue, datasets
from core.data.collection import Collection, LabelledImages
from core.data.stage import stages
from core.evaluation import ancestry
from core.evaluation.ancestry import Learned
from core.evaluation.held_out import EVERY, comparison


@pytest.fixture
def folder(tmp_path: Path, mnist_part: Images) -> Path:
    """Twelve images of each digit."""
    return clean(tmp_path / "mine", mnist_part)


def _learned(path: Path, folder: Path) -> Learned | None:
    return ancestry.learned(path, catalogue.find(str(folder)))


def test_a_set_is_known_by_its_path_and_by_its_name(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a path that leads there another way; another set is none that was learned."""
    catalogue.add(folder)
    monkeypatch.chdir(tmp_path)
    for data in (str(folder), "mine", "./mine", f"{folder}/../mine"):
        found = _learned(trained(tmp_path / "a.npz", configuration={"data": data}), folder)
        assert found is not None and found.by_itself
    for another in ("mnist", "", None, 5, "no/such"):
        assert _learned(trained(tmp_path / "a.npz", configuration={"data": another}), folder) is None


def test_what_a_checkpoint_goes_back_to_counts_too(tmp_path: Path, folder: Path) -> None:
    """As far as it is still there; a circle is no endless search."""
    base = trained(tmp_path / "base.npz", configuration={"data": str(folder), "fine_tune": str(tmp_path / "b.npz")})
    later = {"data": "elsewhere", "recipe": "fine-tune", "fine_tune": str(base)}
    path = trained(tmp_path / "b.npz", configuration=later, figures={"test_accuracy": 0.9}, images=50)
    found = _learned(path, folder)
    assert found is not None and not found.by_itself and found.figure is None
    base.unlink()
    assert _learned(path, folder) is None


def test_the_teachers_of_a_checkpoint_count_too(tmp_path: Path, folder: Path) -> None:
    """Each of several teachers, and what those go back to."""
    first = trained(tmp_path / "first.npz", configuration={"data": str(folder)})
    tuned = trained(tmp_path / "tuned.npz", configuration={"data": "elsewhere", "fine_tune": str(first)})
    teachers = [str(trained(tmp_path / "other.npz")), str(tmp_path / "gone.npz"), str(tuned)]
    found = _learned(trained(tmp_path / "a.npz", configuration={"data": "mnist", "teachers": teachers}), folder)
    assert found is not None and not found.by_itself
    assert _learned(trained(tmp_path / "b.npz", configuration={"data": "mnist", "teachers": 5}), folder) is None


def test_a_cross_validated_figure_is_of_all_images(tmp_path: Path, folder: Path) -> None:
    """One of a held-out part is of that; a run that was stopped has none."""
    folds = {"data": str(folder), "folds": 3}
    path = tmp_path / "a.npz"
    for configuration, figures, expected in (
        (folds, {"test_accuracy": 0.95}, (114, 120)),
        ({"data": str(folder)}, {"test_accuracy": 0.9}, (18, 20)),
        (folds, {}, None),
        (folds, {"test_accuracy": 7.0}, None),
    ):
        trained(path, configuration=configuration, figures=figures, images=120, test_images=20)
        found = _learned(path, folder)
        assert found is not None and found.figure == expected


def test_what_nobody_learned_is_read_as_a_whole(folder: Path) -> None:
    """All images, for both."""
    entry = catalogue.find(str(folder))
    chosen = comparison(entry, datasets.gather(entry), [None, None])
    assert (sum(map(len, chosen.parts)), chosen.which, chosen.unseen) == (120, EVERY, (True, True))


def test_what_was_held_out_is_read_where_one_learned_the_rest(tmp_path: Path, folder: Path, mnist_part: Images) -> None:
    """By both; once the set has changed that is no longer so, and the header's figure has to do."""
    entry = catalogue.find(str(folder))
    dataset = datasets.load(str(folder))
    kept = len(stages(dataset)[0].learn)
    path = trained(tmp_path / "a.npz", configuration={"data": str(folder)}, images=kept, test_images=len(dataset.test))
    told = [_learned(path, folder), None]
    chosen = comparison(entry, datasets.gather(entry), told)
    assert np.array_equal(chosen.parts[0].images, dataset.test.images) and chosen.unseen == (True, True)
    clean(folder, mnist_part, each=20)
    chosen = comparison(entry, datasets.gather(entry), told)
    assert chosen.which == EVERY and chosen.unseen == (False, True)


def test_after_folds_no_image_is_left_that_was_not_learned(tmp_path: Path, folder: Path) -> None:
    """Those of a test set neither; the other network is read on all of them."""
    entry = catalogue.find(str(folder))
    path = trained(tmp_path / "a.npz", configuration={"data": str(folder), "folds": 3}, images=120)
    collection = datasets.gather(entry)
    part = LabelledImages(collection.train.images[:9], collection.train.labels[:9])
    for test in (None, part):
        chosen = comparison(entry, Collection(collection.train, test), [_learned(path, folder), None])
        assert chosen.unseen == (False, True) and sum(map(len, chosen.parts)) == 120 + (9 if test else 0)


def test_a_test_part_is_read_whoever_learned_the_rest(tmp_path: Path, folder: Path) -> None:
    """As of MNIST."""
    entry = catalogue.find("mnist")
    train = datasets.gather(catalogue.find(str(folder))).train
    test = LabelledImages(train.images[:9], train.labels[:9])
    told = ancestry.learned(trained(tmp_path / "a.npz"), entry)
    assert told is not None
    chosen = comparison(entry, Collection(train, test), [told])
    assert chosen.which == "MNIST's test set" and chosen.parts == (test,) and chosen.unseen == (True,)
