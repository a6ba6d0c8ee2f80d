"""The command `digits-tui`: opens the app if called alone or with `--frames`, else runs core's command line.

Heavy modules are imported only once they are needed.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TextIO

NO_TERMINAL = """\
digits-tui is a full-screen app and needs a terminal, but {stream} is not one.
Run it in a terminal (over SSH: ssh -t HOST digits-tui), or give it a command: digits-tui --help lists them."""

MOST_FRAMES = 60
"""The highest frame rate that `--frames` accepts; without it Textual paints whenever something changes."""


def main(argv: list[str] | None = None) -> int:
    """Run the command with `argv` (default: the process's arguments) and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    frames = None
    if arguments and arguments[0].partition("=")[0] == "--frames":
        frames = _frames(arguments)
    elif arguments:
        from core.__main__ import main as command_line

        return command_line(arguments)
    # Textual reads keys from standard input and paints on standard error. Standard output is checked too: a user who
    # redirects it wants text, not a screen.
    streams = {"standard input": sys.stdin, "standard output": sys.stdout, "standard error": sys.stderr}
    for name, stream in streams.items():
        if not _is_terminal(stream):
            print(NO_TERMINAL.format(stream=name), file=sys.stderr)
            return 2
    return _open(frames)


def _frames(arguments: list[str]) -> int:
    """The value of `--frames`, in frames a second; exits with status 2 if it is not a whole number from 1 to 60."""
    import argparse

    def number(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= MOST_FRAMES:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_FRAMES}")
        return int(text)

    parser = argparse.ArgumentParser(prog="digits-tui", allow_abbrev=False)
    parser.add_argument("--frames", type=number, metavar="N", help="paint the screen N times a second at most")
    frames: int = parser.parse_args(arguments).frames
    return frames


def _open(frames: int | None) -> int:
    """Run the app, then print which runs continue without it."""
    # Pixel mouse reports land in the wrong cell after a resize. Textual reads this setting when it is imported.
    os.environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
    # Ink waits for the next frame: at Textual's default of 60 a second, as long as a mouse takes between two reports.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from core import paths
    from core.errors import DigitsError
    from core.system import gc_policy, heap

    heap.keep_small()  # before there are other threads
    gc.disable()  # the first screen appears a tenth sooner; `settle` enables it again
    from tui.app import DigitsApp
    from tui.terminal.signals import leaving

    try:
        paths.home()  # fail before the app takes over the screen if there is no home folder
        app = DigitsApp(frames)
        app.begun = gc_policy.settle
        with leaving(app):
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
    """What to print after the app has closed: which runs continue and how to find them; empty if none do."""
    from tui.processes.run_list import running_runs

    return "\n".join(
        f"{run.name} continues training without the app.\n"
        f"  watch it:  digits-tui watch {run.name}   (or open digits-tui again)\n"
        f"  stop it:   digits-tui stop {run.name}"
        for run in running_runs()
    )


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether the stream is a terminal; False if it is closed or None."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
