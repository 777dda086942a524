"""Tables of labelled flows, as CSV: what is beside a recording of the lab (docs/lab.md)."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from botwarden.core.text import printable

COLUMNS: Final = (
    "side", "ts", "end", "proto", "src", "src_port", "dst", "dst_port", "device", "packets", "bytes",
    "label", "botnet", "attack", "phase",
)  # fmt: skip
MAX_TEXT: Final = 200

Cell = str | int | float | None


def write_flows(path: Path, rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write flows, one per row of as many cells as `COLUMNS`; returns how many. None is written as nothing.

    Times have six digits after the point. Raises OSError.
    """
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([_text(cell) for cell in row])
            count += 1
    return count


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}"
    return printable(cell, MAX_TEXT) if isinstance(cell, str) else str(cell)
