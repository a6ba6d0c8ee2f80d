"""The check-up finds each fault that was put into a clean folder, names its files, and finds nothing else."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_folder import LabelledImages, clean, of, paths, pixels, quick, save, scaled, serious
from numpy.typing import NDArray
from PIL import Image

from core.checkup import measure, strokes
from core.checkup.check import check
from core.checkup.finding import MOST_FILES, finding
from core.checkup.measure import stroke_width
from core.checkup.survey import survey
from core.data import amendments, folders, image_file
from core.data.datasets import Collection, divided
from core.data.stage import stages
from core.drawing.ink import Ink, draw
from core.errors import DataError
from core.system import pool

CANVAS = 100


@pytest.fixture
def digits(tmp_path: Path, mnist_part: LabelledImages) -> Path:
    """Twelve clean images of each digit."""
    return clean(tmp_path / "digits", mnist_part)


def three(radius: float, side: int = CANVAS) -> np.ndarray:
    """A 3 drawn with a pen of this radius, its box a fifth to four fifths of the side; dark on light."""
    ink = Ink(side, side, radius)
    points = [(30, 24), (62, 24), (44, 46), (66, 60), (60, 78), (30, 76)]
    ink.press(*(side / 100 * each for each in points[0]))
    for x, y in points[1:]:
        ink.drag(side / 100 * x, side / 100 * y)
    return 255 - ink.bitmap


def test_a_clean_folder_has_no_faults(tmp_path: Path, mnist_part: LabelledImages) -> None:
    """Hundreds of MNIST images as they are: no problem and no warning, and the counts are right."""
    folder = clean(tmp_path / "clean", mnist_part, each=90)
    found = quick(folder)
    assert serious(found) == []
    assert found.images == 900 and found.counts == (90,) * 10
    assert "All images are light on dark." in found.notes


def test_unreadable_files_are_named_with_their_reasons(digits: Path) -> None:
    """Damaged, empty and foreign files, and a link to nothing; hidden files and descriptions of images are none."""
    (digits / "3" / "broken.png").write_bytes((digits / "3" / "000.png").read_bytes()[:60])
    (digits / "3" / "empty.png").touch()
    (digits / "4" / "notes.txt").write_text("my fours")
    (digits / "5" / "gone.png").symlink_to(digits / "nowhere")
    (digits / "6" / "000.json").write_text("{}")
    (digits / "6" / ".hidden.png").write_text("x")
    found = of(quick(digits), "unreadable")
    assert found.severity == "problem" and found.count == 4
    assert paths(found) == {"3/broken.png", "3/empty.png", "4/notes.txt", "5/gone.png"}
    reasons = {each.path: each.detail for each in found.files}
    assert "damaged" in reasons["3/broken.png"] and "empty" in reasons["3/empty.png"]
    assert "not an image" in reasons["4/notes.txt"] and "link" in reasons["5/gone.png"]
    assert found.meaning and found.action


def test_a_wrong_extension_is_told_from_another_spelling(digits: Path) -> None:
    """A PNG called .jpg is one; JPEGs called .JPG and .jpeg are not."""
    (digits / "2" / "000.png").rename(digits / "2" / "000.jpg")
    for label, name in ((3, "a.JPG"), (4, "a.jpeg")):
        save(digits / str(label) / name, pixels(digits / str(label) / "001.png"), format="JPEG", quality=95)
        (digits / str(label) / "001.png").unlink()
    found = of(quick(digits), "extension")
    assert [(each.path, each.detail) for each in found.files] == [("2/000.jpg", "is a PNG but is called .jpg")]


def test_blank_images_are_named(digits: Path) -> None:
    """White, black and grey sheets."""
    for label, level in ((1, 255), (2, 0), (3, 127)):
        save(digits / str(label) / "sheet.png", np.full((40, 40), level, np.uint8))
    checked = quick(digits)
    assert paths(of(checked, "blank")) == {"1/sheet.png", "2/sheet.png", "3/sheet.png"}
    assert checked.images == 120


def test_polarity_is_told_of_each_image(digits: Path) -> None:
    """Three images are turned: these are named, and that the others are light on dark is said."""
    turned = {"1/004.png", "5/002.png", "9/011.png"}
    for name in turned:
        save(digits / name, 255 - pixels(digits / name))
    found = of(quick(digits), "polarity")
    assert paths(found) == turned
    assert "dark ink on light paper" in found.files[0].detail and "117 light on dark" in found.title


def test_ink_at_the_border_is_clipped(digits: Path) -> None:
    """A digit that is cut through is named with the side, one beside the border is not."""
    image = pixels(digits / "0" / "000.png")
    rows = np.flatnonzero(image.any(axis=1))
    save(digits / "0" / "000.png", np.pad(image[: rows[-1] - 4], ((4, 0), (4, 4))))
    box = image[rows[0] : rows[-1] + 1]
    save(digits / "0" / "near.png", np.pad(box, ((4, 1), (0, 0))))
    found = of(quick(digits), "clipped")
    (file,) = found.files
    assert file.path == "0/000.png" and "lower border" in file.detail and "left" not in file.detail


def test_a_frame_is_not_taken_for_a_digit_that_touches(digits: Path) -> None:
    """A scanned frame around the digit is called what it is."""
    image = 255 - np.pad(scaled(pixels(digits / "0" / "000.png"), 90), 10)
    image[[0, -1], :] = image[:, [0, -1]] = 30
    save(digits / "0" / "framed.png", image)
    (file,) = of(quick(digits), "clipped").files
    assert file.path == "0/framed.png" and "frame" in file.detail


def test_far_from_the_middle_and_very_small_are_told(digits: Path) -> None:
    """A digit in a corner is both or one of them, depending on its size."""
    image = pixels(digits / "6" / "001.png")
    corner = np.zeros((120, 120), np.uint8)
    corner[4:60, 4:60] = scaled(image, 56)
    save(digits / "6" / "corner.png", corner)
    tiny = np.zeros((160, 160), np.uint8)
    tiny[60:100, 64:104] = scaled(image, 40)
    save(digits / "6" / "tiny.png", tiny)
    few = np.zeros((28, 28), np.uint8)
    few[9:19, 9:19] = scaled(image, 10)
    save(digits / "6" / "few.png", few)
    checked = quick(digits)
    (file,) = of(checked, "off-centre").files
    assert file.path == "6/corner.png" and "left" in file.detail and "up" in file.detail
    assert paths(of(checked, "small")) == {"6/tiny.png", "6/few.png"}
    assert of(checked, "small").severity == "warning"  # ten pixels are few


def test_thin_and_thick_strokes_are_told(digits: Path) -> None:
    """The same digit with three pens: of MNIST's width, of a hair's and of a brush's."""
    box = 54 / 20  # canvas pixels to one of the 20×20 box
    for name, width in (("usual", 2.5), ("hair", 0.7), ("brush", 8)):
        save(digits / "3" / f"{name}.png", three(width * box / 2))
    checked = quick(digits)
    assert paths(of(checked, "thin")) == {"3/hair.png"}
    assert paths(of(checked, "thick")) == {"3/brush.png"}


def test_the_measure_of_strokes_agrees_with_the_pen(mnist_part: LabelledImages) -> None:
    """A straight stroke measures what it is; MNIST's own mean and tails are those that the limits stand on."""
    for width in (1.0, 2.3, 4.0):
        ink = Ink(200, 200, width / 2)
        ink.press(20.3, 30.1)
        ink.drag(170.7, 160.9)
        assert stroke_width(ink.bitmap[None], 255)[0] == pytest.approx(width, rel=0.15)
    widths = stroke_width(mnist_part[0], 255)
    assert widths.mean() == pytest.approx(strokes._USUAL, abs=0.15)
    assert ((widths < strokes._THIN) | (widths > strokes._THICK)).mean() < 0.005


def test_missing_classes_are_a_problem(digits: Path) -> None:
    """A folder that is gone and one whose only image is blank."""
    shutil.rmtree(digits / "3")
    for file in (digits / "7").iterdir():
        file.unlink()
    save(digits / "7" / "sheet.png", np.full((28, 28), 9, np.uint8))
    found = of(quick(digits), "missing")
    assert found.title == "No images of 3 and 7" and found.severity == "problem"


def test_classes_out_of_balance_are_told(tmp_path: Path, mnist_part: LabelledImages) -> None:
    """One class with a quarter of the others' images is; chance differences of a small set are not."""
    folder = clean(tmp_path / "set", mnist_part, each=40)
    for file in sorted((folder / "8").iterdir())[10:]:
        file.unlink()
    found = of(quick(folder), "unbalanced")
    assert "10 images of 8" in found.title and "40 of a usual class" in found.title
    small = clean(tmp_path / "small", mnist_part, each=9)
    for file in sorted((small / "8").iterdir())[4:]:
        file.unlink()
    assert serious(quick(small)) == []


def test_copies_are_told_by_how_they_were_made(digits: Path) -> None:
    """The same file again; one that was saved, compressed, scaled or moved; one in another class."""
    shutil.copy(digits / "2" / "001.png", digits / "2" / "again.png")
    image = pixels(digits / "4" / "003.png")
    save(digits / "4" / "saved.png", image, compress_level=0)
    save(digits / "4" / "moved.png", np.roll(image, 1, axis=1))
    save(digits / "4" / "pressed.jpg", image, format="JPEG", quality=85)
    save(digits / "4" / "large.png", scaled(image, 84))
    shutil.copy(digits / "6" / "005.png", digits / "9" / "six.png")
    checked = quick(digits)
    same = of(checked, "identical")
    assert [(each.path, each.other) for each in same.files] == [("2/again.png", "2/001.png")]
    near = of(checked, "near-duplicate")
    expected = {f"4/{name}" for name in ("003.png", "saved.png", "moved.png", "pressed.jpg", "large.png")}
    assert len(near.files) == 4 and paths(near) | {near.files[0].other} == expected
    conflict = of(checked, "conflicting")
    assert conflict.severity == "problem"
    assert {(each.path, each.other) for each in conflict.files} == {
        ("6/005.png", "9/six.png"),
        ("9/six.png", "6/005.png"),
    }
    assert checked.findings[0].severity == "problem"


def test_careful_ones_are_no_copies(digits: Path) -> None:
    """Straight strokes that only differ in place and length, though what the network sees of them is the same."""
    for turn, (left, low, high) in enumerate([(40, 20, 80), (52, 14, 86), (60, 30, 90)]):
        ink = Ink(100, 100, (high - low) / 20)
        ink.press(left + 0.5, low)
        ink.drag(left + 0.5, high)
        save(digits / "1" / f"bar-{turn}.png", ink.bitmap)
        save(digits / "1" / f"moved-{turn}.png", np.roll(ink.bitmap, 1, axis=1))
    found = of(quick(digits), "near-duplicate")
    pairs = {(each.path, each.other) for each in found.files}
    assert pairs == {(f"1/moved-{turn}.png", f"1/bar-{turn}.png") for turn in range(3)}


def test_copies_across_the_split_are_told(digits: Path) -> None:
    """Of a test image that has a copy in training, and only of that, it is said."""
    roles = survey(digits).division.roles
    seen = survey(digits)
    in_test = next(each for each in range(len(seen)) if roles[each] == 2)
    name = seen.name(in_test)
    save(digits / name.replace(".png", "-copy.png"), pixels(digits / name), compress_level=1)
    shutil.copy(digits / name, digits / name.replace(".png", "-again.png"))
    checked = quick(digits)
    seen, roles = survey(digits), survey(digits).division.roles
    group = {each for each in range(len(seen)) if seen.name(each).startswith(name[:5])}
    kinds = {int(roles[each]) for each in group}
    told = [each for each in checked.findings if each.kind == "split-duplicate"]
    assert bool(told) == (len(kinds) > 1)
    for each in told:
        assert {file.path for file in each.files} <= {seen.name(position) for position in group}


@pytest.mark.parametrize("own", [False, True], ids=["split", "its own test set"])
def test_the_split_is_the_one_that_training_makes(tmp_path: Path, mnist_part: LabelledImages, own: bool) -> None:
    """The roles are those of `divided` and `stages`, found by comparing the images themselves."""
    folder = clean(tmp_path / "set" / ("train" if own else ""), mnist_part, each=20)
    if own:
        clean(tmp_path / "set" / "test", mnist_part, each=5, first=40)
        folder = tmp_path / "set"
    from core.data import catalogue

    seen = survey(folder)
    dataset = divided(catalogue.find(str(folder)), folders.gather(folder))
    (stage,) = stages(dataset)
    expected: dict[bytes, int] = {}
    for role, part in enumerate((stage.learn, stage.validate, dataset.test)):
        expected |= {image.tobytes(): role for image in part.images}
    assert [expected[image.tobytes()] for image in seen.images] == seen.division.roles.tolist()
    assert isinstance(folders.gather(folder), Collection)


def test_a_test_image_that_was_learned_from_is_told(tmp_path: Path, mnist_part: LabelledImages) -> None:
    """Where a set has a test set of its own, its copies in the training set are named."""
    clean(tmp_path / "set" / "train", mnist_part)
    clean(tmp_path / "set" / "test", mnist_part, each=4, first=30)
    shutil.copy(tmp_path / "set/train/5/002.png", tmp_path / "set/test/5/seen.png")
    found = of(quick(tmp_path / "set"), "split-duplicate")
    (file,) = found.files
    assert (file.path, file.other) == ("test/5/seen.png", "train/5/002.png") and "test set" in file.detail


def test_what_was_decided_is_obeyed(digits: Path) -> None:
    """What is left out is not found again, and a new label ends a conflict."""
    save(digits / "1" / "sheet.png", np.zeros((28, 28), np.uint8))
    shutil.copy(digits / "6" / "005.png", digits / "9" / "six.png")
    assert {each.kind for each in quick(digits).findings} >= {"blank", "conflicting"}
    amendments.leave_out(digits, "1/sheet.png")
    amendments.relabel(digits, "9/six.png", 6)
    checked = quick(digits)
    assert [each.kind for each in checked.findings if each.severity == "problem"] == []
    assert paths(of(checked, "identical")) == {"9/six.png"}
    assert [(each.path, each.label) for each in checked.amendments] == [("1/sheet.png", None), ("9/six.png", 6)]
    assert any("1 image left out and 1 relabelled" in note for note in checked.notes)
    amendments.undo(digits)
    assert any(each.kind == "conflicting" for each in quick(digits).findings)


def test_nothing_is_measured_twice(digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second check-up measures nothing, one after a change only that file; training decodes nothing after it."""
    measured: list[str] = []

    def watched(path: str) -> tuple[Any, NDArray[np.uint8], NDArray[np.uint8]] | str:
        measured.append(path)
        return measure.measured(path)

    monkeypatch.setattr("core.checkup.survey.measured", watched)
    first = quick(digits)
    assert len(measured) == 120
    assert quick(digits) == first and len(measured) == 120
    shutil.copy(digits / "3" / "001.png", digits / "5" / "new.png")
    assert quick(digits).images == 121 and len(measured) == 121
    monkeypatch.setattr(image_file, "read", lambda path: pytest.fail("decoded again"))
    assert sum(folders.gather(digits).counts()) == 121


def test_other_processes_find_the_same(digits: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Measured by two processes, all is as one finds it, and progress is told to the end."""
    save(digits / "4" / "thick.png", three(11))
    alone = quick(digits)
    shutil.rmtree(home / "data" / "cache")
    monkeypatch.setattr(pool, "_WORTH", 0.0)
    monkeypatch.setattr(pool, "usable_cores", lambda: 2)
    told: list[tuple[int, int, str]] = []
    together = check(digits, lambda *each: told.append(each), quick=True)
    assert together == alone
    assert (121, 121, "measuring images") in told and told[-1][2] == "looking for what gives the class away"


def test_a_measured_image_is_the_one_that_training_sees(digits: Path) -> None:
    """The check-up's 28×28 are those of a plain look at the folder."""
    assert np.array_equal(folders.gather(digits).train.images, survey(digits).images)
    shutil.rmtree(Path(os.environ["DIGITS_HOME"]) / "data" / "cache")
    assert np.array_equal(survey(digits).images, folders.gather(digits).train.images)


def test_any_kind_of_image_can_be_measured(digits: Path) -> None:
    """Transparent, 16 bit, palette, one pixel, long and turned images: none stops it."""
    image = pixels(digits / "8" / "000.png")
    clear = np.zeros((28, 28, 4), np.uint8)
    clear[..., 3] = image
    Image.fromarray(clear).save(digits / "8" / "clear.png")
    Image.fromarray(image.astype(np.uint16) * 257).save(digits / "8" / "deep.png")
    Image.fromarray(image).convert("P").save(digits / "8" / "palette.png")
    Image.fromarray(image).convert("1").save(digits / "8" / "bits.png")
    Image.fromarray(image).convert("CMYK").save(digits / "8" / "print.jpg")
    save(digits / "8" / "dot.png", np.zeros((1, 1), np.uint8))
    save(digits / "8" / "line.png", np.tile(np.array([0, 255], np.uint8), (1, 700)))
    save(digits / "8" / "photo.jpg", 255 - scaled(image, 1500), format="JPEG")
    checked = quick(digits)
    assert not any(each.kind == "unreadable" for each in checked.findings)
    json.dumps(checked.to_json())


def test_strange_names_are_carried_through(digits: Path) -> None:
    """Bytes that are no UTF-8 and control characters: the path finds the file, the texts steer no terminal."""
    name = os.fsencode(digits / "9") + b"/\xff\x1b[2J.png"
    try:
        shutil.copy(os.fsencode(digits / "9" / "000.png"), name)
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    checked = quick(digits)
    sent = json.loads(json.dumps(checked.to_json()))
    (file,) = next(each for each in sent["findings"] if each["kind"] == "identical")["files"]
    assert {file["path"], file["other"]} == {"9/000.png", os.fsdecode(b"9/\xff\x1b[2J.png")}
    assert (digits / file["path"]).exists() and (digits / file["other"]).exists()


def test_a_long_list_is_cut_and_counted() -> None:
    """A finding names a thousand files and counts all."""
    from core.checkup.finding import Picture, Severity

    long = finding("thin", Severity.HINT, "", "", "", [Picture(str(each), 0) for each in range(2500)])
    assert len(long.files) == MOST_FILES and long.count == 2500


def test_without_class_folders_it_says_so(tmp_path: Path) -> None:
    """As a look at the folder does."""
    with pytest.raises(DataError, match="no class folders"):
        quick(tmp_path)


def test_a_folder_where_nothing_can_be_read_is_checked_too(tmp_path: Path) -> None:
    """That is when a check-up is most wanted."""
    (tmp_path / "set" / "1").mkdir(parents=True)
    (tmp_path / "set" / "1" / "a.png").write_text("no image")
    found = quick(tmp_path / "set")
    assert found.images == 0 and {each.kind for each in found.findings} == {"unreadable", "missing"}


def test_drawn_digits_are_clean(tmp_path: Path) -> None:
    """What the pad draws has MNIST's stroke width and place: nothing is found but the missing classes."""
    random = np.random.default_rng(5)
    for label in range(2):
        (tmp_path / "own" / str(label)).mkdir(parents=True)
        for turn in range(12):
            around = np.linspace(0, 6.2, 30)
            down = np.linspace(0, 3, 6)
            shape = np.stack([np.sin(around), 1.6 * np.cos(around)] if label == 0 else [0.1 * down, down], axis=1)
            stroke = shape @ random.normal(np.eye(2), 0.12) + random.normal(0, 0.04, shape.shape)
            save(tmp_path / "own" / str(label) / f"{turn}.png", 255 - draw([stroke.tolist()], 64))
    assert {each.kind for each in quick(tmp_path / "own").findings} == {"missing"}
