"""core.system.priority: a training in the background comes after what a person waits for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from core.system import children

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
    niceness, before, after = json.loads(done.stdout)
    assert niceness >= 10
    assert after == (before if before is None or not own else 10)
