"""The errors that digits-tui foresees. Anything else is a bug and is meant to crash loudly.

Each message says what was given, what was expected and what to do, and is shown to the user unchanged.
"""

from __future__ import annotations


class DigitsError(Exception):
    """Base of every foreseen error; the command line prints its message and exits with status 1."""


class ConfigurationError(DigitsError):
    """A setting is outside its bounds; the message names the field, its value and the bounds."""


class DataError(DigitsError):
    """A data set, or a file of one, cannot be used."""


class DeviceError(DigitsError):
    """The requested device is not available, or it failed."""


class CheckpointError(DigitsError):
    """A checkpoint is missing, damaged or from another program."""


class RunError(DigitsError):
    """A run directory cannot be written, found, stopped or resumed."""
