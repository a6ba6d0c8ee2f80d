"""core.config.configuration: bounds, messages and the way to JSON and back."""

from __future__ import annotations

from typing import Any

import pytest

from core.config.configuration import TrainingConfig
from core.errors import ConfigurationError


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipe": "quick"}, ["recipe", "'quick'", "fast", "accurate"]),
        ({"epochs": 0}, ["epochs", "0", "1 to 10,000"]),
        ({"epochs": 10_001}, ["epochs", "10001"]),
        ({"device": "gpu"}, ["device", "'gpu'", "cuda:N"]),
        ({"seed": -1}, ["seed", "-1"]),
        ({"data": ""}, ["data", "empty"]),
        ({"data": 5}, ["data", "5", "text"]),
        ({"recipe": []}, ["recipe", "[]", "text"]),
        ({"device": None}, ["device", "None", "text"]),
        ({"epochs": "3"}, ["epochs", "'3'", "whole number"]),
        ({"epochs": True}, ["epochs", "True", "whole number"]),
        ({"seed": 1.5}, ["seed", "1.5", "whole number"]),
        ({"seed": None}, ["seed", "None", "whole number"]),
    ],
)
def test_a_bad_field_is_named_with_its_value_and_bounds(fields: dict[str, Any], words: list[str]) -> None:
    """The message says what was given and what was expected."""
    with pytest.raises(ConfigurationError) as caught:
        TrainingConfig(**fields)
    for word in words:
        assert word in str(caught.value)


def test_json_and_back() -> None:
    """Nothing is lost, and fields of a later version do no harm."""
    config = TrainingConfig(data="mnist", recipe="accurate", epochs=3, device="cuda:1", seed=7)
    assert TrainingConfig.from_json({**config.to_json(), "later": 1}) == config


@pytest.mark.parametrize("data", [[], "text", None, 5])
def test_what_is_no_object_is_no_configuration(data: Any) -> None:
    """A configuration file that holds something else is an error in words."""
    with pytest.raises(ConfigurationError, match="JSON object"):
        TrainingConfig.from_json(data)
