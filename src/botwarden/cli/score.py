"""``botwarden score``: rows and a model in, scores out."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer


def score(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model file, made by botwarden train.")],
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Tables (.csv, .csv.gz, .parquet), captures, folders of either."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The scores to write: .csv, .csv.gz or .parquet.")
    ],
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="A labels file of the captures: it names their devices."),
    ] = None,
    max_streams: Annotated[
        int | None,
        typer.Option("--max-streams", metavar="N", help="Of captures: streams kept per family.  [default: 16384]"),
    ] = None,
    threads: Annotated[int, typer.Option("--threads", help="Threads for one network.", min=1, max=64)] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary and no progress.")] = False,
) -> int:
    """Say of every row how anomalous a model finds it.

    Writes one line per row, in the order of the input: score, threshold, anomalous, label, confidence, and ts and
    device where they are known. docs/models.md says what they mean.

    Exit code: 0 done, 2 it could not be done.

    Examples:

    \b
    botwarden score home.model rows.parquet --out scores.csv
    botwarden score home.model monday.pcap tuesday.pcap --out scores.parquet
    """
    from botwarden.app.score import document, write_scores
    from botwarden.cli.document import render
    from botwarden.cli.progress import ProgressBar, notice
    from botwarden.cli.scan import wants_colour, write_stdout

    options = {"labels": labels, "max_streams": max_streams, "threads": threads}
    if quiet:
        write_scores(model, paths, out, **options)  # type: ignore[arg-type]
        return 0
    with ProgressBar(sys.stderr, unit="rows") as bar:
        summary = write_scores(model, paths, out, progress=bar.update, notice=notice, **options)  # type: ignore[arg-type]
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    width = shutil.get_terminal_size().columns
    write_stdout(render(document(summary), width=width, colour=wants_colour(), unicode=unicode))
    return 0
