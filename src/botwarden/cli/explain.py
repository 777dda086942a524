"""``botwarden explain``: a model and a row in, reasons out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.core.document import Document


def explain(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model file.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The table or capture that the row is in.")],
    row: Annotated[int, typer.Option("--row", "-n", metavar="N", help="Which row, counted from 0.")],
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="The labels file of a capture: whose traffic is what."),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="K", help="Runs of LIME; more than one tells how stable it is.")
    ] = 5,
    seed: Annotated[int, typer.Option("--seed", help="The seed of the first run.")] = 0,
    samples: Annotated[int, typer.Option("--samples", help="Samples of each run of LIME.")] = 1500,
    figure: Annotated[
        Path | None, typer.Option("--figure", metavar="PNG", help="Draw what each feature contributes.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write it all as JSON; - for standard output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing.")] = False,
) -> int:
    """Say why a model judges a row as it does: in sentences, by LIME and by the detector's own errors.

    LIME tries what the model says of rows near this one; how well its weights fit and how far its runs agree stands
    beside them. The first row of a table, below its header, and the first packet of a capture are row 0.

    Examples:

    \b
    botwarden explain camera.model rows.csv --row 17
    botwarden explain camera.model house.pcap --row 5120 --figure why.png
    botwarden explain camera.model rows.parquet --row 0 --seeds 10 --json -
    """
    from botwarden.app import explain as app
    from botwarden.cli.progress import ProgressBar

    to_stdout = json is not None and str(json) == "-"
    app.check_files([path for path in (figure, None if to_stdout else json) if path is not None], model, file)
    wish = app.Wish(seeds=seeds, seed=seed, samples=samples)
    with ProgressBar(sys.stderr, unit="rows") as bar:
        progress = None if quiet else bar.update
        found = app.explain(model, file, row, labels=labels, wish=wish, progress=progress)
    if figure is not None:
        app.write_figure(found, figure)
    if json is not None and not to_stdout:
        app.write_json(found, json)
    if to_stdout:
        _out(app.explanation_json(found).decode("utf-8"))
    elif not quiet:
        _out(_text(app.document(found)))
    return 0


def _text(document: "Document") -> str:
    import shutil

    from botwarden.cli.document import render
    from botwarden.cli.scan import wants_colour

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return render(document, width=shutil.get_terminal_size().columns, colour=wants_colour(), unicode=unicode)


def _out(text: str) -> None:
    from botwarden.cli.scan import write_stdout

    write_stdout(text)
