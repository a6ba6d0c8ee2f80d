"""A share of `python -m tests.crashes`: what was reported as kept outlives a crash or a failing disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crashes.crash import crash
from tests.crashes.faults import FAULTS, READ_ONLY, Fault, fail
from tests.crashes.kinds import KINDS, MANY_CALLS


@pytest.mark.parametrize("name", KINDS)
def test_nothing_that_was_kept_is_lost_in_a_crash(name: str, tmp_path: Path) -> None:
    """Each state in which the disk may be left is opened with the program, which goes on and tidies up."""
    found = crash(KINDS[name], tmp_path, every=MANY_CALLS.get(name, 1))
    assert found.states > 5
    assert not found.failures, "\n".join(found.failures[:3])


@pytest.mark.parametrize("fault", [*FAULTS, *READ_ONLY], ids=lambda fault: fault.name)
@pytest.mark.parametrize("name", KINDS)
def test_a_disk_that_fails_costs_nothing_and_is_said(name: str, fault: Fault, tmp_path: Path) -> None:
    """Wherever it begins to fail: a message with the reason, no half file, and with room again it goes on."""
    found = fail(KINDS[name], fault, tmp_path, every=MANY_CALLS.get(name, 1))
    assert found.tries
    assert not found.complaints, "\n".join(found.complaints[:3])
