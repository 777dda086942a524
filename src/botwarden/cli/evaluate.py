"""``botwarden evaluate``: models and labelled rows in, honest numbers out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.core.document import Document

_DATA = "Tables (.csv, .csv.gz, .parquet), captures, folders of either."


def evaluate(
    models: Annotated[list[Path], typer.Argument(metavar="MODEL", help="Model files.")],
    benign: Annotated[
        list[str] | None, typer.Option("--benign", "-b", metavar="FILE...", help=f"Benign rows. {_DATA}")
    ] = None,
    attack: Annotated[
        list[str] | None, typer.Option("--attack", "-a", metavar="FILE...", help="Rows of attacks.")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="FILE...",
            help="Rows that say themselves what they are: the folders of N-BaIoT, labelled tables and captures.",
        ),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="The labels file of the captures.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", "-r", metavar="DIR", help="Write a report: HTML, Markdown, PNG, JSON.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the sample that references are fitted on.", min=0)] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no table and no progress.")] = False,
) -> int:
    """Measure how good models are on rows that they were not trained on, beside two trivial judges.

    The report tells recall and false positives per device and attack with their uncertainty, curves at low
    false-positive rates, time to detect, false alarms per day, and what the columns that carry the date do.

    Examples:

    \b
    botwarden evaluate camera.model --benign test.csv --attack attacks.csv --report report/
    botwarden evaluate old.model new.model --data nbaiot/
    botwarden evaluate camera.model --data house.pcap --labels house.labels.json
    """
    from botwarden.app.evaluate import check_report, evaluate_models, overview, read_models, write_report
    from botwarden.app.evaluate import report as drawn
    from botwarden.cli.progress import ProgressBar

    if report is not None:
        check_report(report)
    loaded = read_models(models)
    with ProgressBar(sys.stderr, unit="rows") as bar:
        progress = None if quiet else bar.update
        rows = (benign or [], attack or [], data or [])
        evaluated = evaluate_models(loaded, *rows, labels=labels, seed=seed, progress=progress)
        if report is not None:
            if progress is not None:
                progress(None, evaluated.evaluation.rows, "Drawing")
            write_report(drawn(evaluated), evaluated.evaluation, report)
    if not quiet:
        _print(overview(evaluated), report)
    return 0


def _print(document: "Document", report: Path | None) -> None:
    import shutil

    from botwarden.cli.document import render
    from botwarden.cli.scan import wants_colour, write_stdout
    from botwarden.core.text import printable

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = render(document, width=shutil.get_terminal_size().columns, colour=wants_colour(), unicode=unicode)
    if report is not None:
        text += f"\nReport: {printable(report / 'report.html')}\n"
    write_stdout(text)
