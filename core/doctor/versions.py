"""Versions of the program, of Python, of the system and of the packages that are needed. Imports none of them."""

from __future__ import annotations

import platform
from importlib import metadata

from core import __version__
from core.doctor.diagnosis import Examined, Remedy, Section, fine, note, problem
from core.doctor.requirement import Requirement, requirements


def examine() -> Section:
    """Each with its version; one that is missing, or outside its bounds, is a problem."""
    lines = [fine("digits-tui", __version__), _python(), fine("system", platform.platform())]
    known = requirements()
    if not known:
        lines.append(note("packages", "digits-tui is not installed as a package, so that no bounds are known"))
    lines += [_package(each) for each in known if each.name != "Python"]
    return Section("Versions", tuple(lines))


def _python() -> Examined:
    version = platform.python_version()
    words = f"{version} ({platform.python_implementation()}, {platform.machine()})"
    needed = next((each for each in requirements() if each.name == "Python"), Requirement("Python", ""))
    if needed.allows(version):
        return fine("Python", words)
    mend = Remedy(f"Install digits-tui with another Python: {needed.bounds}.")
    return problem("Python", f"{words}; {needed.bounds} is needed", mend)


def _package(needed: Requirement) -> Examined:
    mend = Remedy(f"Install a {needed.name} that fits:", f"python -m pip install '{needed.name}{needed.bounds}'")
    try:
        version = metadata.version(needed.name)
    except metadata.PackageNotFoundError:
        return problem(needed.name, f"missing; {needed.bounds or 'any version'} is needed", mend)
    if needed.allows(version):
        return fine(needed.name, version)
    return problem(needed.name, f"{version}; {needed.bounds} is needed", mend)
