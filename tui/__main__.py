"""The command `digits-tui`: the app where it is called alone or with `--frames`, else core's command line.

Nothing heavy is imported before it is known to be needed.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TextIO

NO_TERMINAL = """\
digits-tui opens a full-screen app, which needs a terminal, and {stream} is none.
Run it in a terminal (over SSH: ssh -t HOST digits-tui), or give it a command: digits-tui --help lists them."""

MOST_FRAMES = 60
"""Frames a second that can be asked for; without being asked Textual paints whenever something changed."""


def main(argv: list[str] | None = None) -> int:
    """Run the command with `argv`, by default the process's arguments, and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    frames = None
    if arguments and arguments[0].partition("=")[0] == "--frames":
        frames = _frames(arguments)
    elif arguments:
        from core.__main__ import main as command_line

        return command_line(arguments)
    # Textual reads keys from standard input and paints on standard error; whoever redirects standard output
    # wants text and not a screen.
    streams = {"standard input": sys.stdin, "standard output": sys.stdout, "standard error": sys.stderr}
    for name, stream in streams.items():
        if not _is_terminal(stream):
            print(NO_TERMINAL.format(stream=name), file=sys.stderr)
            return 2
    return _open(frames)


def _frames(arguments: list[str]) -> int:
    """How often a second the screen is painted; leaves with status 2 where that is no number of 1 to 60."""
    import argparse

    def number(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= MOST_FRAMES:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 to {MOST_FRAMES}")
        return int(text)

    parser = argparse.ArgumentParser(prog="digits-tui", allow_abbrev=False)
    parser.add_argument("--frames", type=number, metavar="N", help="paint the screen N times a second at most")
    frames: int = parser.parse_args(arguments).frames
    return frames


def _open(frames: int | None) -> int:
    """Run the app, then say what goes on without it."""
    # Pixel mouse reports, once begun, land in the wrong cell after a resize. Read when Textual is imported.
    os.environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
    # Ink waits for the next frame: at Textual's 60 a second as long as a mouse takes for its next report.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from core import paths
    from core.errors import DigitsError
    from core.system import gc_policy

    gc.disable()  # until the first screen is there, a tenth sooner; `settle` ends that
    from tui.app import DigitsApp

    try:
        paths.home()  # before the screen is another: whether it can be told at all
        app = DigitsApp(frames)
        app.begun = gc_policy.settle
        app.run()
    except DigitsError as error:
        print(f"digits-tui: {error}", file=sys.stderr)
        return 1
    finally:
        gc.enable()
    if words := parting_words():
        print(words, file=sys.stderr)
    return app.return_code or 0


def parting_words() -> str:
    """What to say on the terminal after the app has closed: that runs go on, and how to find them; else empty."""
    from tui.processes.run_list import running_runs

    return "\n".join(
        f"{run.name} goes on training without the app.\n"
        f"  see it:  digits-tui watch {run.name}   (or open digits-tui again)\n"
        f"  end it:  digits-tui stop {run.name}"
        for run in running_runs()
    )


def _is_terminal(stream: TextIO | None) -> bool:
    """False also for a stream that is closed or was never there."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
