"""What a process has used (资源占用)."""

from __future__ import annotations

import resource


def spent() -> tuple[float, float]:
    """CPU seconds and peak megabytes of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
