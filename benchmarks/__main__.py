"""Run the measurements (测量): `python -m benchmarks [name …] [--write]`; `--write` keeps them in docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
QUICK: dict[str, tuple[str, dict[str, Any]]] = {
    "foundation": ("基础：步骤、文书、导入", {}),
    "sweep": ("期限巡查", {"clocks": 100_000, "late": 5_000}),
    "reprojection": ("日历变更重算", {"clocks": 5_000}),
    "due_dates": ("到期日推算", {}),
    "routing": ("责任归属", {}),
    "intake": ("台账读取、校验与导入", {"rows": 20_000, "confirm": 3_000}),
    "documents": ("文书印制", {"batches": (200,)}),
    "cli_start": ("命令行启动", {}),
}
HEAD = """# What was measured (测量)

Written by `python -m benchmarks --write`. Machines differ and are shared: read the ratios, each taken in one run beside its floor or a peer,
and not the absolute figures. Sizes here are those of a quick run; the larger ones are each module's own arguments.
"""


def flat(found: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Nested figures as lines (平铺)."""
    lines: list[tuple[str, str]] = []
    for key, value in found.items():
        name = f"{before} · {key}" if before else str(key)
        if isinstance(value, Mapping):
            lines += flat(value, name)
        else:
            lines.append(
                (
                    name,
                    f"{value:,.6g}"
                    if isinstance(value, float)
                    else f"{value:,}"
                    if isinstance(value, int) and not isinstance(value, bool)
                    else str(value),
                )
            )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which measurements: " + ", ".join(QUICK) + " (all)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    pages = [
        HEAD,
        f"Machine: {os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}; load when started {load:.1f}.\n",
    ]
    failed = 0
    for name in asked.names or QUICK:
        title, arguments = QUICK[name]
        print(f"… {title} ({name})", file=sys.stderr, flush=True)
        run: Callable[..., Mapping[str, Any]] = importlib.import_module(f"benchmarks.{name}").run
        try:
            lines = flat(run(**arguments))
        except Exception as error:  # one measurement that cannot be made must not hide the others
            failed += 1
            lines = [("not measured", f"{type(error).__name__}: {error}"[:200])]
        table = [
            f"## {title} · `benchmarks/{name}.py`\n",
            "| figure | value |",
            "| --- | --- |",
            *(f"| {key} | {value} |" for key, value in lines),
            "",
        ]
        print("\n".join(table))
        pages.append("\n".join(table))
    if asked.write:
        PAGE.write_text("\n".join(pages), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
