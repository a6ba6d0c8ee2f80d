"""The command line over core: `digits-tui COMMAND …` and `python -m core COMMAND …`.

Results go to standard output, narration to standard error; the exit status is 0, 1 where it failed, 2 for
wrong usage. Torch, NumPy and rich are imported by the commands that need them, when they need them.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from core import __version__
from core.commands import datasets, devices, evaluate, predict, runs, serve, train
from core.errors import ConfigurationError, DigitsError

_DESCRIPTION = """\
Watch a network learn to read digits, draw one, and see it read.

Without a command the app opens: pick a data set, watch the training, draw with mouse or arrow keys.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="digits-tui", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"digits-tui {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for module in (train, runs, evaluate, predict, datasets, devices, serve):
        module.add_parser(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Foreseen errors become one line on standard error."""
    options = parser().parse_args(arguments)
    if options.command is None:
        print("a command is needed; `digits-tui --help` lists them", file=sys.stderr)
        return 2
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except ConfigurationError as error:
        print(f"digits-tui: {error}", file=sys.stderr)
        return 2  # an option that is out of its bounds is wrong usage
    except DigitsError as error:
        print(f"digits-tui: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has had enough; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("digits-tui: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    return status


if __name__ == "__main__":
    sys.exit(main())
