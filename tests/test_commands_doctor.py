"""`digits-tui doctor` as a command: in a terminal that answers, in one that does not, and without one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from terminal import Terminal
from waiting import LONGEST, looks

from core.__main__ import main
from core.doctor import questions, terminal_size
from core.doctor.diagnosis import Diagnosis
from core.system import children
from tui.screens import full_size

_ASKED = b"\x1b[c"
_ANSWERS = "\x1b[?1006;2$y\x1b[?2026;2$y\x1b[?2048;0$y\x1b[?62;22c"
_WITHOUT_TORCH = "import sys\nsys.modules['torch'] = None\nfrom core.__main__ import main\nsys.exit(main(sys.argv[1:]))"
"""The command where importing torch fails, which is there seconds sooner."""
_PATIENT = f"from core.doctor.questions import TerminalQuestions\nTerminalQuestions.ask.__defaults__ = ({LONGEST},)\n"
"""Waits for an answer for as long as a busy machine may take."""


def doctor(
    *options: str,
    before: tuple[str, ...] = (),
    columns: int = 80,
    rows: int = 24,
    patient: bool = False,
    **variables: str,
) -> Terminal:
    """The command in a terminal; `before` is what it is started by."""
    program = (_PATIENT if patient else "") + _WITHOUT_TORCH
    command = [*before, sys.executable, "-P", "-c", program, "doctor", *options]
    inherited = {name: value for name, value in children.environment().items() if name not in _NOT_INHERITED}
    return Terminal(command, {**inherited, **variables}, columns, rows)


_NOT_INHERITED = ("TMUX", "STY", "SSH_CONNECTION", "NO_COLOR", "LC_ALL", "LANG", "PYTHONIOENCODING")


def settings(terminal: Terminal) -> list[Any]:
    """The settings of the terminal."""
    return termios.tcgetattr(terminal._file)


def wait_for_question(terminal: Terminal) -> None:
    """Until the terminal is asked, and no longer in its usual settings."""
    for _ in looks():
        if _ASKED in terminal.output:
            assert not settings(terminal)[3] & (termios.ECHO | termios.ICANON)
            return
        terminal.pump(0.05)


def text(terminal: Terminal) -> str:
    """All that was printed, also what has left the screen."""
    return terminal.output.decode(errors="replace").replace("\r\n", "\n")


def lines(said: str) -> list[str]:
    """Each line, with one space between its words."""
    return [" ".join(line.split()) for line in said.splitlines()]


def test_a_terminal_that_answers_is_reported() -> None:
    """What it knows, what not, and how long it takes; the settings are back and no answer is left for the shell."""
    with doctor(patient=True) as terminal:
        before = settings(terminal)
        wait_for_question(terminal)
        terminal.press(_ANSWERS)
        assert terminal.end() == 1  # torch is missing
        assert settings(terminal) == before
        said = text(terminal)
    for line in (
        "✓ size 80×24",
        "✓ kind TERM=xterm-256color",
        "✓ encoding UTF-8",
        "✓ colours 16.7 million (COLORTERM=truecolor)",
        "✓ mouse the terminal knows mode 1006",
        "✓ sync output the terminal knows mode 2026",
        "! resizing the terminal does not know mode 2048; a signal tells of it",
        "✗ torch cannot be imported: import of torch halted; None in sys.modules",
        "What to mend",
        "python -m pip install --force-reinstall torch torchvision",
    ):
        assert line in lines(said), said
    assert "✓ answers after " in " ".join(said.split()) and "(attributes 62;22)" in said
    assert "\x1b[?62;22c" not in said and "^[" not in said


def test_a_terminal_that_does_not_answer_is_waited_for_two_seconds_at_most() -> None:
    """Then it is said, and an answer that comes later does not end up in what reads next."""
    shell = ("sh", "-c", '"$@"; read -r line; echo "the shell got: $line"', "sh")
    with doctor(before=shell) as terminal:
        before = settings(terminal)
        wait_for_question(terminal)
        for _ in looks():
            if "none in 2 s" in text(terminal):
                break
            terminal.pump(0.05)
        assert settings(terminal) == before
        terminal.press(_ANSWERS)
        for _ in looks():
            if "What to mend" in text(terminal):
                break
            terminal.pump(0.05)
        terminal.settle()
        terminal.press("hello", "enter")
        assert terminal.end() == 0
    assert "! mouse the terminal does not say" in " ".join(text(terminal).split())
    assert "the shell got: hello\n" in text(terminal)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGQUIT, -3)])
def test_an_interrupt_leaves_the_settings_as_they_were(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """Also Ctrl+C, before the two seconds are up."""
    with doctor(patient=True, before=("sh", "-c", f'cd {tmp_path}; ulimit -c 0; exec "$@"', "sh")) as terminal:
        before = settings(terminal)
        wait_for_question(terminal)
        if number is signal.SIGINT:
            terminal.press("\x03")
        else:
            os.kill(terminal.pid, number)
        assert terminal.end() == status
        assert settings(terminal) == before
    assert "none in 2 s" not in text(terminal)


def test_a_small_and_plain_terminal_is_told_what_it_lacks() -> None:
    """Too small, dumb, without colours and UTF-8: each with what to do, and without a question."""
    before = ("env", "TERM=dumb", "NO_COLOR=1", "PYTHONIOENCODING=latin-1", "TMUX=/tmp/x", "SSH_CONNECTION=1 2 3 4")
    with doctor(before=before, columns=60, rows=20) as terminal:
        terminal.end()
        said = terminal.output.decode("latin-1").replace("\r\n", "\n")
    assert _ASKED not in terminal.output and b"\x1b" not in terminal.output
    for line in (
        "x size 60×20; the app needs 80×24",
        "x kind TERM is dumb: no screen can be shown there",
        "! colours none, since NO_COLOR is set",
        "x encoding iso8859-1; lines and bars are drawn with characters of UTF-8",
        "+ in between tmux and SSH",
        "! answers not asked: a terminal of this kind shows what it is asked",
        "1. Enlarge the terminal to 80×24.",
        "export TERM=xterm-256color",
    ):
        assert line in lines(said), said


def test_a_command_in_the_background_does_not_touch_the_terminal() -> None:
    """It would be stopped if it did."""
    shell = ("bash", "-m", "-c", '"$@" & wait', "bash")
    with doctor(before=shell) as terminal:
        terminal.end()
    assert "not asked: the terminal cannot be used: the command runs in the" in text(terminal)
    assert _ASKED not in terminal.output


def test_without_a_terminal_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """And asks nothing; within 80 columns, without control characters."""
    status = main(["doctor", "--quick"])
    out, err = capsys.readouterr()
    assert "! terminal" in out and "is no terminal" in out
    assert all(each.isprintable() or each == "\n" for each in out)
    assert err == "" and status == int("✗" in out)
    assert max(map(len, out.splitlines())) <= 80 or "/" in max(out.splitlines(), key=len)
    assert ("Nothing to mend." in out) == ("What to mend" not in out)


def test_a_program_reads_one_object(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """With every section, the number of problems and what to mend."""
    (home / "checkpoints" / "a\x1b[31m\nrun").mkdir(parents=True)
    (home / "checkpoints" / "a\x1b[31m\nrun" / "config.json").write_text("{")
    assert main(["doctor", "--quick", "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert set(told) == {"problems", "sections", "mend"} and told["problems"] >= 1
    assert all(set(each) == {"action", "command"} for each in told["mend"])
    assert Diagnosis.from_json(told).to_json() == told
    titles = [section["title"] for section in told["sections"]]
    assert titles == ["Terminal", "Versions", "Folders", "What came with the program", "Your files", "Devices"]
    assert main(["doctor", "--quick"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out and "a�[31m�run" in out


def test_wrong_usage_is_said() -> None:
    """With status 2."""
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--nonsense"])
    assert ended.value.code == 2


_TITLES = """
import sys
from core.doctor.examination import examine
for section in examine(lambda *what: None):
    print(section.title, sys.modules.get("torch") is not None, section.lines[0].health)
"""


def test_what_needs_no_torch_is_there_before_it_is_imported(home: Path) -> None:
    """Devices and states come last; without torch, NumPy and rich the report still comes to its end."""

    def titles(prelude: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-P", "-c", prelude + _TITLES],
            env={name: value for name, value in children.environment().items() if name != "HOME"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    with_torch = titles("")
    assert all(" False " in line for line in with_torch[:5]) and len(with_torch) == 7
    assert with_torch[5].startswith("Devices True")
    without = titles("import sys\nfor name in ('torch', 'numpy', 'PIL', 'rich'): sys.modules[name] = None\n")
    assert [line.split(" False ")[0] for line in without] == [
        line.split(f" {told} ")[0] for line, told in zip(with_torch, [False] * 5 + [True] * 2, strict=True)
    ]
    assert without[0].endswith("note")
    assert without[3].endswith("problem") and without[5].endswith("problem")


def test_the_least_terminal_is_decided_once() -> None:
    """The app and the doctor ask for the same."""
    assert (terminal_size.LEAST_COLUMNS, terminal_size.LEAST_ROWS) == full_size.LEAST
    assert questions.PATIENCE == 2.0
