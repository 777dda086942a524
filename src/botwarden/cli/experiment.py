"""``botwarden experiment``: a published study, repeated in one command."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.core.document import Document


def experiment(
    name: Annotated[str, typer.Argument(metavar="nbaiot", help="Which study.")],
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="N-BaIoT as downloaded and unpacked, or a folder of benign and attack tables."
        ),
    ],
    report: Annotated[
        Path, typer.Option("--report", "-r", metavar="DIR", help="Where the report, its pictures and the models go.")
    ],
    quick: Annotated[bool, typer.Option("--quick", help="Samples and few epochs: a rehearsal of minutes.")] = False,
    per_class: Annotated[
        int,
        typer.Option("--per-class", help="Rows of each class that classifiers learn from and are judged by.", min=20),
    ] = 20_000,
    epochs: Annotated[
        int | None, typer.Option("--epochs", help="Passes of the autoencoders over the rows, at most.", min=1)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of everything that is drawn at random.", min=0)] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary and no progress.")] = False,
) -> int:
    """Repeat the N-BaIoT study: detectors per device, thresholds, features, classifiers, ours beside theirs.

    Everything is done once without and once with the columns that carry the date of the capture. Stopped with Ctrl-C,
    the same command goes on where it was.

    Examples:

    \b
    botwarden experiment nbaiot N-BaIoT/ --report study/
    botwarden experiment nbaiot N-BaIoT/ --report rehearsal/ --quick
    """
    from botwarden.app.compiling import telling
    from botwarden.app.experiment import run_study, short, study_settings
    from botwarden.cli.progress import ProgressBar, notice
    from botwarden.core.errors import ConfigError
    from botwarden.core.text import printable

    if name != "nbaiot":
        raise ConfigError(f"there is no study {printable(name, 40)!r}: nbaiot is the only one")
    settings = study_settings(quick=quick, seed=seed, per_class=per_class, epochs=epochs)
    try:
        with telling(None if quiet else notice), ProgressBar(sys.stderr, unit="") as bar:
            study = run_study(data, report, settings, progress=None if quiet else bar.tell)
    except KeyboardInterrupt:
        notice("the same command goes on where it was stopped")
        raise
    if not quiet:
        _print(short(study), report)
    return 0


def _print(document: "Document", report: Path) -> None:
    import shutil

    from botwarden.cli.document import render
    from botwarden.cli.scan import wants_colour, write_stdout
    from botwarden.core.text import printable

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = render(document, width=shutil.get_terminal_size().columns, colour=wants_colour(), unicode=unicode)
    write_stdout(f"{text}\nReport: {printable(report / 'report.html')}\n")
