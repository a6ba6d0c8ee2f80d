"""Short trainings in what a test starts: Python imports this module first where its folder is on the path.

What a process does with a training is the same, and its seconds go to other tests.
"""

from __future__ import annotations

import dataclasses
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.config.recipes import Recipe

_MODULE = "core.config.recipes"


def on_few(recipe: Recipe, **changes: Any) -> Recipe:
    """A recipe that does these things differently for few images."""
    return dataclasses.replace(recipe, small_data=dataclasses.replace(recipe.small_data, **changes))


def shortened(recipe: Recipe) -> Recipe:
    """A recipe that gives few images a small network, small batches and few steps."""
    architecture = "little" if recipe.name in ("fast", "accurate") else recipe.small_data.architecture
    return on_few(recipe, architecture=architecture, batch_size=16, steps=60, fewest_steps=60)


class _Shortening(MetaPathFinder):
    """Finds the recipes where others find them, and shortens them once they are loaded."""

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where they are; None for another module."""
        if name != _MODULE or (spec := PathFinder.find_spec(name, path)) is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_shortened(module: Any) -> None:
            load(module)
            for each in list(module.RECIPES.values()):
                module.RECIPES[each.name] = shortened(each)

        spec.loader.exec_module = load_shortened  # type: ignore[method-assign]
        return spec


if __name__ == "sitecustomize":  # as Python imports it
    sys.meta_path.insert(0, _Shortening())
