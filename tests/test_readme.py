"""What can be checked of the pages: links, the paths, modules and commands that they name, the README's length."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import __version__
from core.__main__ import _COMMANDS

_ROOT = Path(__file__).resolve().parent.parent
_README = _ROOT / "README.md"
_PAGES = [_README, _ROOT / "CONTRIBUTING.md", _ROOT / "CHANGELOG.md", *sorted((_ROOT / "docs").glob("*.md"))]
_MOST_LINES = 150
_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TARGET = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?<![\w./])(?:core|tui|tests|scripts|docs)/[\w./*-]*")

pages = pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)


def _code(page: Path) -> Iterator[str]:
    """What stands between backticks, and each line of a code block."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCED.findall(text):
        yield from block.splitlines()
    text = _FENCED.sub("", text)
    yield from re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    for span in re.findall(r"`([^`]+)`", text):
        yield " ".join(span.split())


def _anchors(page: Path) -> set[str]:
    """Where a link may lead within a page: its headings, as GitHub names them."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short() -> None:
    """It is the page for a person who wants to use the program; all else has pages of its own."""
    assert len(_README.read_text(encoding="utf-8").splitlines()) <= _MOST_LINES


def test_the_readmes_commands_are_those_that_ci_runs() -> None:
    """It installs and runs in one command, installs and tests in one, and `.ci/run` does both halves of the second."""
    commands = re.findall(r"^ {4}(python -m pip .+)$", _README.read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["python -m pip install . && digits-tui", "python -m pip install '.[test]' && python -m pytest"]
    ci = (_ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"python -m pip install .*'\.\[test\]'", ci)
    assert re.search(r"^.*python (-m slipcover )?-m pytest$", ci, re.MULTILINE)


@pages
def test_links_and_pictures_are_there(page: Path) -> None:
    """Each link that stays within the repository leads to a file, and to a heading of it where it names one."""
    for target in _TARGET.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.exists(), f"{page.name} links to {target}, which does not exist"
        assert not anchor or anchor in _anchors(found), f"{found.name} has no heading for {target}"


@pages
def test_paths_are_there(page: Path) -> None:
    """Each path of ours in code exists; one with an asterisk fits at least one file."""
    for code in _code(page):
        for path in _PATH.findall(code):
            found = any(_ROOT.glob(path)) if "*" in path else (_ROOT / path).exists()
            assert found, f"{page.name} names {path}, which does not exist"


@pages
def test_modules_are_there(page: Path) -> None:
    """What is said to be run with `python -m` can be."""
    for code in _code(page):
        for module in re.findall(r"python -m ((?:core|tui|tests|scripts)[\w.]*)", code):
            path = _ROOT.joinpath(*module.split("."))
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


@pages
def test_commands_are_there(page: Path) -> None:
    """Each `digits-tui COMMAND` is one that the parser knows."""
    for code in _code(page):
        for command in re.findall(r"digits-tui ([a-z][\w-]*)", code):
            assert command in _COMMANDS, f"{page.name} names digits-tui {command}, which does not exist"


def test_the_readme_names_every_command() -> None:
    """All but `serve`, which is for the app alone."""
    named = {command for code in _code(_README) for command in re.findall(r"digits-tui ([a-z]+)", code)}
    assert named == set(_COMMANDS) - {"serve"}


def test_this_version_has_its_entry_in_the_changelog() -> None:
    """Under the version that the program and its package give."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = project.get("version", __version__)  # absent where the build takes it from the package
    assert version == __version__
    assert f"\n## {version}" in (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
