"""core.training.distillation: what is said of which images, and what a network learns from its teachers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from trained import trained

from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.config.recipes import RECIPES
from core.config.training_length import TrainingLength
from core.data.collection import LabelledImages
from core.errors import CheckpointError, ConfigurationError
from core.networks.architectures import build
from core.networks.checkpoint_file import header
from core.networks.inputs import as_input
from core.runs.events import Finished
from core.runs.run import create_run
from core.training import probe, train
from core.training.distillation import Distillation, Teachers, load
from core.training.learner import Learner
from core.training.step import TrainingStep

pytestmark = pytest.mark.usefixtures("two_threads")

_CPU = torch.device("cpu")
_PLAN = Plan("cpu", 1, "float32")


def _images(count: int = 12) -> torch.Tensor:
    draws = torch.Generator().manual_seed(0)
    return as_input(torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=draws))


def test_the_targets_are_the_mean_of_the_teachers() -> None:
    """Of the rows asked about; of digits alone where one of them also tells what is none."""
    one, other, images = build("small", 1).eval(), build("deep-11", 2).eval(), _images()
    said = Distillation([one, other], slice(8), _CPU, digits=True).targets(images)
    assert not said.requires_grad
    torch.testing.assert_close(said, (one(images[:8]) + other(images[:8])[:, :10]) / 2)
    assert Distillation([other], slice(-3, None), _CPU, digits=False).targets(images).shape == (3, 11)


def test_what_is_learned_comes_near_to_what_is_said() -> None:
    """With a teacher that contradicts its labels a network ends nearer to it than with the labels alone."""
    images, labels = _images(), torch.arange(12) % 10
    teacher = build("small", 9).eval()
    with torch.no_grad():
        last = [each for each in teacher.modules() if isinstance(each, nn.Linear)][-1]
        last.weight.mul_(30)  # so that it has opinions
        said = teacher(images).softmax(dim=1)
    apart = []
    for distillation in (None, Distillation([teacher], slice(None), _CPU, digits=True, weight=3.0, temperature=2.0)):
        step = TrainingStep(RECIPES["fast"], _PLAN, total_steps=60, seed=0, distillation=distillation)
        for _ in range(60):
            step(images, labels)
        with torch.no_grad():
            apart.append(float((step.network(images).softmax(dim=1) - said).abs().sum(dim=1).mean()))
    assert apart[1] < apart[0] / 2


def test_teachers_are_asked_about_the_sets_own_images_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not about the made ones, of which they may know nothing."""
    monkeypatch.setattr("core.training.auxiliary._MADE", 60)
    monkeypatch.setattr("core.config.recipes.SMALL", 10)
    random = np.random.default_rng(0)
    part = LabelledImages(
        random.integers(0, 256, (200, 28, 28)).astype(np.uint8), (np.arange(200) % 10).astype(np.uint8)
    )
    recipe = RECIPES["robust"].on(len(part))
    teachers = Teachers((build("small", 1).eval(),))
    learner = Learner(recipe, TrainingLength.of(recipe, len(part)), _PLAN, part, 0, teachers=teachers)
    images, _ = next(learner.batches.epoch(1))
    distillation = learner.step.distillation
    assert distillation is not None
    assert len(distillation.targets(images)) == recipe.batch_size < len(images)


@pytest.fixture
def one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same plan each time."""
    monkeypatch.setattr(probe, "choose", lambda name, recipe: ([_PLAN], []))


@pytest.mark.usefixtures("one_plan")
def test_a_run_with_teachers_is_another_and_says_whose(
    tiny_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its weights differ from those without; its checkpoint names its teachers."""
    monkeypatch.setattr("core.config.training_length._SMALL_STEPS", 6)
    teacher = str(trained(tmp_path / "teacher.npz", seed=3))
    ends = []
    for teachers in ((), (teacher,)):
        run = create_run(TrainingConfig(str(tiny_set), "robust", epochs=1, teachers=teachers))
        events = list(train.train(run.config(), run))
        assert isinstance(events[-1], Finished)
        ends.append(run.model)
    assert header(ends[1]).trained["configuration"]["teachers"] == [teacher]
    assert ends[0].read_bytes() != ends[1].read_bytes()
    with np.load(ends[0]) as without, np.load(ends[1]) as distilled:
        name = next(name for name in without.files if name.endswith("weight"))
        assert not np.array_equal(without[name], distilled[name])


def test_a_teacher_that_is_missing_is_named(tmp_path: Path) -> None:
    """As any checkpoint is; none at all is no lesson."""
    with pytest.raises(CheckpointError, match=r"nobody\.npz"):
        load([str(tmp_path / "nobody.npz")])
    assert load([]) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipe": "fast", "teachers": ("a.npz",)}, "robust"),
        ({"recipe": "robust", "teachers": "a.npz"}, "paths of checkpoints"),
        ({"recipe": "robust", "teachers": ("",)}, "paths of checkpoints"),
        ({"recipe": "robust", "teachers": [5]}, "paths of checkpoints"),
    ],
)
def test_teachers_that_make_no_sense_are_refused(fields: dict[str, object], words: str) -> None:
    """The message says what was expected."""
    with pytest.raises(ConfigurationError, match=words):
        TrainingConfig(**fields)  # type: ignore[arg-type]  # that is the point


def test_teachers_survive_json() -> None:
    """Which has lists for tuples."""
    config = TrainingConfig(recipe="robust", teachers=("a.npz", "b.npz"))
    assert TrainingConfig.from_json({**config.to_json(), "teachers": ["a.npz", "b.npz"]}) == config
