"""``botwarden lab dataset``: a labelled data set out of the lab."""

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from botwarden.cli.lab_run import stopped_by_signals
from botwarden.core.text import count_text, printable

if TYPE_CHECKING:
    from botwarden.app.lab_dataset import Manifest


def lab_dataset(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for what is written.")],
    seed: Annotated[int, typer.Option("--seed", help="Of everybody's dice: another seed is another data set.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="A small one, to try: a fraction of everything.")] = False,
    features: Annotated[
        bool, typer.Option("--features", help="Also write all feature rows, labelled, as one table.")
    ] = False,
    listed: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="Play this list of runs, not the one that is built in."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> int:
    """Make the labelled data set: hours of ordinary life, the ten attacks of N-BaIoT, and what only looks like one.

    Plays a list of runs, a lab each. Takes about a quarter of an hour. Stopped, the same command goes on with
    the next run. Needs Linux and root.

    Writes a folder per run, with lan.pcapng and labels.json; manifest.json, which counts packets by device and class;
    with --features, rows.parquet.

    Exit code: 0 all of it is there, 2 it could not be done.

    Examples:

    \b
    botwarden lab dataset --out lab/ --features
    botwarden train --data lab/rows.parquet --classes 11 --out lab.model
    """
    from botwarden.app.lab_dataset import make_dataset

    say: Callable[[str], None] = (lambda _: None) if quiet else _say
    asked = {} if listed is None else {"listed": listed}
    with stopped_by_signals():
        manifest = make_dataset(out, seed=seed, quick=quick, features=features, notice=say, **asked)
    if not quiet:
        from botwarden.cli.scan import write_stdout

        write_stdout(manifest_text(manifest, out, shutil.get_terminal_size().columns))
    return 0


def manifest_text(manifest: "Manifest", out: Path, width: int) -> str:
    """How much there is of what, as a table: a row per class, with its devices, the busiest first."""
    from rich.table import Table

    from botwarden.cli.terminal import screen

    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("Class", no_wrap=True)
    table.add_column("Packets", justify="right", no_wrap=True)
    table.add_column("Of", overflow="fold")
    for botnet, attack in sorted({(one.botnet, one.attack) for one in manifest.counts}):
        held = [one for one in manifest.counts if (one.botnet, one.attack) == (botnet, attack)]
        held.sort(key=lambda one: -one.packets)
        who = ", ".join(f"{printable(one.device, 40) or 'nobody'} {count_text(one.packets)}" for one in held)
        name = printable(f"{botnet}.{attack}" if botnet else attack, 40)
        table.add_row(name, count_text(sum(one.packets for one in held)), who)
    text = io.StringIO()
    console = screen(text, width, colour=False)
    console.print(f"{count_text(manifest.packets)} packets, {manifest.hours:g} h of the story, seed {manifest.seed}\n")
    console.print(table)
    if manifest.left_out:
        said = f"{count_text(manifest.left_out)} benign rows of devices that attack, or just did, are not in the table"
        console.print(f"\n{said}")
    where = [out / "manifest.json", *([out / manifest.table] if manifest.table else [])]
    console.print("\n" + "  ".join(printable(path, 200) for path in where))
    return text.getvalue()


def _say(text: str) -> None:
    sys.stderr.write(f"lab: {printable(text, 300)}\n")
    sys.stderr.flush()
