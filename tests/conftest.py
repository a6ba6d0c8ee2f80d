"""What several tests need: a home of their own, and small data sets."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from quick import sitecustomize
from waiting import comes_true

if TYPE_CHECKING:
    from tui.state.requests import LookInside

# Four processes test at once: a thread that spins while it waits for another one keeps a third from its core. Read when
# torch and NumPy are imported by the processes that test, and in what tests start.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    """Tell slipcover in the processes that test what it tells only the one that hands out the tests."""
    measuring = next((finder.sci for finder in sys.meta_path if hasattr(finder, "sci")), None)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if measuring is None or not (worker or config.getoption("numprocesses", None)):
        return
    from slipcover.config import read_config

    measuring.immediate = read_config()["immediate"]
    if worker != "gw0":
        measuring.source = None  # the modules that no test imports are read at the end, for 7 seconds: once is enough


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all that is tested without a search for garbage, which takes a tenth of the time."""
    from core.system import gc_policy  # after slipcover has been told

    with gc_policy.spared():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole programs first, which are waited for: at the end of the run nothing would be done meanwhile."""
    items.sort(key=lambda item: not item.path.name.startswith(("test_program", "test_wild", "test_commands.")))


def pytest_collection_finish() -> None:
    """Search for garbage among what the tests make: a search of all that is imported took a quarter of the time."""
    import tui.app  # the process that only hands out the tests needs none of it

    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
    tui.app._TIDY = tui.app._PRELOAD = 3600.0  # tests of these set what they need
    _share_parsed_css()


def _share_parsed_css() -> None:
    """Parse each style sheet once for all apps of this process: a tenth of the time of a screen's tests."""
    from textual.css.model import RuleSet
    from textual.css.stylesheet import Stylesheet

    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules
    numbers: dict[frozenset[tuple[str, str]], int] = {}
    latest: dict[str, str] = {}
    number = 0

    def shared(self: Stylesheet, *arguments: Any, **named: Any) -> list[RuleSet]:
        nonlocal latest, number
        if self._variables is not latest:  # most calls come with those of the one before
            latest = self._variables
            number = numbers.setdefault(frozenset(latest.items()), len(numbers))
        key = arguments, frozenset(named.items()), number
        if key not in parsed:
            parsed[key] = parse(self, *arguments, **named)
        return parsed[key]

    Stylesheet._parse_rules = shared  # type: ignore[method-assign]  # for as long as the process tests


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's files of this test alone; no test reads or writes those of the person who runs it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DIGITS_HOME", str(folder))
    # A training that steps back would wait for all that the other processes test.
    monkeypatch.setenv("DIGITS_NICENESS", "0")
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))  # what the other processes test is no news
    return folder


@pytest.fixture(scope="session")
def mnist_part() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first 1,200 of MNIST's training images (1200, 28, 28) and their labels."""
    from core.data import mnist

    train, _ = mnist.load()
    return train.images[:1200], train.labels[:1200]


@pytest.fixture
def small_set(tmp_path: Path, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """A thousand of them as an `.npz` file: real digits, seconds to train on.

    More would be read by other processes, which need half as much processor time again to start.
    """
    path = tmp_path / "small.npz"
    images, labels = mnist_part
    np.savez(path, images=images[:1000], labels=labels[:1000])
    return path


@pytest.fixture
def tiny_set(tmp_path: Path, mnist_part: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Path:
    """The first 200, for a test that does not ask how well they are read."""
    path = tmp_path / "tiny.npz"
    images, labels = mnist_part
    np.savez(path, images=images[:200], labels=labels[:200])
    return path


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Leaves torch's thread count as it was."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def short_trainings(monkeypatch: pytest.MonkeyPatch) -> str:
    """Few images train a small network for a few steps, in this process and in those that it starts.

    Returns the PYTHONPATH that does it.
    """
    from core.config.recipes import RECIPES

    for name, recipe in list(RECIPES.items()):
        monkeypatch.setitem(RECIPES, name, sitecustomize.shortened(recipe))
    monkeypatch.setenv("PYTHONPATH", folder := str(Path(sitecustomize.__file__).parent))
    return folder


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """`fast` with its small network on few images too, which trains in a fifth of the time, in this process."""
    from core.config.recipes import RECIPES

    fast = RECIPES["fast"]
    monkeypatch.setitem(RECIPES, "fast", sitecustomize.on_few(fast, architecture=fast.architecture))


@pytest.fixture
async def children_end() -> AsyncIterator[None]:
    """Gives the children of a closed app the moment they need to end, as leaving the program does."""
    yield
    await comes_true(
        lambda: asyncio.all_tasks() == {asyncio.current_task()}, lambda: f"these tasks: {asyncio.all_tasks()}"
    )


@pytest.fixture
def looked_inside(monkeypatch: pytest.MonkeyPatch) -> list[LookInside]:
    """The requests to show what a network makes of an image, which the app does not act on."""
    from tui.app import DigitsApp

    asked: list[LookInside] = []
    monkeypatch.setattr(DigitsApp, "on_look_inside", lambda _, request: asked.append(request))
    return asked
