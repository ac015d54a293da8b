"""`yisong replay` and `yisong demo` (重演与演示)."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from yisong.countyfile import County
from yisong.replay import run as running
from yisong.replay.county import first_instant, instant_of, read_county
from yisong.replay.report import report
from yisong.replay.stage import Stage
from yisong.settings import load_settings


def play(county: County, *, home: Path, as_of: datetime, letters: bool, prefect: bool, tick: Any = None) -> Stage:
    """Replay a county in `home` (重演)."""
    settings = load_settings({"YISONG_HOME": str(home)}, home=home)
    stage = running.prepare(county, home=home, settings=settings, at=first_instant(county, as_of=as_of))
    if prefect:
        from yisong.replay.through_flows import ThroughFlows, embedded

        surrounding: Any = embedded(stage.desk.settings)
        machinery: running.Machinery = ThroughFlows(letters=letters)
    else:
        surrounding, machinery = nullcontext(), running.Directly(letters=letters)
    with surrounding:
        for day in running.run(stage, as_of=as_of, machinery=machinery):
            if tick is not None:
                tick(day)
    return stage


def replay_command(
    *,
    county: Path,
    as_of: str,
    as_json: bool = False,
    home: Path | None = None,
    letters: bool = False,
    prefect: bool = True,
) -> int:
    """Replay any county file of the schema (重演县文件); prints JSON or a summary. Returns the exit code."""
    at = instant_of(as_of)
    read = read_county(county)
    place = home or Path(tempfile.mkdtemp(prefix="yisong-replay-"))
    try:
        stage = play(read, home=place, as_of=at, letters=letters, prefect=prefect)
        found = report(stage, as_of=at)
        stage.desk.close()
    finally:
        if home is None:
            shutil.rmtree(place, ignore_errors=True)
    if as_json:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        from yisong.replay.summary import print_summary

        print_summary(found, book=read.book)
    return 0


def demo_command(*, home: Path | None = None) -> int:
    """The demonstration (演示): see `yisong.replay.demo`."""
    from yisong.replay import demo

    return demo.demo_command(home=home)
