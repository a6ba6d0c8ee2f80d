"""The command line as a person or a script uses it: processes, exit statuses, standard output and error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import children, mnist
from core.runs import list_runs

_ROOT = Path(__file__).resolve().parent.parent


def digits(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run `digits-tui ARGUMENTS` as it is in this tree."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "tui", *arguments],
        env=children.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def test_without_a_terminal_the_app_explains_itself() -> None:
    """On standard error, without escape sequences, with status 2."""
    done = digits()
    assert done.returncode == 2
    assert done.stdout == ""
    assert "terminal" in done.stderr and "digits-tui --help" in done.stderr
    assert "\x1b" not in done.stderr


def test_every_command_has_help() -> None:
    """`--help` names all commands, and each has a help of its own on standard output."""
    top = digits("--help")
    assert top.returncode == 0
    commands = ["train", "resume", "stop", "runs", "watch", "evaluate", "predict", "devices", "datasets"]
    for command in commands:
        assert command in top.stdout
    for command in commands:
        done = digits(command, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith(f"usage: digits-tui {command}")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["fly"], 2, "invalid choice"),
        (["train", "--epochs", "many"], 2, "invalid int"),
        (["train", "--epochs", "0"], 2, "1 to 10,000"),
        (["train", "--recipe", "slow"], 2, "fast, accurate"),
        (["train", "--data", "no/such/folder"], 1, "no/such/folder"),
        (["watch", "nothing"], 1, "no runs yet"),
        (["stop", "nothing"], 1, "no runs yet"),
        (["evaluate", "--checkpoint", "none.npz"], 1, "none.npz"),
        (["predict"], 2, "IMAGE"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], status: int, words: str) -> None:
    """Usage errors exit with 2, others with 1; standard output stays empty and there is no traceback."""
    done = digits(*arguments)
    assert done.returncode == status
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert list_runs() == []


def test_train_evaluate_and_list_a_small_set(small_set: Path) -> None:
    """A run trains to the end; its weights are evaluated by name; `runs` and `watch` know it."""
    train = digits("train", "--data", str(small_set), "--epochs", "2", "--device", "cpu", "--seed", "3", "--json")
    assert train.returncode == 0, train.stderr
    found = [json.loads(line) for line in train.stdout.splitlines()]
    assert [each["event"] for each in found][-1] == "finished"
    assert {"test_accuracy", "seconds"} <= set(found[-1])
    assert any("split" in each.get("test_note", "") or "%" in each.get("test_note", "") for each in found)

    runs = digits("runs", "--json")
    row = json.loads(runs.stdout)
    assert row["status"] == "finished"
    assert row["test_accuracy"] == found[-1]["test_accuracy"]

    watched = digits("watch", row["name"], "--json")
    assert [json.loads(line) for line in watched.stdout.splitlines()] == found

    done = digits("evaluate", "--data", str(small_set), "--checkpoint", row["name"], "--part", "test", "--json")
    result = json.loads(done.stdout)
    assert result["accuracy"] == pytest.approx(found[-1]["test_accuracy"])
    assert result["count"] == 180
    assert np.array(result["confusion"]).sum() == 180
    assert len(result["per_class"]) == 10


def test_plain_lines_where_there_is_no_terminal(small_set: Path) -> None:
    """Narration without escapes on standard error, the result on standard output."""
    done = digits("train", "--data", str(small_set), "--epochs", "1", "--device", "cpu")
    assert done.returncode == 0
    assert "epoch 1/1" in done.stderr
    assert "15%" in done.stderr  # how the set was split
    assert done.stdout.startswith("test accuracy ")
    assert "\x1b" not in done.stderr + done.stdout


def _wait(text: str, path: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and text in path.read_text(encoding="utf-8"):
            return
        time.sleep(0.05)
    raise AssertionError(f"{text!r} did not appear in {path.name}")


def test_stop_and_resume_a_background_run(small_set: Path) -> None:
    """A detached run goes on alone, stops on request with its state kept, and resumes to its end."""
    begun = digits("train", "--data", str(small_set), "--recipe", "accurate", "--epochs", "400", "--detach")
    assert begun.returncode == 0, begun.stderr
    (run,) = list_runs()
    assert begun.stdout.strip() == run.name
    _wait('"progress"', run.events)
    assert digits("resume", run.name).returncode == 1  # one writer only
    stop = digits("stop", run.name, "--json")
    assert stop.returncode == 0, stop.stderr
    stopped = json.loads(stop.stdout)
    assert stopped["status"] == "stopped"
    assert not run.is_running()

    resumed = digits("resume", run.name, "--detach")
    assert resumed.returncode == 0, resumed.stderr
    _wait(f'"step":{stopped["step"]},', run.events)
    deadline = time.monotonic() + 60
    while run.events.read_text(encoding="utf-8").count('"started"') < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert digits("stop", run.name).returncode == 0
    assert run.summary()["step"] > stopped["step"]


def test_ctrl_c_keeps_a_checkpoint(small_set: Path) -> None:
    """An interrupted foreground run saves, says how to go on, and exits with 1."""
    child = subprocess.Popen(
        [*children.command("train", "--data", str(small_set), "--recipe", "accurate", "--epochs", "400")],
        env=children.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list_runs() and time.monotonic() < deadline:
        time.sleep(0.05)
    (run,) = list_runs()
    _wait('"progress"', run.events)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 1
    assert f"digits-tui resume {run.name}" in err
    assert out == ""
    assert run.is_resumable()


def test_predict_reads_image_files(tmp_path: Path) -> None:
    """Dark on light or light on dark, enlarged, under a wrong extension; a broken file is named and costs status 1."""
    _, test = mnist.load()
    for number in range(3):
        image = Image.fromarray(255 - test.images[number]).resize((90, 90))
        image.save(tmp_path / f"{number}.jpg", "PNG")
    (tmp_path / "broken.png").write_bytes(b"not an image")
    names = [str(tmp_path / f"{number}.jpg") for number in range(3)]
    good = digits("predict", *names, "--json")
    rows = [json.loads(line) for line in good.stdout.splitlines()]
    assert good.returncode == 0
    assert [row["digit"] for row in rows] == test.labels[:3].tolist()
    assert all(len(row["probabilities"]) == 10 and abs(sum(row["probabilities"]) - 1) < 1e-3 for row in rows)
    bad = digits("predict", names[0], str(tmp_path / "broken.png"))
    assert bad.returncode == 1
    assert bad.stdout.startswith(f"{names[0]}: {test.labels[0]}")
    assert "broken.png" in bad.stderr


def test_the_shipped_model_reaches_what_it_says() -> None:
    """`evaluate` without arguments measures it on MNIST's test set: the accuracy in its header, at least 99.6%."""
    result = json.loads(digits("evaluate", "--json").stdout)
    assert result["count"] == 10_000
    assert result["accuracy"] >= 0.996
    from core.checkpoint_file import header, resolve

    assert result["accuracy"] == pytest.approx(header(resolve("")).figures["test_accuracy"], abs=3e-4)


def test_devices_lists_the_cpu() -> None:
    """The CPU is there with its memory; what is not there says why."""
    rows = json.loads(digits("devices", "--json").stdout)["devices"]
    cpu = next(row for row in rows if row["name"] == "cpu")
    assert cpu["available"] and cpu["memory"] > 0
    assert all(row["available"] or row["reason"] for row in rows)
    assert "cpu" in digits("devices").stdout


def test_output_cut_off_by_a_pipe_is_no_crash() -> None:
    """`digits-tui … | head -1` ends without a traceback."""
    done = subprocess.run(
        f"{sys.executable} -P -m tui datasets | true",
        shell=True,
        env={**children.environment(), "PYTHONPATH": os.fspath(_ROOT)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
