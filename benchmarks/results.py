"""The benchmark's results as tables, for the terminal and for docs/benchmarks.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

Json = dict[str, Any]

BEGIN, END = "<!-- results: written by benchmarks/speed.py -->", "<!-- end of results -->"
TITLES = {
    "nfstream": "NFStream",
    "nfstream-statistics": "NFStream, statistical_analysis=True",
    "nfstream-plain": "NFStream, n_dissections=0",
    "features": "botwarden features",
    "scan": "botwarden scan",
    "logs": "botwarden logs",
    "logs-budget": "botwarden logs --set budget=1024",
}
CAPTURES = {"steady": "steady", "scan": "telnet scan"}
PEERS = ("nfstream", "nfstream-statistics")
GOALS = {("features", "steady"): 8, ("features", "scan"): 30, ("scan", "steady"): 3, ("scan", "scan"): 15}
"""How many times the faster peer's packets per second we want to reach."""
MEMORY_GOAL = 300
START_GOALS = {"--version": 0.2, "scan of a 1 MB capture": 2.0}


@dataclass(frozen=True)
class Grid:
    """A table before it has a form."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


def grids(found: Json) -> Iterator[Grid]:
    """The tables of a run."""
    yield _speed(found["speed"])
    yield Grid(
        "The whole command with its file, start-up included",
        ("command", "capture", "seconds", "CPU s", "packets/s", "peak MB", "file MB"),
        [
            (f"features --out x{row['file']}", CAPTURES[row["capture"]], *_cells(row), f"{row['file_mb']:,.0f}")
            for row in found["writing"]
        ],
    )
    yield Grid(
        "A flood from forged sources, each packet from another, through standard input",
        (
            "command",
            "packets",
            "packets/s, first million",
            "packets/s, last million",
            "peak MB",
            f"under {MEMORY_GOAL} MB",
        ),
        [_forged(row) for row in found["forged"]],
    )
    yield Grid(
        "Under attack; what was given up is counted in conversations and packets",
        ("attack", "command", "packets/s", "peak MB", f"under {MEMORY_GOAL} MB", "given up"),
        [_attack(row) for row in found["attacks"]],
    )
    yield Grid(
        "Start of the command", ("command", "seconds", "goal", "peak MB"), [_start(row) for row in found["start"]]
    )


def failures(found: Json) -> list[str]:
    """What went wrong, one line per tool and reason."""
    rows = [row for part in ("speed", "writing", "forged", "attacks", "start") for row in found[part] if "error" in row]
    named = (f"{row.get('tool') or row.get('what') or 'features --out'} failed: {row['error']}" for row in rows)
    return list(dict.fromkeys(named))


def _speed(rows: list[Json]) -> Grid:
    peers: dict[str, float] = {}
    for row in rows:
        if row["tool"] in PEERS and "error" not in row:
            peers[row["capture"]] = max(peers.get(row["capture"], 0.0), row["packets_per_second"])
    lines: list[tuple[str, ...]] = []
    for row in rows:
        goal = GOALS.get((row["tool"], row["capture"]))
        peer = peers.get(row["capture"])
        ratio = row["packets_per_second"] / peer if peer and "error" not in row else None
        goal_text = (
            f"{goal}× {'' if ratio is None else 'reached' if ratio >= goal else 'missed'}".strip() if goal else ""
        )
        times = f"{ratio:.1f}×" if ratio else ""
        lines.append((TITLES[row["tool"]], CAPTURES[row["capture"]], *_cells(row), times, goal_text))
    return Grid(
        "Start-up aside, one worker each; ratios to the faster of NFStream's two first rows",
        ("tool", "capture", "seconds", "CPU s", "packets/s", "peak MB", "ratio", "goal"),
        lines,
    )


def _cells(row: Json) -> tuple[str, ...]:
    if "error" in row:
        return "failed", "–", "–", "–"
    figures = f"{row['seconds']:.2f}", f"{row['cpu_seconds']:.2f}", f"{row['packets_per_second']:,.0f}"
    return *figures, f"{row['peak_mb']:,.0f}"


def _forged(row: Json) -> tuple[str, ...]:
    title = TITLES[row["tool"]]
    if "error" in row:
        return title, "failed", "–", "–", "–", "–"
    marks = row["million_marks"]
    # scan tells its packets at the end only: then the mean stands for both
    even = row["packets"] / row["seconds"]
    stepwise = len(marks) > 2 and marks[0] < marks[-1]
    first = 1e6 / marks[0] if stepwise else even
    last = 1e6 / (marks[-1] - marks[-2]) if stepwise and marks[-1] > marks[-2] else even
    good = "yes" if row["peak_mb"] < MEMORY_GOAL else "no"
    return title, f"{row['packets']:,}", f"{first:,.0f}", f"{last:,.0f}", f"{row['peak_mb']:,.0f}", good


def _attack(row: Json) -> tuple[str, ...]:
    title = TITLES[row["tool"]]
    if "error" in row:
        return row["attack"], title, "failed", "–", "–", "–"
    good = "yes" if row["peak_mb"] < MEMORY_GOAL else "no"
    given_up = ", ".join(f"{name} {count:,}" for name, count in row["evictions"].items() if count)
    return row["attack"], title, f"{row['packets_per_second']:,.0f}", f"{row['peak_mb']:,.0f}", good, given_up


def _start(row: Json) -> tuple[str, ...]:
    goal = START_GOALS.get(row["what"])
    if "error" in row:
        return row["what"], "failed", "", ""
    verdict = "reached" if goal and row["seconds"] < goal else "missed"
    # the system counts a process's memory from its parent's on, so what is small cannot be told
    peak = f"{row['peak_mb']:,.0f}" if "scan" in row["what"] else ""
    return row["what"], f"{row['seconds']:.3f}", f"{goal} {verdict}" if goal else "", peak


def rich_tables(found: Json) -> Iterator[Table]:
    """For the terminal."""
    for grid in grids(found):
        table = Table(title=grid.title, title_justify="left")
        for i, name in enumerate(grid.header):
            table.add_column(name, justify="left" if i < 2 else "right")
        for row in grid.rows:
            table.add_row(*row)
        yield table


def markdown(found: Json) -> str:
    """For the docs: the machine, then the tables."""
    machine, settings = found["machine"], found["settings"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items() if version)
    parts = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, "
        f"Python {machine['python']}, {packages}; load average before the run {machine['load_before']}. "
        f"{settings['packets']:,} packets per capture (steady: `{settings['source']}` repeated; telnet scan: "
        f"{settings['scan_rate']:,} packets/s of capture time), {settings['attack']:,} per attack "
        f"({settings['attack_rate']:,} packets/s); medians of {settings['repeats']}.\n"
    ]
    parts += [f"- {line}\n" for line in failures(found)]
    for grid in grids(found):
        head = "| " + " | ".join(grid.header) + " |"
        line = "|" + "|".join("---" if i < 2 else "---:" for i in range(len(grid.header))) + "|"
        parts.append(
            "\n".join([f"**{grid.title}**", "", head, line, *("| " + " | ".join(row) + " |" for row in grid.rows), ""])
        )
    return "\n".join(parts)


def write_docs(path: Path, found: Json) -> None:
    """Replace the results in a page, between its two marks."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not found_end:
        raise SystemExit(f"{path} does not hold the marks between which the results go")
    path.write_text(f"{before}{BEGIN}\n\n{markdown(found)}\n{END}{after}", "utf-8")
