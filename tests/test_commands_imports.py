"""The command line imports of itself what is asked for, and says the same as if it had imported all."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from core.__main__ import main, parser
from core.system import children

_PLAIN = """
import sys
from core.__main__ import main
for arguments in (["--version"], ["--help"], ["runs"], ["datasets"]):
    try:
        main(arguments)
    except SystemExit:
        pass
loaded = {name.partition(".")[0] for name in sys.modules}
print("loaded:", *sorted(loaded & {"torch", "torchvision", "textual", "rich", "numpy", "PIL", "tui"}))
"""


def test_the_plain_commands_import_nothing_heavy() -> None:
    """Help, version and both lists are there at once: no torch, no Textual, no NumPy."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PLAIN], env=children.environment(), check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_each_command_of_the_help_has_a_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever `--help` lists answers `--help` too, from its own module alone as from the parser of all."""
    with pytest.raises(SystemExit):
        main(["--help"])
    names = re.findall(r"^    (\w+) ", capsys.readouterr().out, re.MULTILINE)
    assert {"train", "resume", "runs", "watch", "stop", "datasets", "serve"} <= set(names)
    for name in names:
        told = []
        for first in (name, ""):
            with pytest.raises(SystemExit) as ended:
                parser(first).parse_args([name, "--help"])
            assert ended.value.code == 0
            told.append(capsys.readouterr().out)
        assert told[0] == told[1]
        assert told[0].startswith(f"usage: digits-tui {name}")


@pytest.mark.parametrize("arguments", [["runs", "--nonsense"], ["nonsense"], ["stop", "a", "b"]])
def test_wrong_usage_is_answered_as_by_the_parser_of_all(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the command and the status is 2, whichever modules were imported."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser().parse_args(arguments)
    assert capsys.readouterr().err == told
    assert "usage: digits-tui" in told
