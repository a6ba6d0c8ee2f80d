"""A small, fixed share of `python -m tests.fuzz`: no reader raises anything but what it documents."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from tests.fuzz.readers import FuzzedReader, readers
from tests.fuzz.tries import tried

_TRIES = 300
_FEW = 100
_SLOW = ("checkpoint", "state", "events.jsonl", "config.json", "summary.json")
"""What builds a network, or shows a whole run in all places, has few tries."""
_NAMES = (
    "idx", "idx labels", "archive", "traces", "image, png", "image, jpeg", "image, bmp", "image, webp", "checkpoint",
    "state", "events.jsonl", "config.json", "summary.json", "configuration", "label", "preferences", "amendments",
    "catalogue", "drawing", "draft", "journal", "protocol",
)  # fmt: skip


@pytest.fixture(scope="module")
def fuzzed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for all of them, which are made once."""
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(scope="module")
def every(fuzzed_home: Path) -> dict[str, FuzzedReader]:
    """The readers by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITS_HOME", str(fuzzed_home))
        return {reader.name: reader for reader in readers(fuzzed_home)}


def test_no_reader_is_forgotten(every: dict[str, FuzzedReader]) -> None:
    """Each is tried below."""
    assert tuple(every) == _NAMES


@pytest.mark.parametrize("name", _NAMES)
def test_damage_is_refused_or_passed_over(
    name: str, every: dict[str, FuzzedReader], fuzzed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within bounds of memory; the seed of a failure makes it again with the script."""
    monkeypatch.setenv("DIGITS_HOME", str(fuzzed_home))
    result = tried(every[name], _FEW if name in _SLOW else _TRIES, seed=0)
    assert not result.failures, "\n".join(
        f"{name}, seed {seed}: {''.join(traceback.format_exception(error))}" for seed, error in result.failures
    )
