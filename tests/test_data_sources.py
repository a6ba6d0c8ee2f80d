"""core.data.sources: every form of data is recognised, and what is offered to a person is built from the registry."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from image_folder import LabelledImages, clean

from core.__main__ import main
from core.data import catalogue, collection, datasets, non_digits, sources
from core.data.collection import Collection, Others
from core.data.sources import SOURCES, Source
from core.errors import DataError
from tui.widgets.shared.path_input import completion

TRACE = json.dumps({"label": 7, "strokes": [[[0, 0], [9, 0], [4, 20]]]})


@pytest.fixture
def examples(tmp_path: Path, mnist_part: LabelledImages) -> dict[str, Path]:
    """A set of each form."""
    clean(tmp_path / "images", mnist_part, each=3)
    np.savez(tmp_path / "set.npz", images=mnist_part[0][:20], labels=mnist_part[1][:20])
    (tmp_path / "set.jsonl").write_text(TRACE)
    return {"folder": tmp_path / "images", "archive": tmp_path / "set.npz", "traces": tmp_path / "set.jsonl"}


def test_every_form_is_recognised_and_read(examples: dict[str, Path]) -> None:
    """None is forgotten here, and the catalogue names it as the registry does."""
    assert set(examples) == set(SOURCES)
    for kind, path in examples.items():
        assert (sources.kind_of(path), catalogue.find(str(path)).kind) == (kind, kind)
        assert catalogue.find(str(path)).is_folder == SOURCES[kind].is_folder == path.is_dir()
        assert len(sources.gather(path).train) == sum(datasets.gather(str(path)).counts()) > 0


def test_a_file_is_known_by_how_it_begins_or_by_its_ending(examples: dict[str, Path], tmp_path: Path) -> None:
    """Whatever it is called, and however the ending is written."""
    for kind in ("archive", "traces"):
        other = examples[kind].rename(tmp_path / f"{kind}.data")
        assert sources.kind_of(other) == kind
        for extension in SOURCES[kind].extensions:
            (tmp_path / f"empty{extension.upper()}").touch()
            assert sources.kind_of(tmp_path / f"empty{extension.upper()}") == kind


def test_what_is_offered_is_what_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message for what is no data set, and the help, name each form."""
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(DataError) as caught:
        sources.kind_of(tmp_path / "a.txt")
    with pytest.raises(SystemExit):
        main(["datasets", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for source in SOURCES.values():
        assert source.title in str(caught.value) and source.title in shown
        assert all(extension in sources.EXTENSIONS for extension in source.extensions)
    assert sources.formats_of_others() == "a folder of images or pen traces"


def test_a_form_that_is_added_is_used_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of the registry is all that the catalogue, loading and things that are no digits need."""
    images = np.zeros((6, 28, 28), np.uint8)
    images[:, 4:24, 12:15] = 255
    part = collection.LabelledImages(images, np.repeat(np.array([1, 7], np.uint8), 3))
    toy = Source(
        title="a toy",
        short="a toy",
        gather=lambda path, report: Collection(part),
        gather_others=lambda path, report: Others(images[:1], ["A"], (), ()),
        begins=lambda start: start == b"toy",
    )
    monkeypatch.setitem(SOURCES, "toy", toy)
    (tmp_path / "set.toy").write_text("toy")
    entry = catalogue.add(tmp_path / "set.toy")
    assert (entry.kind, entry.images, entry.is_added, entry.is_published) == ("toy", 6, True, False)
    assert len(datasets.load(entry.name).test) == 2
    assert len(non_digits.gather(str(tmp_path / "set.toy")).images) == 1
    assert "a folder of images, pen traces or a toy" in sources.formats_of_others()


def test_paths_are_completed_to_files_that_can_be_read(tmp_path: Path) -> None:
    """By the endings of the registry."""
    for extension in sources.EXTENSIONS:
        (tmp_path / f"set{extension}").touch()
        assert completion(str(tmp_path / "se")) == str(tmp_path / f"set{extension}")
        (tmp_path / f"set{extension}").unlink()
    (tmp_path / "set.txt").touch()
    assert completion(str(tmp_path / "se")) is None


def test_the_registry_costs_no_numpy() -> None:
    """The interface asks it at its start."""
    code = "import sys; import core.data.sources; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
