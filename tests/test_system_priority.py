"""core.system.priority: a training in the background comes after what a person waits for."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from core.errors import ConfigurationError
from core.system import children, priority

_STEP_BACK = """
import json, os, pathlib
from core.system.priority import step_back

file = pathlib.Path("/proc/self/autogroup")  # "/autogroup-N nice M"; empty where the first session of all is ours

def group():
    return int(words[-1]) if file.exists() and (words := file.read_text().split()) else None

before = group()
step_back()
print(json.dumps([os.getpriority(os.PRIO_PROCESS, 0), before, group()]))
"""


@pytest.mark.parametrize("own", [True, False])
def test_it_steps_back(own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its niceness is lowered, and that of its session where it leads one: another's, such as a shell's, stays."""
    monkeypatch.delenv("DIGITS_NICENESS")
    done = subprocess.run(
        [sys.executable, "-P", "-c", _STEP_BACK],
        env=children.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        start_new_session=own,
    )
    niceness, before, after = json.loads(done.stdout)
    assert niceness >= 10
    assert after == (before if before is None or not own else 10)


@pytest.mark.parametrize(("given", "by"), [("0", 0), ("3", 3)])
def test_a_person_says_by_how_much(given: str, by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not at all, for a machine that does nothing else."""
    monkeypatch.setenv("DIGITS_NICENESS", given)
    asked: list[int] = []
    monkeypatch.setattr(os, "nice", asked.append)
    priority.step_back()
    assert asked == [by]


@pytest.mark.parametrize("given", ["", "-1", "20", "1.5", "low", "٣"])
def test_another_niceness_is_refused_with_its_bounds(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is no whole number from 0 to 19."""
    monkeypatch.setenv("DIGITS_NICENESS", given)
    with pytest.raises(ConfigurationError, match="from 0 to 19"):
        priority.step_back()
