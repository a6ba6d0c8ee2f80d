"""Names and paths become data to train on; the `datasets` command says what they hold."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import kept_digits

from core.__main__ import main
from core.data import catalogue, collection, datasets, own_sets
from core.data.collection import Collection, LabelledImages
from core.data.division import Division
from core.errors import DataError


@pytest.fixture
def archive(tmp_path: Path, mnist_part: tuple[np.ndarray, np.ndarray]) -> Path:
    """A hundred of MNIST's images, without a test set."""
    np.savez(tmp_path / "hundred.npz", images=mnist_part[0][:100], labels=mnist_part[1][:100])
    return tmp_path / "hundred.npz"


def strokes(path: Path, counts: dict[int, int]) -> Path:
    """Traces with this many of each label."""
    lines = [
        json.dumps({"label": label, "strokes": [[[0, 0], [index, 30]]]})
        for label, count in counts.items()
        for index in range(count)
    ]
    path.write_text("\n".join(lines))
    return path


def test_mnist_is_divided_as_it_is_published() -> None:
    """60,000 to train, 10,000 to test, and the note says whose test set it is."""
    found = datasets.load("mnist")
    assert (found.name, len(found.train), len(found.test)) == ("mnist", 60_000, 10_000)
    assert found.test_note == "MNIST's test set"


def test_a_set_without_a_test_part_is_split_by_class(archive: Path, mnist_part: tuple[np.ndarray, ...]) -> None:
    """15% of each class are held out, none is in both parts, the note says so, and it is always the same."""
    found = datasets.load(str(archive))
    before = np.bincount(mnist_part[1][:100], minlength=10)
    assert found.test.counts() == [max(1, round(0.15 * count)) for count in before.tolist()]
    assert [a + b for a, b in zip(found.train.counts(), found.test.counts(), strict=True)] == before.tolist()
    train, test = ({image.tobytes() for image in part.images} for part in (found.train, found.test))
    assert len(train) + len(test) == 100 and not train & test
    assert found.test_note == "15% of each class, held out with a fixed seed"
    assert np.array_equal(datasets.load(str(archive)).test.images, found.test.images)


def test_a_set_with_a_test_part_keeps_it(tmp_path: Path, mnist_part: tuple[np.ndarray, ...]) -> None:
    """What came divided is not divided again."""
    images, labels = mnist_part
    np.savez(
        tmp_path / "a.npz", images=images[:50], labels=labels[:50], test_images=images[50:60], test_labels=labels[50:60]
    )
    found = datasets.load(str(tmp_path / "a.npz"))
    assert (len(found.train), len(found.test)) == (50, 10) and found.test_note == "the test set of a"


def test_added_sets_are_loaded_by_name(archive: Path) -> None:
    """The name that `add` gave will do, and a later look refreshes the counts of the catalogue."""
    catalogue.add(archive)
    assert datasets.load("hundred").name == "hundred"
    with np.load(archive) as stored:
        images, labels = stored["images"], stored["labels"]
    np.savez(archive, images=images[:90], labels=labels[:90])
    datasets.load("hundred")
    assert catalogue.find("hundred").images == 90


def test_too_few_images_to_train_on_are_explained(tmp_path: Path) -> None:
    """One image of each digit, or one digit only, can be looked at but not trained on."""
    for counts, said in (({0: 1, 1: 1, 2: 1}, "1 of 0, 1 of 1, 1 of 2"), ({4: 9}, "9 of 4"), ({4: 9, 5: 2}, "2 of 5")):
        path = strokes(tmp_path / "few.jsonl", counts)
        assert sum(datasets.gather(str(path)).counts()) == sum(counts.values())
        with pytest.raises(DataError, match="too few images") as caught:
            datasets.load(str(path))
        assert said in str(caught.value)
        path.unlink()


def test_few_images_of_one_class_are_a_note(tmp_path: Path) -> None:
    """A digit with one image stays in training, and a note says what that means."""
    found = datasets.load(str(strokes(tmp_path / "few.jsonl", {0: 9, 1: 9, 2: 1})))
    assert found.train.counts()[:3] == [8, 8, 1] and found.test.counts()[:3] == [1, 1, 0]
    assert any("1 of 2" in note for note in found.notes)


def test_what_was_skipped_is_handed_on(tmp_path: Path) -> None:
    """The lines that could not be used are with the data set."""
    path = strokes(tmp_path / "few.jsonl", {0: 9, 1: 9})
    path.write_text(path.read_text() + "\nnonsense")
    assert [each.path for each in datasets.load(str(path)).skipped] == [f"{path}:19"]


def test_a_set_that_needs_a_download_says_so() -> None:
    """The message has the command that fetches it."""
    with pytest.raises(DataError, match="datasets --download usps"):
        datasets.load("usps")


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 28, 28), np.float32), np.zeros(2, np.uint8)),
        (np.zeros((2, 28, 27), np.uint8), np.zeros(2, np.uint8)),
        (np.zeros((28, 28), np.uint8), np.zeros(28, np.uint8)),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3, np.uint8)),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.int64)),
        (np.zeros((2, 28, 28), np.uint8), np.full(2, 10, np.uint8)),
    ],
)
def test_arrays_that_do_not_fit_are_refused_where_they_meet(images: np.ndarray, labels: np.ndarray) -> None:
    """A part is checked when it is built."""
    with pytest.raises(DataError):
        LabelledImages(images, labels)


def test_a_data_set_without_images_is_refused() -> None:
    """Neither part may be empty."""
    none, some = (LabelledImages(np.zeros((n, 28, 28), np.uint8), np.zeros(n, np.uint8)) for n in (0, 1))
    for train, test in ((none, some), (some, none)):
        with pytest.raises(DataError, match="no images"):
            datasets.Dataset("x", train, test, "", (), (), Division.of_collection(Collection(some)))


def answers(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and JSON lines of `datasets … --json`."""
    status = main(["datasets", *arguments, "--json"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_list_as_json(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with every entry's fields."""
    catalogue.add(archive)
    status, (answer,) = answers(capsys)
    assert status == 0
    assert [each["name"] for each in answer["datasets"]] == ["mnist", "hundred", "emnist-digits", "qmnist", "usps"]
    assert answer["datasets"][1] == {
        "name": "hundred",
        "title": "hundred",
        "kind": "archive",
        "images": 100,
        "classes": 10,
        "source": str(archive),
        "state": "ready",
        "path": str(archive),
    }


def test_a_look_as_json(archive: Path, capsys: pytest.CaptureFixture[str], mnist_part: tuple[np.ndarray, ...]) -> None:
    """Counts, test counts and forty samples, classes in turn, whose pixels are the set's."""
    status, lines = answers(capsys, str(archive))
    facts = lines[-1]
    assert status == 0 and all(set(line) == {"done", "total"} for line in lines[:-1])
    assert facts["name"] == "hundred" and facts["images"] == 100 == sum(facts["counts"])
    assert facts["counts"] == np.bincount(mnist_part[1][:100], minlength=10).tolist()
    assert sum(facts["test_counts"]) == len(datasets.load(str(archive)).test)
    assert "15%" in facts["test_note"] and facts["skipped"] == [] and facts["notes"] == []
    assert [each["label"] for each in facts["samples"]] == [*range(10)] * 4
    pixels = {image.tobytes(): label for image, label in zip(*_arrays(archive), strict=True)}
    for each in facts["samples"]:
        assert pixels[base64.b64decode(each["pixels"])] == each["label"]


def _arrays(path: Path) -> tuple[np.ndarray, np.ndarray]:
    train = datasets.gather(str(path)).train
    return train.images, train.labels


def test_a_look_at_what_cannot_be_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is shown all the same, with the reason as a note and what was skipped."""
    path = strokes(tmp_path / "few.jsonl", {4: 2})
    path.write_text(path.read_text() + "\nnonsense")
    status, lines = answers(capsys, str(path))
    assert status == 0 and lines[-1]["counts"][4] == 2 and sum(lines[-1]["test_counts"]) == 0
    assert "too few images" in lines[-1]["notes"][0]
    assert lines[-1]["skipped"][0]["path"] == f"{path}:3" and "JSON" in lines[-1]["skipped"][0]["reason"]


def test_a_look_at_what_needs_a_download(capsys: pytest.CaptureFixture[str]) -> None:
    """No images are there yet: the note has the command that fetches them."""
    status, (facts,) = answers(capsys, "emnist-digits")
    assert status == 0 and facts["state"] == "needs a download" and facts["images"] == 280_000
    assert facts["samples"] == [] and "--download emnist-digits" in facts["notes"][0]


def test_adding_and_removing_as_json(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each ends with a line that names the set."""
    status, lines = answers(capsys, "--add", str(archive))
    assert status == 0 and lines[-1]["added"] == "hundred" and lines[-2] == {"done": 100, "total": 100}
    assert answers(capsys, "--remove", "hundred") == (0, [{"removed": "hundred"}])
    assert len(catalogue.entries()) == 4


@pytest.mark.parametrize("arguments", [("none",), ("--add", "none"), ("--remove", "mnist"), ("--download", "mnist")])
def test_an_error_as_json(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the message, and exit status 1."""
    status, (answer,) = answers(capsys, *arguments)
    assert status == 1 and set(answer) == {"error"} and len(answer["error"]) > 20


def test_for_people_results_and_narration_are_apart(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """List and look are on standard output in words; an error is on standard error alone."""
    assert main(["datasets", "--add", str(archive)]) == 0
    assert "100 images of 10 digits" in capsys.readouterr().out
    assert main(["datasets"]) == 0
    out = capsys.readouterr().out
    assert "hundred" in out and "70,000" in out and "needs a download" in out
    assert main(["datasets", "hundred"]) == 0
    assert "held out with a fixed seed" in capsys.readouterr().out
    assert main(["datasets", "hundreds"]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and "did you mean hundred?" in printed.err


def test_a_name_cannot_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences in a folder's name are not sent to the screen."""
    path = strokes(tmp_path / "evil\x1b]0;title\x07.jsonl", {0: 9, 1: 9})
    assert main(["datasets", str(path)]) == 0
    assert main(["datasets", "--add", str(path)]) == 0
    assert main(["datasets"]) == 0
    printed = capsys.readouterr()
    assert "\x1b]" not in printed.out + printed.err and "evil" in printed.out


def test_own_drawings_are_data_to_train_on(home: Path) -> None:
    """By name or by folder; their strokes and what was removed are not in the way, and none of them is skipped."""
    mine = own_sets.active()
    kept = kept_digits(mine, [1, 1, 1, 1, 7, 7, 7, 7])
    own_sets.remove(mine, kept[0])
    for given in ("own", str(mine.folder)):
        found = datasets.load(given)
        assert (found.name, found.skipped) == ("own", ())
        assert [a + b for a, b in zip(found.train.counts(), found.test.counts(), strict=True)][1::6] == [3, 4]


def test_an_empty_own_set_says_how_to_fill_it(home: Path) -> None:
    """Instead of speaking of class folders."""
    own_sets.create("Bea")
    with pytest.raises(DataError, match="Bea has no drawings yet; draw a digit"):
        datasets.load("Bea")


@pytest.mark.parametrize("consume", [False, True])
def test_a_part_is_divided_in_place_where_it_is_not_needed_any_more(
    monkeypatch: pytest.MonkeyPatch, consume: bool
) -> None:
    """The same images either way; in place what is kept lies in the memory of what there was."""
    monkeypatch.setattr(collection, "_MOVED", 7)
    random = np.random.default_rng(3)
    images, labels = random.integers(0, 256, (50, 28, 28), np.uint8), random.integers(0, 10, 50).astype(np.uint8)
    held = np.sort(random.permutation(50)[:12])
    kept = np.setdiff1d(np.arange(50), held)
    expected = images[kept], labels[kept], images[held], labels[held]
    first, second = LabelledImages(images, labels).parted(kept, held, consume=consume)
    for found, wanted in zip((first.images, first.labels, second.images, second.labels), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    for part in (first, second):
        assert np.shares_memory(part.images, images) is consume


def test_what_cannot_be_written_over_is_copied() -> None:
    """MNIST's own arrays are such."""
    images = np.arange(4 * 784, dtype=np.uint32).astype(np.uint8).reshape(4, 28, 28)
    images.flags.writeable = False
    first, _ = LabelledImages(images, np.arange(4, dtype=np.uint8)).parted(
        np.array([0, 2]), np.array([1, 3]), consume=True
    )
    assert not np.shares_memory(first.images, images)
