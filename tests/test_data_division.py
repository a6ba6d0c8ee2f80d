"""core.data.division: whoever learns, compares or checks is given the same division, and the recipe for its size."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages as Images
from image_folder import clean, pixels, quick, save
from trained import trained

from core.checkup.survey import survey
from core.config.configuration import TrainingConfig
from core.config.recipes import RECIPES, SMALL
from core.data import catalogue, datasets
from core.data.collection import Collection, LabelledImages
from core.data.division import USUAL, Division, DivisionRule
from core.data.near_duplicates import groups
from core.data.stage import stages
from core.evaluation import ancestry
from core.evaluation.held_out import comparison
from core.training import probe
from core.training.train import train


@pytest.fixture
def copied(tmp_path: Path, mnist_part: Images) -> Path:
    """Twelve images of each digit, of which three have copies: saved again, and moved by a pixel."""
    folder = clean(tmp_path / "mine", mnist_part)
    for label in range(10):
        shutil.copy(folder / str(label) / "000.png", folder / str(label) / "again.png")
        save(folder / str(label) / "moved.png", np.roll(pixels(folder / str(label) / "001.png"), 1, axis=1))
    return folder


@pytest.mark.parametrize("has_test", [False, True])
def test_training_comparison_and_check_up_divide_alike(
    copied: Path, has_test: bool, mnist_part: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a set with near duplicates each of the three is given the same images for the same."""
    folder = copied
    if has_test:
        folder = tmp_path / "set"
        folder.mkdir()
        copied.rename(folder / "train")
        clean(folder / "test", mnist_part, each=4, first=30)
    entry = catalogue.find(str(folder))
    collection = datasets.gather(entry)
    assert len(np.unique(groups(collection.train.images))) < len(collection.train)
    given: list[Division] = []
    of = Division.of.__func__  # type: ignore[attr-defined]  # the function below the class method

    def noted(cls: type[Division], *arguments: object) -> Division:
        given.append(of(cls, *arguments))
        return given[-1]

    monkeypatch.setattr(Division, "of", classmethod(noted))
    monkeypatch.setattr(probe, "choose", lambda name, recipe: pytest.fail("only the data is wanted"))
    with pytest.raises(pytest.fail.Exception):
        list(train(TrainingConfig(str(folder))))
    (trains,) = given
    checkpoint = trained(
        tmp_path / "a.npz",
        configuration={"data": str(folder)},
        images=len(trains.learn),
        test_images=len(trains.test),
    )
    chosen = comparison(entry, collection, [ancestry.learned(checkpoint, entry)])
    assert chosen.unseen == (True,)
    quick(folder)
    # With a test set of its own there is nothing to find out for the comparison: it is read as it is.
    assert len(given) >= (2 if has_test else 3) and all(_same(each, trains) for each in given)
    every = np.concatenate([part.images for part in (collection.train, collection.test) if part is not None])
    assert np.array_equal(chosen.parts[0].images, every[trains.test])
    assert _same(survey(folder).division, trains)


def _same(one: Division, other: Division) -> bool:
    """Whether each image has the same role, and the same fold."""
    first, second = (np.full(len(each), -1) if each.fold_of is None else each.fold_of for each in (one, other))
    return np.array_equal(one.roles, other.roles) and np.array_equal(first, second)


def test_each_image_has_one_role(mnist_part: Images) -> None:
    """All together are the set; the stages of a training have just these images."""
    collection = Collection(LabelledImages(mnist_part[0][:90], mnist_part[1][:90]))
    division = Division.of_collection(collection)
    assert sorted(division.order.tolist()) == list(range(90)) and len(division) == 90
    dataset = datasets.divided(catalogue.find("mnist"), collection)
    (stage,) = stages(dataset)
    for part, positions in (
        (stage.learn, division.learn),
        (stage.validate, division.validation),
        (dataset.test, division.test),
    ):
        assert len(part) and np.array_equal(part.images, collection.train.images[positions])


@pytest.mark.parametrize("recipe", ["fast", "thorough"])
def test_folds_keep_copies_together(mnist_part: Images, recipe: str) -> None:
    """In a cross-validation of all images, and where there is nothing but folds."""
    images = np.concatenate([mnist_part[0][:60], mnist_part[0][:20]])
    labels = np.concatenate([mnist_part[1][:60], mnist_part[1][:20]])
    rule = DivisionRule(recipe, folds=3, seed=4)
    whole = Division.of_collection(Collection(LabelledImages(images, labels)), rule)
    for division in (whole, Division.in_folds(images, labels, rule)):
        assert division.fold_of is not None
        assert np.array_equal(division.fold_of[:20], division.fold_of[60:])
        assert division.fewest == 80 - max(len(division.fold(number)[1]) for number in range(3))
    assert not _same(whole, Division.of_collection(Collection(LabelledImages(images, labels))))


@pytest.mark.parametrize("count", [SMALL, SMALL + 100, SMALL + 2500])
def test_the_recipe_is_that_of_what_is_left_to_learn_from(count: int) -> None:
    """Not of all images, of which some are held out."""
    labels = np.arange(count).astype(np.uint8) % 10
    for name in ("fast", "thorough"):
        division = Division.of(labels, np.zeros(count, bool), DivisionRule(name))
        assert division.fewest == len(division.learn) < count
        assert division.recipe == RECIPES[name].on(len(division.learn))


def test_nothing_is_divided_into_nothing() -> None:
    """Neither is a set that has images to test on alone."""
    for count in (0, 4):
        division = Division.of(np.zeros(count, np.uint8), np.ones(count, bool))
        assert division.roles.tolist() == [2] * count and division.rule == USUAL
