"""The command line as a person or a script uses it: processes, exit statuses, standard output and error."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from run_story import interrupted_run
from waiting import LONGEST, wait_until

from core.__main__ import _COMMANDS, main
from core.config.configuration import TrainingConfig
from core.config.device_plan import Plan
from core.data import mnist
from core.inference import int8
from core.networks.checkpoint import load_state
from core.runs.events import Event, Failed, Progress, Stopped
from core.runs.run import Run, create_run, list_runs
from core.runs.sudden_end import KILLED
from core.runs.writer import RunWriter
from core.system import children
from core.training import probe
from core.training.train import train

pytestmark = pytest.mark.usefixtures("two_threads")


def digits(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `digits-tui ARGUMENTS` as it is in this tree, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "tui", *arguments],
        env=children.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )


def called(*arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """The same, where the process does not matter: in this one, which has imported torch already."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:  # as argparse leaves
            assert isinstance(end.code, int)
            status = end.code
    said = []
    for stream in (out, err):
        stream.seek(0)
        said.append(stream.read())
    return subprocess.CompletedProcess(arguments, status, *said)


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
    commands = sorted(_COMMANDS)
    assert {"train", "predict", "scorecard", "check"} <= set(commands)
    for command in commands:
        assert re.search(rf"^    {command}\b", top.stdout, re.MULTILINE)
        done = called(command, "--help")
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
    done = called(*arguments)
    assert done.returncode == status
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert list_runs() == []


@pytest.mark.usefixtures("small_network")
def test_train_evaluate_and_list_a_small_set(tiny_set: Path) -> None:
    """A run trains to the end; its weights are evaluated by name; `runs` and `watch` know it."""
    trained = called("train", "--data", str(tiny_set), "--epochs", "2", "--device", "cpu", "--seed", "3", "--json")
    assert trained.returncode == 0, trained.stderr
    found = [json.loads(line) for line in trained.stdout.splitlines()]
    assert [each["event"] for each in found][-1] == "finished"
    assert {"test_accuracy", "seconds"} <= set(found[-1])
    assert any("split" in each.get("test_note", "") or "%" in each.get("test_note", "") for each in found)

    runs = called("runs", "--json")
    row = json.loads(runs.stdout)
    assert row["status"] == "finished"
    assert row["test_accuracy"] == found[-1]["test_accuracy"]

    watched = called("watch", row["name"], "--json")
    assert [json.loads(line) for line in watched.stdout.splitlines()] == found

    done = called("evaluate", "--data", str(tiny_set), "--checkpoint", row["name"], "--part", "test", "--json")
    result = json.loads(done.stdout)
    assert result["accuracy"] == pytest.approx(found[-1]["test_accuracy"])
    assert result["count"] == 29
    assert np.array(result["confusion"]).sum() == 29
    assert len(result["per_class"]) == 10


def test_what_never_began_leaves_no_run(tiny_set: Path) -> None:
    """A start that fails for want of a device or of data says why and is not in the list as `last`."""
    device = called("train", "--data", str(tiny_set), "--device", "cuda:77")
    assert device.returncode == 1
    assert "cuda:77" in device.stderr and "Usable here" in device.stderr
    assert list_runs() == []


def test_an_error_is_an_object_with_json() -> None:
    """With `--json` a machine reads the error on standard output, a person on standard error."""
    done = called("evaluate", "--data", "no/such/folder", "--json")
    assert done.returncode == 1
    assert "no/such/folder" in json.loads(done.stdout)["error"]
    assert "no/such/folder" in done.stderr


def test_a_terminal_without_block_characters_is_no_crash() -> None:
    """Where the output cannot show a character, another stands in its place."""
    done = subprocess.run(
        children.command("datasets", "mnist"),
        env={**children.environment(), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "?" in done.stdout
    assert "Traceback" not in done.stderr
    assert called("devices", encoding="ascii").returncode == 0


@pytest.mark.parametrize(
    ("command", "kilobytes"), [("evaluate", 200_000), ("train", 1_500_000), ("evaluate", 3_000_000)]
)
def test_too_little_memory_is_said(tiny_set: Path, command: str, kilobytes: int) -> None:
    """Where torch cannot be loaded: one sentence with what to do."""
    given = children.command(command, "--data", str(tiny_set), "--json")
    done = subprocess.run(
        ["sh", "-c", f'ulimit -v {kilobytes}; exec "$@"', "sh", *given],
        env=children.environment(), capture_output=True, text=True, timeout=LONGEST,
    )  # fmt: skip
    assert done.returncode == 1
    assert "ulimit" in done.stdout + done.stderr
    assert "too little memory" in json.loads(done.stdout.splitlines()[-1])["error"]
    assert "Traceback" not in done.stderr


def test_a_full_disk_under_the_output_is_said() -> None:
    """One line, status 1."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            children.command("datasets"), env=children.environment(), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert "cannot be written: No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("small_network")
def test_plain_lines_where_there_is_no_terminal(tiny_set: Path) -> None:
    """Narration without escapes on standard error, the result on standard output."""
    done = called("train", "--data", str(tiny_set), "--epochs", "1", "--device", "cpu")
    assert done.returncode == 0
    assert "epoch 1/1" in done.stderr
    assert "15%" in done.stderr  # how the set was split
    assert done.stdout.startswith("test accuracy ")
    assert "\x1b" not in done.stderr + done.stdout


def _wait(text: str, path: Path) -> None:
    wait_until(lambda: path.exists() and text in path.read_text(encoding="utf-8"), lambda: f"no {text!r} in {path}")


@pytest.mark.usefixtures("short_trainings")
def test_stop_and_resume_a_background_run(tiny_set: Path) -> None:
    """A detached run goes on alone, stops on request with its state kept, and resumes to its end."""
    begun = digits("train", "--data", str(tiny_set), "--recipe", "accurate", "--epochs", "400", "--detach")
    assert begun.returncode == 0, begun.stderr
    (run,) = list_runs()
    assert begun.stdout.strip() == run.name
    _wait('"progress"', run.events)
    assert called("resume", run.name).returncode == 1  # one writer only
    stop = called("stop", run.name, "--json")
    assert stop.returncode == 0, stop.stderr
    stopped = json.loads(stop.stdout)
    assert stopped["status"] == "stopped"
    assert not run.is_running()

    resumed = digits("resume", run.name, "--detach")
    assert resumed.returncode == 0, resumed.stderr
    _wait(f'"step":{stopped["step"]},', run.events)
    wait_until(lambda: run.events.read_text(encoding="utf-8").count('"started"') == 2)
    assert called("stop", run.name).returncode == 0
    ending = run.ending()
    assert ending is not None and isinstance(ending.event, Stopped)
    assert ending.event.step > stopped["step"]


def _heard() -> None:
    """Let signals be heard again that whoever runs the tests may ignore: a run would take it for `nohup`."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _train(tiny_set: Path, *prefix: str) -> tuple[subprocess.Popen[bytes], Run]:
    """A long foreground run that has begun to learn."""
    child = subprocess.Popen(
        [*prefix, *children.command("train", "--data", str(tiny_set), "--recipe", "accurate", "--epochs", "400")],
        env=children.environment(),
        preexec_fn=_heard,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_until(list_runs)
    (run,) = list_runs()
    _wait('"progress"', run.events)
    return child, run


def _interrupt(child: subprocess.Popen[bytes], run: Run, number: signal.Signals) -> None:
    """The run stops at this signal: it saves, says how to go on, and exits with 1."""
    child.send_signal(number)
    out, err = child.communicate(timeout=LONGEST)
    assert child.returncode == 1
    assert f"digits-tui resume {run.name}" in err.decode()
    assert out == b""
    assert run.status() == "stopped"
    assert run.is_resumable()


@pytest.mark.usefixtures("short_trainings")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_run_keeps_a_checkpoint(tiny_set: Path, number: signal.Signals) -> None:
    """By Ctrl+C and by a lost line."""
    _interrupt(*_train(tiny_set), number)


@pytest.mark.usefixtures("small_network")
def test_another_device_is_taken_in_the_background_too(tiny_set: Path) -> None:
    """`resume --device` with `--detach` asks the child for that device; one that is missing is said, not ignored."""
    run = create_run(TrainingConfig(data=str(tiny_set)))
    with RunWriter(run) as writer:
        found: list[Event] = []
        for event in train(run.config(), run, stop=lambda: any(isinstance(each, Progress) for each in found)):
            found.append(event)
            writer.append(event)
    assert run.is_resumable()
    digits("resume", run.name, "--device", "cuda:77", "--detach")
    _wait("cuda:77", run.events)
    wait_until(lambda: not run.is_running())  # its last event comes before it lets go of the run
    assert run.status() == "failed"


@pytest.mark.usefixtures("short_trainings")
def test_a_training_that_crashes_has_failed_and_says_where(tiny_set: Path) -> None:
    """A fault in a library, say: nobody writes an event any more, but its log tells. Resumed, it is an ordinary run."""
    digits("train", "--data", str(tiny_set), "--epochs", "10000", "--detach")
    (run,) = list_runs()
    _wait('"progress"', run.events)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(run.path).encode() in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGSEGV)
    wait_until(lambda: not run.is_running())
    assert run.status() == "failed" and run.is_resumable()
    watched = digits("watch", run.name)
    assert watched.returncode == 1
    assert "its process crashed: " in watched.stderr and "most recent call first" in watched.stderr
    assert "crashed" in digits("runs").stdout
    digits("resume", run.name, "--detach")
    assert run.is_running() and run.ending() is None
    run.request_stop()
    wait_until(lambda: not run.is_running())
    assert run.status() == "stopped"


def test_a_run_that_fails_keeps_what_it_printed_last(tiny_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the foreground the traceback of a mistake of ours; in the background the end of the log."""
    from core.training import trainer

    def broken(*_: object) -> None:
        raise AssertionError("a made mistake")

    monkeypatch.setattr(trainer.Trainer, "_train", broken)
    assert called("train", "--data", str(tiny_set)).returncode == 1
    (run,) = list_runs()
    ending = run.ending()
    assert ending is not None and isinstance(ending.event, Failed)
    assert "a made mistake" in ending.event.error
    assert "Traceback" in ending.event.output and "broken" in ending.event.output


@pytest.mark.usefixtures("short_trainings")
def test_nohup_is_respected(tiny_set: Path) -> None:
    """A run started under `nohup` does not hear the line being lost, but a polite kill."""
    child, run = _train(tiny_set, "nohup")
    child.send_signal(signal.SIGHUP)
    before = len(run.events.read_bytes())
    wait_until(lambda: child.poll() is not None or len(run.events.read_bytes()) >= before + 2000)
    assert child.poll() is None
    assert run.is_running()
    _interrupt(child, run, signal.SIGTERM)


@pytest.mark.usefixtures("short_trainings")
def test_a_terminal_or_pipe_that_goes_away_costs_nothing(tiny_set: Path) -> None:
    """When nobody reads any more the run stops with its state kept, and nothing is called a defect."""
    child, run = _train(tiny_set)
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    child.stderr.close()
    child.wait(LONGEST)
    assert run.status() == "stopped"
    assert run.is_resumable()


def test_a_run_that_was_killed_has_stopped_and_says_why() -> None:
    """It does not run for ever, nor is it said to have failed."""
    run = interrupted_run("2026-01-29-100000-mnist-fast")
    (row,) = map(json.loads, called("runs", "--json").stdout.splitlines())
    assert (row["status"], row["resumable"], row["killed"]) == ("stopped", True, KILLED)
    listed = called("runs").stdout
    assert f"{KILLED}; go on with: digits-tui resume {run.name}" in listed
    watched = called("watch", run.name)
    assert watched.returncode == 1
    assert f"run {run.name} has stopped: {KILLED}; go on with: digits-tui resume {run.name}" in watched.stderr


@pytest.mark.usefixtures("short_trainings")
def test_a_run_that_was_killed_resumes_to_the_same_weights(tiny_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL in the middle, in another process resumed: the weights are those of a run that was never touched."""
    options = ["--data", str(tiny_set), "--epochs", "12", "--device", "cpu", "--seed", "4"]
    child = subprocess.Popen(
        children.command("train", *options), env=children.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_until(list_runs)
    (killed,) = list_runs()
    _wait('"saved"', killed.events)
    child.kill()
    child.communicate()
    assert killed.status() == "stopped"
    plan = Plan(**load_state(killed.state)["plan"])
    resumed = digits("resume", killed.name)
    assert resumed.returncode == 0, resumed.stderr
    assert "going on at step" in resumed.stderr

    # The same plan, whatever a probe would choose now: other threads would sum in another order.
    monkeypatch.setattr(probe, "choose", lambda name, recipe: ([plan], []))
    whole = create_run(killed.config())
    list(train(whole.config(), whole))
    with np.load(killed.model) as one, np.load(whole.model) as other:
        assert set(one.files) == set(other.files)
        for name in one.files:
            if name != "header.json":
                np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.usefixtures("short_trainings")
def test_a_full_disk_is_said(tiny_set: Path) -> None:
    """A run whose files may not grow ends with what to do, not with a traceback."""
    limit = 'ulimit -f 200; exec "$@"'
    command = children.command("train", "--data", str(tiny_set), "--epochs", "3")
    done = subprocess.run(
        ["sh", "-c", limit, "sh", *command], env=children.environment(), capture_output=True, text=True, timeout=LONGEST
    )
    assert done.returncode == 1
    assert "cannot be written" in done.stderr and "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list_runs()[0].status() == "failed"


@pytest.mark.usefixtures("small_network")
def test_a_folder_named_as_one_stands_is_remembered_whole(tiny_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--data tiny.npz` from its own folder stores the absolute path, so that the run resumes from anywhere."""
    monkeypatch.chdir(tiny_set.parent)
    done = called("train", "--data", tiny_set.name, "--epochs", "1", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert list_runs()[0].config().data == str(tiny_set)


@pytest.mark.usefixtures("small_network")
def test_a_network_is_not_measured_on_what_it_learned(tiny_set: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of its own set only the images held out count, unless all are asked for, and then it is said."""
    assert called("train", "--data", str(tiny_set), "--epochs", "1", "--device", "cpu").returncode == 0
    assert main(["evaluate", "--data", str(tiny_set), "--checkpoint", "last", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 29
    assert main(["evaluate", "--data", str(tiny_set), "--checkpoint", "last", "--part", "all"]) == 0
    whole = capsys.readouterr().err
    assert "200" in whole and "trained on" in whole
    assert main(["evaluate", "--data", str(tiny_set), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 200


def test_predict_reads_image_files(tmp_path: Path) -> None:
    """Dark on light or light on dark, enlarged, under a wrong extension; a broken file is named and costs status 1."""
    test = mnist.test()
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
    bad = called("predict", names[0], str(tmp_path / "broken.png"))
    assert bad.returncode == 1
    assert bad.stdout.startswith(f"{names[0]}: {test.labels[0]}")
    assert "broken.png" in bad.stderr


def test_the_shipped_model_reaches_what_it_says() -> None:
    """`evaluate` without arguments measures it on MNIST's test set: the accuracy in its header, at least 99.7%."""
    result = json.loads(called("evaluate", "--json").stdout)
    assert result["count"] == 10_000
    assert result["accuracy"] >= 0.997
    from core.networks.checkpoint_file import header
    from core.runs.checkpoints import resolve

    assert result["accuracy"] == pytest.approx(header(resolve("")).figures["test_accuracy"], abs=3e-4)


def test_devices_lists_the_cpu() -> None:
    """The CPU is there with its memory; what is not there says why."""
    rows = json.loads(called("devices", "--json").stdout)["devices"]
    cpu = next(row for row in rows if row["name"] == "cpu")
    assert cpu["available"] and cpu["memory"] > 0
    assert all(row["available"] or row["reason"] for row in rows)
    assert "cpu" in called("devices").stdout


def test_devices_tells_which_fast_ways_of_reading_the_cpu_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them, in both forms; one that is not available says why."""
    monkeypatch.setattr(int8, "unavailable", lambda: "this processor lacks it")
    assert main(["devices", "--json"]) == 0
    ways = {way["name"]: way for way in json.loads(capsys.readouterr().out)["inference"]}
    assert ways.keys() == {"fused", "prepacked", "int8", "many"}
    assert not ways["int8"]["available"] and ways["int8"]["reason"] == "this processor lacks it"
    assert all(way["available"] or way["reason"] for way in ways.values())
    assert main(["devices"]) == 0
    assert "int8       not available: this processor lacks it" in capsys.readouterr().out


def test_output_cut_off_by_a_pipe_is_no_crash() -> None:
    """Whoever reads the list of runs may close the pipe: status 1, and no traceback."""
    for _ in range(3):
        create_run(TrainingConfig())
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        children.command("runs", "--json"), env=children.environment(), stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert done.returncode == 1
    assert done.stderr == ""
