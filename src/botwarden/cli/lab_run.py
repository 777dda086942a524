"""``botwarden lab run``: scenarios in, captures and labels out."""

import contextlib
import io
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from botwarden.core.text import bytes_text, count_text, duration_text, printable, span_text, time_text

if TYPE_CHECKING:
    from botwarden.app.lab_run import RunResult


def lab_run(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO", help="A name of `botwarden lab list`, or a .toml file; @DEVICE: on another."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for what is written.")],
    speed: Annotated[
        float, typer.Option("--speed", help="How many times as fast as the clock ordinary life goes.")
    ] = 10.0,
    seed: Annotated[int, typer.Option("--seed", help="Of everybody's dice: the same story again.")] = 1,
    peace: Annotated[
        float, typer.Option("--peace", metavar="SECONDS", help="Ordinary life before it begins, in the story's time.")
    ] = 300.0,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="WHEN", help="When the story begins: 2026-11-27T18:00, UTC. Now otherwise."),
    ] = None,
    together: Annotated[
        bool, typer.Option("--together", help="Play the scenarios at once, not one after the other.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the lab up that was made for this.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> int:
    """Play scenarios in the lab and record them, with labels.

    Uses the lab that is up, or makes one and removes it afterwards. Needs Linux and root.

    Writes lan.pcapng and wan.pcapng (before and after the router's NAT), labels.json, wan-labels.json and flows.csv.
    All times are the story's.

    Exit code: 0 all was played and recorded, 2 it could not be done.

    Examples:

    \b
    botwarden lab run mirai --out mirai/
    botwarden lab run mirai@dvr beacon speed-test --out evening/ --speed 30 --peace 3600 --start 2026-11-27T18:00
    botwarden scan mirai/lan.pcapng --labels mirai/labels.json
    """
    from botwarden.app.lab_run import RunPlan, run_lab

    asked = RunPlan(
        scenarios=scenarios,
        out=out,
        speed=speed,
        seed=seed,
        peace=peace,
        start=start,
        together=together,
        keep=keep,
    )
    with stopped_by_signals():
        result = run_lab(asked, (lambda _: None) if quiet else _say)
    if not quiet:
        from botwarden.cli.scan import write_stdout

        write_stdout(result_text(result, shutil.get_terminal_size().columns))
    return 0


def result_text(result: "RunResult", width: int) -> str:
    """What was played, from when to when, and the files, as tables."""
    from rich.table import Table

    from botwarden.cli.terminal import screen

    out = io.StringIO()
    console = screen(out, width, colour=False)
    console.print(f"{span_text(*result.span)} ({duration_text(result.span[1] - result.span[0])})\n")
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False, header_style="bold")
    for column in ("From", "To", "Scenario", "Who", "What"):
        table.add_column(column, no_wrap=column != "What", overflow="fold")
    for one in result.played:
        begin, end = (time_text(ts)[11:] for ts in (one.done.start, one.done.end))
        table.add_row(begin, end, printable(one.scenario, 40), one.actor, printable(one.what, 300))
    console.print(table)
    console.print()
    folder = Path()
    files = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False, header_style="bold")
    files.add_column("File", no_wrap=True)
    files.add_column("Size", justify="right", no_wrap=True)
    files.add_column("Holds", no_wrap=True)
    for path, size in result.files.items():
        folder = path.parent
        files.add_row(printable(path.name, 40), bytes_text(size), _held(result, path))
    console.print(f"Written to {printable(folder, 200)}:")
    console.print(files)
    return out.getvalue()


def _held(result: "RunResult", path: Path) -> str:
    if path.suffix == ".csv":
        return f"{count_text(result.flows)} flows"
    number = result.packets.get(path.stem) if path.suffix == ".pcapng" else None
    return f"{count_text(number)} packets" if number is not None else "labels"


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let a request to end stop what goes on, as Ctrl-C does: the lab must not be left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(text: str) -> None:
    sys.stderr.write(f"lab: {printable(text, 300)}\n")
    sys.stderr.flush()
