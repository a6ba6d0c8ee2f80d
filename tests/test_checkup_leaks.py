"""Properties that give the class away are found and told in words; chance is not taken for one of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages, clean, pixels, quick, save, scaled
from PIL import Image

from core.checkup.checkup import Checkup
from core.checkup.finding import Finding
from core.checkup.leaks import numbers, texts, told


@pytest.fixture
def digits(tmp_path: Path, mnist_part: LabelledImages) -> Path:
    """Fifteen clean images of each digit."""
    return clean(tmp_path / "digits", mnist_part, each=15)


def leaks(checkup: Checkup) -> list[Finding]:
    """All of this kind."""
    return [each for each in checkup.findings if each.kind == "leak"]


def test_height_and_format_are_told_with_their_classes(digits: Path) -> None:
    """As in sets that were made by two tools: PNG means 5, 6, 7 or 9, and height 108 means 7 or 9."""
    for label in range(10):
        for file in sorted((digits / str(label)).iterdir()):
            image = scaled(255 - pixels(file), 100)
            if label in (7, 9):
                image = np.pad(image, ((4, 4), (0, 0)), constant_values=255)
            if label in (5, 6, 7, 9):
                save(file, np.stack([image] * 3, axis=2))
            else:
                save(file.with_suffix(".jpg"), image, format="JPEG", quality=90)
                file.unlink()
    found = leaks(quick(digits))
    assert {each.severity for each in found} == {"warning"}
    titles = " / ".join(each.title for each in found)
    assert "PNG means 5, 6, 7 or 9 (60 images)" in titles
    assert "height 108 means 7 or 9 (30 images)" in titles
    tall = next(each for each in found if "height" in each.title)
    assert {Path(each.path).parent.name for each in tall.files if "108" in each.detail} == {"7", "9"}


@pytest.mark.parametrize(
    ("fault", "word"),
    [("frame", "border"), ("paper", "paper"), ("tint", "colour"), ("turned", "polarity"), ("clear", "surroundings")],
)
def test_what_surrounds_the_digit_is_told(digits: Path, fault: str, word: str) -> None:
    """The fours alone have a frame, darker paper, coloured paper, the other polarity, no paper."""
    for label in range(10):
        for file in (digits / str(label)).iterdir():
            image = 255 - pixels(file)
            if label == 4 and fault == "frame":
                image = np.pad(image, 3, constant_values=100)[3:-3, 3:-3].copy()
                image[[0, -1]] = 100
                image[:, [0, -1]] = 100
            elif label == 4 and fault == "paper":
                image = (image * 0.9).astype(np.uint8)
            elif label == 4 and fault == "tint":
                image = np.stack([image, image, image // 2], axis=2)
            elif label == 4 and fault == "turned":
                image = 255 - image
            elif label == 4 and fault == "clear":
                image = np.stack([image * 0] * 3 + [255 - image], axis=2)
            save(file, image)
    found = leaks(quick(digits))
    assert any(word in each.title and "means 4 (15 images)" in each.title for each in found)


def test_a_set_made_in_one_way_leaks_nothing(tmp_path: Path, mnist_part: LabelledImages) -> None:
    """JPEG, PNG, three sizes and two papers, thrown like dice: whatever the class, no leak is found."""
    random = np.random.default_rng(3)
    images, labels = mnist_part
    for index in range(240):
        side = int(random.choice([60, 80, 100]))
        image = 255 - scaled(images[index], side) // int(random.choice([1, 2]))
        name = tmp_path / "set" / str(labels[index]) / f"{index}.{random.choice(['png', 'jpg'])}"
        name.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(name)
    assert leaks(quick(tmp_path / "set")) == []


def test_sizes_of_digits_cropped_to_their_ink_are_but_a_hint(tmp_path: Path, mnist_part: LabelledImages) -> None:
    """A narrow image of a 1 is narrow because it is a 1."""
    images, labels = mnist_part
    for index in range(300):
        rows, columns = np.nonzero(images[index])
        image = images[index][rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        (tmp_path / "set" / str(labels[index])).mkdir(parents=True, exist_ok=True)
        save(tmp_path / "set" / str(labels[index]) / f"{index}.png", np.pad(image, 1))
    for each in leaks(quick(tmp_path / "set")):
        assert each.severity == "hint" and "cropped to their digits" in each.meaning


def test_information_is_measured_beyond_chance() -> None:
    """All, half and nothing of the class; and nothing for sixty random values on a hundred images."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 40).astype(np.uint8)
    assert told(labels.astype(np.int64), labels) == pytest.approx(1, abs=0.08)
    assert told((labels >= 5).astype(np.int64), labels) == pytest.approx(1 / np.log2(10), abs=0.02)
    assert told(np.zeros(400, np.int64), labels) == 0
    for _ in range(20):
        few = random.integers(0, 10, 100).astype(np.uint8)
        assert told(random.integers(0, 60, 100), few) == 0
    assert told(np.arange(10), np.full(10, 3, np.uint8)) == 0  # one class: nothing to know


def test_many_numbers_become_ranges() -> None:
    """A few values stay as they are; many become ranges that hold all of them."""
    few = numbers("width", np.array([28, 30, 28]))
    assert few.values == ["width 28", "width 30"] and few.codes.tolist() == [0, 1, 0]
    many = numbers("width", np.arange(100))
    assert len(many.values) == 8 and many.values[0] == "width 0 to 12" and many.codes[[0, 99]].tolist() == [0, 7]
    assert texts("mode", ["RGB", "L", "RGB"]).codes.tolist() == [1, 0, 1]


def test_a_value_of_a_few_images_is_no_meaning(digits: Path) -> None:
    """Two odd sizes among 150 are not enough to say what they mean."""
    for label in (3, 8):
        file = digits / str(label) / "000.png"
        save(file, scaled(pixels(file), 40))
    assert leaks(quick(digits)) == []
