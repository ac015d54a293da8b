"""How long the command line takes to answer (命令行启动), beside the bare interpreter and beside a bare Typer with rich, in the same run.

Each command runs in a process of its own, from start to exit, in an empty home. Times are the least of some runs, because a
busy machine only ever adds; CPU seconds of the child (user and system) stand beside, which a busy machine does not change.
The target: `yisong --help` in under 0.4 s.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RUNS = 9
TARGET = 0.4
BARE_TYPER = """
import typer
app = typer.Typer(add_completion=False)

@app.command()
def one() -> None:
    "One."

@app.command()
def two() -> None:
    "Two."

app()
"""
FLOORS = {
    "bare interpreter": ["-c", "pass"],
    "import sqlmodel (what an eager command line would pay at least)": ["-c", "import sqlmodel"],
    "Typer with two commands, --help": ["-c", BARE_TYPER, "--help"],
}
COMMANDS = {
    "yisong --help": ["--help"],
    "yisong clock --help": ["clock", "--help"],
    "yisong clock due": ["clock", "due", "--start", "2026-09-05", "--amount", "15", "--unit", "natural-days", "--json"],
    "yisong calendar day": ["calendar", "day", "2026-02-14", "--json"],
    "yisong book risk": ["book", "risk"],
    "yisong cases (refused: nothing set up)": ["cases"],
}


def seconds_of(arguments: list[str], *, home: Path) -> tuple[float, float]:
    """Wall-clock and CPU seconds of one process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "YISONG_HOME": str(home)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=home, capture_output=True, check=False)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode > 1 or b"Traceback" in done.stderr:
        raise RuntimeError(f"{arguments}: {done.stderr.decode()[-500:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(arguments: list[str], *, home: Path) -> tuple[float, float]:
    """The least wall-clock and CPU seconds of some runs; one run before them warms the disk's cache."""
    seconds_of(arguments, home=home)
    runs = [seconds_of(arguments, home=home) for _ in range(RUNS)]
    return min(wall for wall, _ in runs), min(cpu for _, cpu in runs)


def run() -> dict[str, Any]:
    """Measure, and return seconds and ratios to the bare interpreter."""
    with tempfile.TemporaryDirectory(prefix="yisong-start-") as folder:
        home = Path(folder)
        figures = {name: measure(arguments, home=home) for name, arguments in FLOORS.items()}
        figures |= {name: measure(["-m", "yisong.cli", *arguments], home=home) for name, arguments in COMMANDS.items()}
    floor = figures["bare interpreter"][1]
    return {
        "runs": RUNS,
        "seconds, wall clock": {name: round(wall, 3) for name, (wall, _) in figures.items()},
        "seconds, CPU": {name: round(cpu, 3) for name, (_, cpu) in figures.items()},
        "times the bare interpreter, CPU": {name: round(cpu / floor, 1) for name, (_, cpu) in figures.items()},
        "target, seconds": TARGET,
        "target met, wall clock": figures["yisong --help"][0] < TARGET,
        "target met, CPU": figures["yisong --help"][1] < TARGET,
    }


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
