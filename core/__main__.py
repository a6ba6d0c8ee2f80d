"""The command line over core: `digits-tui COMMAND …` and `python -m core COMMAND …`.

Results go to standard output, narration and errors to standard error; with `--json` an error is an object
`{"error": text}` on standard output as well. The exit status is 0, 1 where it failed, 2 for wrong usage.
Torch, NumPy and rich are imported by the commands that need them, when they need them; a command's own module only
where that command, or the help of all, is asked for.
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
    "watch": "runs",
    "stop": "runs",
    "evaluate": "evaluate",
    "scorecard": "scorecard",
    "predict": "predict",
    "datasets": "datasets",
    "check": "check",
    "devices": "devices",
    "serve": "serve",
}
"""Of each command the module in `core.commands`, in the order in which the help has them."""


def parser(first: str = "") -> argparse.ArgumentParser:
    """The parser of all commands, or of what is needed where this is the first argument."""
    top = argparse.ArgumentParser(
        prog="digits-tui", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"digits-tui {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for module in _modules(first):
        import_module(f"core.commands.{module}").add_parser(commands)
    return top


def _modules(first: str) -> Iterable[str]:
    """Those that have to be imported where this is the first argument."""
    if first == "--version":
        return ()
    return (_COMMANDS[first],) if first in _COMMANDS else dict.fromkeys(_COMMANDS.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Foreseen errors become one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no block characters gets question marks
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
        print(f"digits-tui: {error}", file=sys.stderr)
        if getattr(options, "json", False):
            print(json.dumps(Failure(str(error)).to_json()))
        # An option that is out of its bounds is wrong usage.
        return 2 if isinstance(error, ConfigurationError) else 1
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EIO):
            raise
        # Whoever read our output is gone, or its disk is full; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            print(f"digits-tui: the output cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("digits-tui: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    return status


if __name__ == "__main__":
    sys.exit(main())
