"""core.networks.model_name: what the person calls a network."""

from __future__ import annotations

from core import paths
from core.networks.model_name import at_start, model_name


def test_a_network_is_called_what_a_person_knows_it_by() -> None:
    """By its run, by its file, or as the shipped one."""
    assert model_name(None) == model_name(paths.shipped_checkpoint()) == "the shipped model"
    assert model_name("/runs/a-run/model.npz") == "a-run"
    assert model_name("/somewhere/mine.npz") == "mine"


def test_only_the_shipped_ones_name_is_capitalised() -> None:
    """A run's and a file's are names: they begin as the person wrote them."""
    assert at_start(model_name(None)) == "The shipped model"
    assert at_start("the best") == "the best"
    assert at_start("2026-01-31-142500-mnist-fast") == "2026-01-31-142500-mnist-fast"
