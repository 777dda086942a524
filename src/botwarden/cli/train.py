"""``botwarden train``: tables and captures in, a model out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.app.train import Plan, TrainInputs, TrainResult

_DATA = "Tables (.csv, .csv.gz, .parquet), captures, folders of either."


def train(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="MODEL", help="The model file to write.")],
    benign: Annotated[
        list[str] | None, typer.Option("--benign", "-b", metavar="FILE...", help=f"Benign rows. {_DATA}")
    ] = None,
    attack: Annotated[
        list[str] | None,
        typer.Option("--attack", "-a", metavar="FILE...", help="Rows of attacks: for a classifier, and to measure by."),
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
    continued: Annotated[
        Path | None,
        typer.Option(
            "--continue", metavar="MODEL", help="Let this model learn on from new benign rows, in the way it was made."
        ),
    ] = None,
    detector: Annotated[
        str,
        typer.Option(
            "--detector",
            help="auto: denoising. Others: published, autoencoder, isolation_forest, kitnet, none.",
        ),
    ] = "auto",
    classifier: Annotated[
        str,
        typer.Option(
            "--classifier",
            help="auto: random_forest, if there are attacks. Others: boosting, network, published, none.",
        ),
    ] = "auto",
    classes: Annotated[str, typer.Option("--classes", help="2, 3, 5, 10, 11, or all that occur.")] = "all",
    per: Annotated[
        str,
        typer.Option(
            "--per",
            help="auto: a detector for all rows and for each device, a classifier for all. "
            "Others: all, or both also for each device, protocol.",
        ),
    ] = "auto",
    split: Annotated[
        str, typer.Option("--split", help="How rows are divided: cross, thirds (as published), time, random.")
    ] = "auto",
    scaler: Annotated[
        str | None,
        typer.Option(
            "--scaler", help="identity, standard, minmax, quantile, logistic, signed_log.  [default: the detector's]"
        ),
    ] = None,
    with_dates: Annotated[
        bool,
        typer.Option("--with-dates", help="Learn from the columns that carry the date of the capture, too. Don't."),
    ] = False,
    top: Annotated[
        int | None, typer.Option("--top-k", metavar="K", help="Learn from the K best features by Fisher's score.")
    ] = None,
    false_positives: Annotated[
        float, typer.Option("--false-positives", metavar="SHARE", help="Benign rows that may be called anomalous.")
    ] = 0.001,
    std: Annotated[
        float | None,
        typer.Option("--threshold-std", metavar="N", help="Threshold: mean + N standard deviations, as published."),
    ] = None,
    window: Annotated[
        int | None,
        typer.Option("--window", metavar="ROWS", help="A device is anomalous if most of so many rows are."),
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="Passes over the rows, at most.")] = None,
    rows: Annotated[
        int,
        typer.Option(
            "--max-rows", help="Rows learned from, drawn at random; with attacks, half of them benign.", min=20
        ),
    ] = 500_000,
    per_class: Annotated[int | None, typer.Option("--per-class", help="Rows of each class, at most.", min=1)] = None,
    balance: Annotated[bool, typer.Option("--balance", help="No more attacks than benign rows.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of everything that is drawn at random.")] = 0,
    card: Annotated[bool, typer.Option("--card", help="Print the whole model card.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary and no progress.")] = False,
) -> int:
    """Learn what is normal, and with attacks also what they are called; write it as one model file.

    Stopped with Ctrl-C, the same command goes on where it was. What it is worth is measured on rows that it did not
    learn from, and said in its model card.

    Examples:

    \b
    botwarden train --benign monday.pcap tuesday.pcap --out home.model
    botwarden train --benign benign.csv.gz --attack attacks.csv.gz --out camera.model
    botwarden train --data nbaiot/ --per device --detector published --split thirds --threshold-std 1 --out nine.model
    botwarden train --continue home.model --benign wednesday.pcap --out home.model
    """
    from botwarden.app.compiling import telling
    from botwarden.app.train import TrainInputs, continue_model, train_model, unfinished
    from botwarden.cli.progress import ProgressBar, notice
    from botwarden.core.errors import ConfigError
    from botwarden.core.text import printable

    inputs = TrainInputs(benign or [], attack or [], data or [], labels, rows, per_class, balance)
    plan = _plan(
        name=printable(out.stem, 60), detector=detector, classifier=classifier, classes=classes, per=per, split=split,
        scaler=scaler, dates=with_dates, top=top, std=std, false_positives=false_positives, window=window,
        epochs=epochs, seed=seed,
    )  # fmt: skip
    if continued is not None and plan != _plan(
        name=plan.name, detector="auto", classifier="auto", per="auto", seed=seed
    ):
        raise ConfigError("--continue learns on in the way that the model was made: leave out how to make one")
    try:
        with telling(None if quiet else notice), ProgressBar(sys.stderr, unit="") as bar:
            progress = None if quiet else bar.tell
            if continued is not None:
                result = continue_model(continued, inputs, out, seed=seed, progress=progress)
            else:
                asked = _asked(plan, inputs)
                result = train_model(inputs, out, plan, settings=asked, progress=progress)
    except KeyboardInterrupt:
        if continued is None and unfinished(out):
            notice("the same command goes on where it was stopped")
        raise
    if not quiet:
        _print(result, card)
    return 0


def _plan(**asked: object) -> "Plan":
    from botwarden.app.train import Plan

    plan = Plan(**asked)  # type: ignore[arg-type]
    plan.check()
    return plan


def _asked(plan: "Plan", inputs: "TrainInputs") -> dict[str, str | int | float | bool | list[str] | None]:
    """What goes into the model as asked for."""
    return {
        "detector": plan.detector,
        "classifier": plan.classifier,
        "classes": plan.classes,
        "per": plan.per,
        "split": plan.split,
        "top_k": plan.top,
        "threshold_std": plan.std,
        "false_positives": plan.false_positives,
        "max_rows": inputs.rows,
        "per_class": inputs.per_class,
        "balance": inputs.balance,
    }


def _print(result: "TrainResult", card: bool) -> None:
    import shutil

    from botwarden.cli.scan import wants_colour, write_stdout
    from botwarden.cli.trained import render

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = render(result, width=shutil.get_terminal_size().columns, colour=wants_colour(), unicode=unicode)
    write_stdout(text + (f"\n{result.model.manifest.card}" if card else ""))
