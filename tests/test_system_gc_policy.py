"""core.system.gc_policy: when Python does not look for it."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from core.system import gc_policy


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leaves the search as it was."""
    searched = gc.isenabled()
    yield
    gc.enable() if searched else gc.disable()


@pytest.mark.parametrize("searched", [True, False])
def test_the_search_is_as_before_whatever_happens_meanwhile(searched: bool) -> None:
    """Also after an error, and where somebody else has ended it."""
    gc.enable() if searched else gc.disable()
    with gc_policy.spared():
        assert not gc.isenabled()
    assert gc.isenabled() is searched
    with pytest.raises(ImportError), gc_policy.spared():
        raise ImportError
    assert gc.isenabled() is searched


@pytest.mark.parametrize(("modules", "frozen"), [("json", True), ("json, types; sys.modules['triton'] = types", False)])
def test_at_the_end_nothing_is_searched_unless_somebody_complains(modules: str, frozen: bool) -> None:
    """In a process of its own, since it is for ever."""
    script = f"import sys, gc; from core.system import gc_policy; import {modules}; gc_policy.leave(); "
    script += "print(gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 0) is frozen and not done.stderr


def test_what_is_there_is_searched_no_more_once_settled() -> None:
    """In a process of its own; what comes later is searched too, but seldom through all of it."""
    script = "import gc; gc.disable(); from core.system import gc_policy; "
    script += "usual = gc.get_threshold(); gc_policy.settle(); "
    script += (
        "print(gc.isenabled(), gc.get_freeze_count(), *(now / then for now, then in zip(gc.get_threshold(), usual)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    searched, frozen, first, second, last = done.stdout.split()
    assert searched == "True" and int(frozen) > 1000
    assert float(first) * float(second) * float(last) > 1


def test_garbage_is_searched_for_where_much_was_made() -> None:
    """In a process of its own: of a few objects nothing is thought, of some ten thousand all are looked at."""
    script = """
import weakref
from core.system import gc_policy

class Screen: pass

def closed():
    screen = Screen()
    screen.itself = screen
    return weakref.ref(screen)

gc_policy.settle()
first = closed()
few = gc_policy.tidy()
kept = first() is not None
many = [[] for _ in range(50_000)]
last = closed()
print(few, kept, gc_policy.tidy(), first(), last())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True", "None", "None"]
