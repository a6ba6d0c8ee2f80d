"""core.training.probe: which way of using the processor is chosen, by rates that are made up."""

from __future__ import annotations

import pytest

from core.config.device_plan import Plan
from core.config.recipes import RECIPES, Recipe
from core.system import hardware
from core.training import probe

_FAST = RECIPES["fast"]
Way = tuple[int, str]


def _chosen(monkeypatch: pytest.MonkeyPatch, rates: dict[Way, float], *, low: bool = True) -> tuple[Way, list[Way]]:
    """The plan's threads and precision, and what was measured for it, of a machine with four cores."""
    asked: list[Way] = []

    def rate(plan: Plan, recipe: Recipe, enough: float = 0.0) -> float:
        assert recipe is _FAST
        assert enough == max((rates[each] for each in asked), default=0.0)
        asked.append((plan.threads, plan.precision))
        return rates[asked[-1]]

    monkeypatch.setattr(hardware, "usable_cores", lambda: 4)
    monkeypatch.setattr(probe, "_has_fast_bfloat16", lambda: low)
    monkeypatch.setattr(probe, "step_rate", rate)
    (plan, *others), notes = probe.choose("cpu", _FAST)
    assert not others and not notes
    assert plan.images_per_second == max(rates[each] for each in asked)
    return (plan.threads, plan.precision), asked


def test_threads_are_doubled_while_it_helps_and_the_best_number_tries_the_other_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On an idle machine."""
    rates = {(1, "bfloat16"): 10.0, (2, "bfloat16"): 19.0, (4, "bfloat16"): 30.0, (4, "float32"): 20.0}
    assert _chosen(monkeypatch, rates) == ((4, "bfloat16"), list(rates))


def test_where_another_process_has_a_core_one_thread_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that wait for each other are slower; four are not tried."""
    rates = {(1, "bfloat16"): 10.0, (2, "bfloat16"): 2.0, (1, "float32"): 6.0}
    assert _chosen(monkeypatch, rates) == ((1, "bfloat16"), list(rates))


def test_float32_is_taken_where_it_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the number of threads that was best."""
    rates = {(1, "bfloat16"): 10.0, (2, "bfloat16"): 12.0, (4, "bfloat16"): 12.0, (2, "float32"): 15.0}
    assert _chosen(monkeypatch, rates) == ((2, "float32"), list(rates))


def test_a_processor_that_does_not_multiply_bfloat16_is_not_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take seconds to find that out."""
    rates = {(1, "float32"): 10.0, (2, "float32"): 19.0, (4, "float32"): 19.5}
    assert _chosen(monkeypatch, rates, low=False) == ((4, "float32"), list(rates))
