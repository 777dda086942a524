"""One measurement in a process of its own: ``python measure.py TOOL CAPTURE TINY`` prints one line of JSON.

The tool reads the tiny capture twice, first to import and compile, then to learn what its start-up costs; the time
of the second is taken off the time for the capture itself. With ``-`` as CAPTURE, standard input is read.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable

KIB_MB = 1024 / 1e6  # the system counts memory in KiB


Tick = Callable[[int], None]
Evictions = dict[str, int]
"""What a tool gave up to stay within its bounds."""


def nfstream(path: str, tick: Tick, *, statistics: bool, dissections: int = 20) -> Evictions:
    """Tick with the packets of each flow."""
    from nfstream import NFStreamer  # type: ignore[import-untyped]

    streamer = NFStreamer(
        source=path, n_meters=1, statistical_analysis=statistics, n_dissections=dissections, performance_report=0
    )
    for flow in streamer:
        tick(flow.bidirectional_packets)
    return {}


def features(path: str, tick: Tick) -> Evictions:
    """Tick with the rows of each batch."""
    import botwarden

    for rows in botwarden.snapshots(path):
        tick(len(rows))
    return {}


def scan(path: str, tick: Tick) -> Evictions:
    """Tick with the packets of each batch."""
    import botwarden

    return botwarden.scan(path, progress=_steps(tick)).report.stats.evictions


def logs(path: str, tick: Tick, *settings: str) -> Evictions:
    """Tick with the packets of each batch; the logs, in Zeek's format, are thrown away."""
    from botwarden.app import api

    with tempfile.TemporaryDirectory() as folder:
        return api.logs(path, folder, settings=settings, progress=_steps(tick)).evictions


def _steps(tick: Tick) -> Callable[[float | None, int], None]:
    """Make a number of packets so far one of packets more."""
    done = 0

    def progress(_share: float | None, packets: int) -> None:
        nonlocal done
        tick(packets - done)
        done = packets

    return progress


TOOLS: dict[str, Callable[[str, Tick], Evictions]] = {
    "nfstream": lambda path, tick: nfstream(path, tick, statistics=False),
    "nfstream-statistics": lambda path, tick: nfstream(path, tick, statistics=True),
    "nfstream-plain": lambda path, tick: nfstream(path, tick, statistics=False, dissections=0),
    "features": features,
    "scan": scan,
    "logs": logs,
    "logs-budget": lambda path, tick: logs(path, tick, "budget=1024"),
}


def cpu_seconds() -> float:
    """Of this process and of its finished children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Highest resident memory of this process, plus that of its largest child, MB."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * KIB_MB


def timed(tool: str, path: str) -> tuple[float, float, int, list[float], Evictions]:
    """(wall s, CPU s, packets, wall s at which each further million of packets was done, what was given up)."""
    start, cpu = time.perf_counter(), cpu_seconds()
    packets = 0
    marks: list[float] = []

    def tick(count: int) -> None:
        nonlocal packets
        packets += count
        while packets >= (len(marks) + 1) * 1_000_000:
            marks.append(time.perf_counter() - start)

    evictions = TOOLS[tool](path, tick)
    return time.perf_counter() - start, cpu_seconds() - cpu, packets, marks, evictions


def main(tool: str, capture: str, tiny: str) -> None:
    timed(tool, tiny)
    start_wall, start_cpu, *_ = timed(tool, tiny)
    wall, cpu, packets, marks, evictions = timed(tool, capture)
    result = {
        "seconds": wall - start_wall,
        "cpu_seconds": cpu - start_cpu,
        "start_seconds": start_wall,
        "packets": packets,
        "peak_mb": peak_mb(),
        "million_marks": marks,
        "evictions": evictions,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
