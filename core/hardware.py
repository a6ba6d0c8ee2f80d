"""How busy a device is, as far as the machine tells without special rights. Knows no torch."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from core.events import DeviceState


def processor_name() -> str:
    """The processor's name, such as `AMD EPYC`, else the machine's architecture."""
    if sys.platform == "darwin":
        try:
            name = subprocess.run(
                ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
                capture_output=True, text=True, timeout=2, check=True,
            ).stdout.strip()  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            name = ""
        return name or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    except OSError:
        pass  # not Linux, or /proc is hidden: the architecture has to do
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    """Processor cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_total() -> int | None:
    """The machine's memory in bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def process_memory() -> int | None:
    """This process's resident memory in bytes; where only its peak is known, the peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def processor_temperature() -> float | None:
    """Degrees Celsius of the processor's hottest sensor; None where the machine does not tell."""
    found = []
    for sensor in Path("/sys/class/hwmon").glob("hwmon*"):
        try:
            if (sensor / "name").read_text(encoding="ascii").strip() in ("coretemp", "k10temp", "cpu_thermal"):
                found += [int(path.read_text(encoding="ascii")) / 1000 for path in sensor.glob("temp*_input")]
        except (OSError, ValueError):
            continue  # a sensor that cannot be read now
    return max(found, default=None)


class ProcessorMonitor:
    """Looks at the CPU (or at what MPS shares with it) each time it is asked."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._last = _processor_times()

    def state(self) -> DeviceState:
        """The state now; the load is that since the last call."""
        times = _processor_times()
        load = None
        if times and self._last and times[1] > self._last[1]:
            load = min(1.0, (times[0] - self._last[0]) / (times[1] - self._last[1]))
        elif not times:
            load = min(1.0, os.getloadavg()[0] / usable_cores())  # macOS: the mean over a minute
        self._last = times
        return DeviceState(
            device=self._device,
            load=load,
            memory_used=process_memory(),
            memory_total=memory_total(),
            temperature=processor_temperature(),
        )


def _processor_times() -> tuple[int, int] | None:
    """Ticks (busy, all) of all cores since boot; None where the system does not tell."""
    try:
        fields = [int(each) for each in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except (OSError, ValueError):
        return None
    return sum(fields) - fields[3] - fields[4], sum(fields)


class CardMonitor:
    """Looks at one CUDA card through `nvidia-smi`, without ever waiting for it."""

    def __init__(self, index: int, card: str, memory_total: int | None) -> None:
        """Torch's `index` names the device; `card` is its UUID, since `nvidia-smi` counts cards in another order."""
        self._index = index
        self._card = card if card.startswith("GPU-") else f"GPU-{card}"
        self._total = memory_total
        self._smi = shutil.which("nvidia-smi")
        self._child: subprocess.Popen[str] | None = None
        self._latest: tuple[float | None, int | None, float | None] = (None, None, None)

    def state(self) -> DeviceState:
        """The state that the last finished `nvidia-smi` told; starts another."""
        if self._child is not None and self._child.poll() is not None:
            output, _ = self._child.communicate()
            if self._child.returncode == 0:
                self._latest = parse_smi(output)
            self._child = None
        if self._child is None and self._smi:
            self._start()
        load, used, temperature = self._latest
        return DeviceState(
            device=f"cuda:{self._index}",
            load=load,
            memory_used=used,
            memory_total=self._total,
            temperature=temperature,
        )

    def _start(self) -> None:
        query = "--query-gpu=utilization.gpu,memory.used,temperature.gpu"
        try:
            self._child = subprocess.Popen(
                [str(self._smi), f"--id={self._card}", query, "--format=csv,noheader,nounits"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        except OSError:
            self._smi = None

    def close(self) -> None:
        """End a look that is still under way."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def parse_smi(output: str) -> tuple[float | None, int | None, float | None]:
    """(load 0 to 1, bytes in use, degrees Celsius) of one line of `nvidia-smi`; None for `[N/A]`."""
    values: list[float | None] = []
    for text in output.strip().split(",")[:3]:
        try:
            values.append(float(text))
        except ValueError:
            values.append(None)
    values += [None] * (3 - len(values))
    load, mebibytes, temperature = values
    return (
        None if load is None else load / 100,
        None if mebibytes is None else int(mebibytes) << 20,
        temperature,
    )
