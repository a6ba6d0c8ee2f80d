"""The command line over core: `digits-tui COMMAND …` and `python -m core COMMAND …`.

Results go to standard output, progress and errors to standard error; with `--json` an error is also an object
`{"error": text}` on standard output. The exit status is 0 for success, 1 for failure and 2 for wrong usage.
Commands import torch, NumPy and rich only when they need them, and a command's own module is imported only for that
command or for the help of all commands.
"""

from __future__ import annotations

import argparse
import atexit
import errno
import io
import json
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module

from core import __version__
from core.errors import ConfigurationError, DigitsError
from core.system import gc_policy
from core.system.messages import Failure

_DESCRIPTION = """\
Watch a network learn to read digits, draw one, and see it read.

Without a command the app opens: pick a data set, watch the training, draw with mouse or arrow keys.
Over a slow line, `digits-tui --frames N` opens it to paint N times a second at most (1 to 60).
"""


_COMMANDS = {
    "train": "train",
    "resume": "train",
    "runs": "runs",
    "watch": "watch",
    "stop": "watch",
    "evaluate": "evaluate",
    "scorecard": "scorecard",
    "predict": "predict",
    "datasets": "datasets",
    "check": "check",
    "devices": "devices",
    "doctor": "doctor",
    "serve": "serve",
}
"""The module in `core.commands` of each command, in the order of the help."""


def parser(first: str = "") -> argparse.ArgumentParser:
    """The parser of all commands, or only of what the first argument, `first`, needs."""
    top = argparse.ArgumentParser(
        prog="digits-tui", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"digits-tui {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for module in _modules(first):
        import_module(f"core.commands.{module}").add_parser(commands)
    return top


def _modules(first: str) -> Iterable[str]:
    """The command modules to import when `first` is the first argument."""
    if first == "--version":
        return ()
    return (_COMMANDS[first],) if first in _COMMANDS else dict.fromkeys(_COMMANDS.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. Foreseen errors become one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without block characters shows question marks
    atexit.register(gc_policy.leave)
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser(given[0] if given else "").parse_args(given)
    if options.command is None:
        print("a command is needed; `digits-tui --help` lists them", file=sys.stderr)
        return 2
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except DigitsError as error:
        _complain(str(error), options)
        # An option out of its bounds is wrong usage.
        return 2 if isinstance(error, ConfigurationError) else 1
    except (MemoryError, ImportError, RuntimeError) as error:
        from core.commands.exhaustion import exhaustion

        if not (why := exhaustion(error)):
            raise
        _complain(why, options)
        return 1
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EIO):
            raise
        # The reader of our output is gone, or the disk is full. Python would complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            print(f"digits-tui: the output cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("digits-tui: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    return status


def _complain(words: str, options: argparse.Namespace) -> None:
    print(f"digits-tui: {words}", file=sys.stderr)
    if getattr(options, "json", False):
        print(json.dumps(Failure(words).to_json()))


if __name__ == "__main__":
    sys.exit(main())
