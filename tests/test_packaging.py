"""The wheel, the import directions and the two ways to start: what a stranger's machine gets."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parent.parent
_MODULES = sorted(
    ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (_ROOT / "tui").rglob("*.py")
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be published, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(_ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_is_shipped_and_nothing_of_a_persons(wheel: Path) -> None:
    """All modules and styles, MNIST, its licence and the model; no runs, no own data, no tests."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        shipped = {name.removeprefix("core/shipped/") for name in names if name.startswith("core/shipped/")}
        model = archive.read("core/shipped/checkpoints/shipped.npz")
        labels = archive.read("core/shipped/data/mnist/t10k-labels-idx1-ubyte.gz")
    assert shipped == {
        "checkpoints/shipped.npz",
        "data/mnist/LICENSE",
        "data/mnist/t10k-images-idx3-ubyte.gz",
        "data/mnist/t10k-labels-idx1-ubyte.gz",
        "data/mnist/train-images-idx3-ubyte.gz",
        "data/mnist/train-labels-idx1-ubyte.gz",
    }
    assert len(model) <= 2**20
    assert hashlib.md5(labels).hexdigest() == "ec29112dd5afa0611ce80d1b7f02629c"
    sources = {
        str(path.relative_to(_ROOT))
        for package in ("core", "tui")
        for path in (_ROOT / package).rglob("*")
        if path.suffix in (".py", ".tcss") or path.name == "py.typed"
    }
    packaged = {name for name in names if name.startswith(("core/", "tui/"))} - {f"core/shipped/{s}" for s in shipped}
    assert packaged == sources


def test_the_wheel_works_where_it_is_unpacked(wheel: Path, tmp_path: Path) -> None:
    """Outside any checkout it finds its own MNIST and model, and keeps the user's files where it is told."""
    place = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    environment = {**os.environ, "PYTHONPATH": str(place), "DIGITS_HOME": str(tmp_path / "mine")}
    code = (
        "import core.paths, core.data.mnist, core.networks.checkpoint_file as c, core.runs.checkpoints as r\n"
        "train, test = core.data.mnist.load()\n"
        "print(core.paths.is_checkout(), len(train.labels), len(test.labels), c.header(r.resolve('')).recipe)\n"
        "print(core.__file__)\n"
    )
    out = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment, cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert out[0] == "False 60000 10000 robust"
    assert out[1].startswith(str(place))


def test_the_doctor_compares_an_installation_with_what_was_installed(wheel: Path, tmp_path: Path) -> None:
    """By the checksums of the package, whose metadata also has the bounds; changed and missing files are named."""
    place = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    code = (
        "import json\nfrom core.doctor import requirement, shipped\n"
        "needed = {each.name: each.bounds for each in requirement.requirements()}\n"
        "print(json.dumps([{each.name: each.to_json() for each in shipped.examine().lines}, needed]))"
    )

    def told() -> tuple[dict[str, Any], dict[str, str]]:
        environment = {**os.environ, "PYTHONPATH": str(place), "DIGITS_HOME": str(tmp_path / "mine")}
        command = [sys.executable, "-P", "-B", "-c", code]
        lines, needed = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
        return lines, needed

    lines, needed = told()
    assert {name: line["health"] for name, line in lines.items()} == dict.fromkeys(("MNIST", "model", "files"), "fine")
    assert needed["Python"] == ">=3.11" and set(needed["torch"].split(",")) == {">=2.8", "<2.16"}
    assert "pytest" not in needed
    (place / "core" / "words.py").write_text((place / "core" / "words.py").read_text() + "\n")
    (place / "tui" / "app.tcss").unlink()
    labels = place / "core" / "shipped" / "data" / "mnist" / "t10k-labels-idx1-ubyte.gz"
    labels.write_bytes(labels.read_bytes()[:-1])
    lines, _ = told()
    named = " ".join(lines["files"]["details"])
    assert all(name in named for name in ("core/words.py", "tui/app.tcss", "t10k-labels")), named
    assert lines["files"]["words"].startswith("3 of ") and "pip install" in lines["MNIST"]["remedy"]["command"]


@pytest.mark.parametrize("name", ["core", "tui"])
def test_a_bare_checkout_starts(name: str) -> None:
    """`python -m core` and `python -m tui` work from the checkout's folder without installing."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", name, "--version"], cwd=_ROOT, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "digits-tui 0.1.0\n")


def test_no_screen_loads_torch() -> None:
    """Importing every module of the interface, each screen included, leaves torch unloaded."""
    code = f"import importlib, sys\nfor name in {_MODULES!r}: importlib.import_module(name)\n"
    code += "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'torchvision'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_starts_without_torch_numpy_or_textual() -> None:
    """Help, version, runs and the list of data sets load none of the heavy packages."""
    heavy = {"torch", "torchvision", "numpy", "textual", "PIL"}
    code = (
        "import sys\nfrom core.__main__ import main\n"
        "main(['runs'])\nmain(['datasets', '--json'])\n"
        f"print(sorted({{name.split('.')[0] for name in sys.modules}} & {heavy!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_core_names_no_screen() -> None:
    """No module of core imports tui or textual, not even inside a function."""
    for path in (_ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & {"tui", "textual"}, path


def test_shipped_mnist_opens_in_torchvision(tmp_path: Path) -> None:
    """The four files are what torchvision would have downloaded: it takes them in place of a download."""
    from torchvision.datasets import MNIST

    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (_ROOT / "data" / "mnist").glob("*.gz"):
        (raw / path.name).symlink_to(path)
    from torchvision.datasets.utils import check_integrity, extract_archive

    for name, md5 in MNIST.resources:
        assert check_integrity(raw / name, md5)
        extract_archive(str(raw / name), str(raw))
    found = MNIST(str(tmp_path), train=False, download=False)
    assert (len(found), found.targets[0].item()) == (10_000, 7)
