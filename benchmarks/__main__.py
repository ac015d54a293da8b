"""Run the measurements (测量): `python -m benchmarks [name …] [--full] [--write]`.

Without names all are made. `--full` takes the sizes that the office of a whole county would have; `--write` puts what was measured into
docs/benchmarks.md and leaves the other parts of that page as they are.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = """# What was measured (测量)

Written by `python -m benchmarks --write`. Machines differ and are shared: read the ratios, each taken in one run beside its floor or a peer,
and not the absolute figures. Each part says at what load it was made and, where the sizes are not the module's own, with which.
"""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One module of measurements, its title, and its sizes (一组测量)."""

    title: str
    quick: Mapping[str, Any] = field(default_factory=dict)
    full: Mapping[str, Any] | None = None

    def sizes(self, full: bool) -> Mapping[str, Any]:
        return self.quick if self.full is None or not full else self.full


MEASUREMENTS = {
    "foundation": Measurement("基础：步骤、文书、导入"),
    "sweep": Measurement("期限巡查", {"clocks": 100_000, "late": 5_000}, {"clocks": 1_000_000, "late": 50_000}),
    "reprojection": Measurement("日历变更重算", {"clocks": 5_000}, {"clocks": 100_000}),
    "due_dates": Measurement("到期日推算"),
    "routing": Measurement("责任归属"),
    "intake": Measurement(
        "台账读取、校验与导入", {"rows": 20_000, "confirm": 3_000}, {"rows": 100_000, "confirm": 100_000}
    ),
    "submissions": Measurement("接口报送与台账导出"),
    "documents": Measurement("文书印制", {"batches": (200,)}, {"batches": (1_000, 5_000)}),
    "cli_start": Measurement("命令行启动"),
}


def flat(found: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Nested figures as lines (平铺)."""
    lines: list[tuple[str, str]] = []
    for key, value in found.items():
        name = f"{before} · {key}" if before else str(key)
        if isinstance(value, Mapping):
            lines += flat(value, name)
        elif isinstance(value, float):
            lines.append((name, f"{value:,.6g}"))
        elif isinstance(value, int) and not isinstance(value, bool):
            lines.append((name, f"{value:,}"))
        else:
            lines.append((name, str(value)))
    return lines


def measured(name: str, *, full: bool) -> str:
    """One part of the page (一节): the module's figures as a table."""
    asked = MEASUREMENTS[name]
    load, sizes = os.getloadavg()[0], asked.sizes(full)
    run: Callable[..., Mapping[str, Any]] = importlib.import_module(f"benchmarks.{name}").run
    made = "、".join(f"{key} {value}" for key, value in sizes.items())
    return "\n".join(
        [
            f"## {asked.title} · `benchmarks/{name}.py`\n",
            f"Load when started {load:.1f}{f'; {made}' if made else ''}.\n",
            "| figure | value |",
            "| --- | --- |",
            *(f"| {key} | {value} |" for key, value in flat(run(**sizes))),
            "",
        ]
    )


def kept() -> dict[str, str]:
    """The parts that the page has now (现有各节), by name."""
    if not PAGE.exists():
        return {}
    parts = re.split(r"(?m)^(?=## )", PAGE.read_text(encoding="utf-8"))[1:]
    named = ((re.match(r"## .*`benchmarks/(\w+)\.py`", part), part) for part in parts)
    return {found[1]: part.rstrip() + "\n" for found, part in named if found and found[1] in MEASUREMENTS}


def write(parts: Mapping[str, str]) -> None:
    """Put these parts into the page (写入)."""
    machine = f"Machine: {os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}.\n"
    all_parts = kept() | dict(parts)
    ordered = [all_parts[name] for name in MEASUREMENTS if name in all_parts]
    PAGE.write_text("\n".join([HEAD, machine, *ordered]), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which: " + ", ".join(MEASUREMENTS) + " (all)")
    parser.add_argument("--full", action="store_true", help="the sizes of a whole county; takes an hour")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
    failed = 0
    for name in asked.names or MEASUREMENTS:
        print(f"… {MEASUREMENTS[name].title} ({name})", file=sys.stderr, flush=True)
        try:
            part = measured(name, full=asked.full)
        except Exception as error:  # one measurement that cannot be made must not hide the others
            failed += 1
            print(f"not measured: {name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            continue
        print(part, flush=True)
        if asked.write:
            write({name: part})
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
