"""tui.terminal.style_sheet: each source is parsed once, and all of them again after a change of variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import Any

import pytest
from textual.color import Color
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.stylesheet import StylesheetParseError

from tui.terminal.style_sheet import StyleSheet

_MANY = 200
"""Sources; Textual's own cache holds 64."""
_NUMBERS = count()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each source was parsed."""
    counted: Counter[str] = Counter()

    def counting(scope: str, css: str, *arguments: Any, **named: Any) -> Iterable[RuleSet]:
        counted[css] += 1
        return parse(scope, css, *arguments, **named)

    monkeypatch.setattr("textual.css.stylesheet.parse", counting)
    return counted


def _full() -> StyleSheet:
    """Sources that no other test had: what is parsed is shared between tests."""
    sheet = StyleSheet(variables={"shade": "red"})
    for _ in range(_MANY):
        number = next(_NUMBERS)
        sheet.add_source(f"#widget-{number} {{ color: $shade; }}", read_from=("", f"{number}"))
    return sheet


def test_each_source_is_parsed_once(parsed: Counter[str]) -> None:
    """Also when a screen has one more, or none."""
    sheet = _full()
    assert len(sheet.rules) == _MANY
    sheet.reparse()
    sheet.add_source(f"#widget-{next(_NUMBERS)} {{ color: $shade; }}", read_from=("", "more"))
    sheet.reparse()
    assert len(sheet.rules) == _MANY + 1
    assert len(parsed) == _MANY + 1
    assert set(parsed.values()) == {1}


def test_other_variables_are_applied() -> None:
    """As another theme has them: no rule keeps the colours of before."""
    sheet = _full()
    assert {rule.styles.color for rule in sheet.rules} == {Color.parse("red")}
    sheet.set_variables({"shade": "blue"})
    sheet.reparse()
    assert {rule.styles.color for rule in sheet.rules} == {Color.parse("blue")}


def test_an_invalid_source_is_refused_and_the_rules_stay() -> None:
    """As Textual does it: the error names the source, and what was parsed before still holds."""
    sheet = _full()
    before = sheet.rules
    sheet.add_source("#widget { colour: red; }", read_from=("", "wrong"))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
    sheet.reparse()  # the invalid one is passed over from now on
    assert len(sheet.rules) == len(before)
