"""core.priority: a training in the background comes after what a person waits for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core import children

_STEP_BACK = """
import os, pathlib
from core.priority import step_back
step_back()
group = pathlib.Path("/proc/self/autogroup")
print(os.getpriority(os.PRIO_PROCESS, 0), *(group.read_text().split() if group.exists() else ()))
"""


@pytest.mark.parametrize("own", [True, False])
def test_it_steps_back(own: bool) -> None:
    """Its niceness is lowered, and that of its session where it leads one: another's, such as a shell's, stays."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _STEP_BACK],
        env=children.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        start_new_session=own,
    )
    niceness, *group = done.stdout.split()
    assert int(niceness) >= 10
    ours = Path("/proc/self/autogroup")
    if ours.exists():  # Linux with such groups: "/autogroup-N nice M"
        assert int(group[-1]) == (10 if own else int(ours.read_text().split()[-1]))
