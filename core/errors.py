"""The errors that digits-tui foresees. Anything else is a defect and is meant to crash loudly.

Each message says what was given, what was expected and what to do; whoever catches one shows it unchanged.
"""

from __future__ import annotations


class DigitsError(Exception):
    """Base of every foreseen error; the command line prints its message and exits with status 1."""


class ConfigurationError(DigitsError):
    """A setting is outside its bounds; the message names the field, its value and the bounds."""


class DataError(DigitsError):
    """A data set, or a file of one, cannot be used."""


class DeviceError(DigitsError):
    """A device was asked for that is not there, or that failed."""


class CheckpointError(DigitsError):
    """A checkpoint is missing, damaged or of another program."""


class RunError(DigitsError):
    """A run directory cannot be written, found, stopped or resumed."""
