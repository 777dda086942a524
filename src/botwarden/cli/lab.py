"""``botwarden lab``: a house in network namespaces, made, looked at, played in, removed."""

import io
import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from botwarden.cli.lab_dataset import lab_dataset
from botwarden.cli.lab_run import lab_run, stopped_by_signals
from botwarden.core.text import printable, time_text

if TYPE_CHECKING:
    from botwarden.app.lab import Census, Listed, Resident

HELP: Final = """A house to break into, safely: real programs in network namespaces of this machine.

Nine devices, a router and an internet live their ordinary life there, and what bots do is played on top. Needs Linux
and root; nothing leaves this machine."""
SHOWN: Final = 8
"""Ports of one that the table shows."""
ABSENT: Final = 1
"""Exit code of `status`: no lab is up."""


def up(
    speed: Annotated[
        float, typer.Option("--speed", help="How many times as fast as the clock the story goes; up to 30 is sensible.")
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", help="Of everybody's dice: the same life again.")] = 1,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="WHEN", help="When the story begins: 2026-11-27T18:00, UTC. Now otherwise."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> int:
    """Make the lab and switch everything on.

    It goes on until `botwarden lab down`.

    Exit code: 0 it is up, 2 it could not be made, and nothing is left of it.

    Examples:

    \b
    botwarden lab up
    botwarden lab up --speed 20 --start 2026-11-27T18:00
    """
    from botwarden.app import lab

    say: Callable[[str], None] = (lambda _: None) if quiet else _say
    with stopped_by_signals():
        lab.up(speed=speed, seed=seed, start=start, notice=say)
    say("the lab is up; `botwarden lab status` shows it, `botwarden lab down` removes it")
    return 0


def down(quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False) -> int:
    """Remove the lab and every trace of it, also after a crash.

    Exit code: 0 nothing is left, 2 it could not be done.
    """
    from botwarden.app import lab

    was = lab.down()
    if not quiet:
        _say("the lab is removed" if was else "there was no lab")
    return 0


def status(
    json: Annotated[bool, typer.Option("--json", help="As JSON, on standard output.")] = False,
) -> int:
    """Show who is in the lab, and what time it is there.

    Everybody's name, address, open ports and programs.

    Exit code: 0 a lab is up, 1 none is, 2 that could not be found out.
    """
    import msgspec

    from botwarden.app import lab
    from botwarden.cli.scan import write_stdout

    found = lab.status()
    if json:
        write_stdout(msgspec.json.encode(found).decode() + "\n")
    else:
        write_stdout("no lab is up\n" if found is None else status_text(found, shutil.get_terminal_size().columns))
    return ABSENT if found is None else 0


def scenarios() -> int:
    """List the scenarios that the lab brings."""
    from botwarden.app import lab
    from botwarden.cli.scan import write_stdout

    write_stdout(scenarios_text(lab.scenarios(), shutil.get_terminal_size().columns))
    return 0


COMMANDS: Final[dict[str, Callable[..., int]]] = {
    "up": up, "down": down, "status": status, "list": scenarios, "run": lab_run,
    "dataset": lab_dataset,
}  # fmt: skip
"""By name; `main` registers them."""


def status_text(found: "Census", width: int) -> str:
    """The lab as a table."""
    from rich.table import Table

    from botwarden.cli.terminal import screen

    out = io.StringIO()
    console = screen(out, width, colour=False)
    pace = f"at {found.speed:g} times the clock's pace" if found.speed != 1 else "as fast as the clock"
    console.print(f"it is {time_text(found.story)} UTC in the lab, {pace}")
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False, header_style="bold")
    for column in ("Role", "Name", "IPv4", "Listens", "Programs"):
        table.add_column(column, overflow="fold", no_wrap=column in ("Role", "Name", "IPv4"))
    for one in found.residents:
        table.add_row(*_row(one))
    console.print(table)
    return out.getvalue()


def _row(one: "Resident") -> tuple[str, ...]:
    addresses = [address for address in one.addresses if ":" not in address]
    programs = " ".join(printable(name, 30) for name in one.programs)
    return one.role, one.name, _some(addresses, 1), _some(one.ports, SHOWN), programs


def _some(values: list[str], most: int) -> str:
    more = len(values) - most
    return " ".join([*values[:most], *([f"+{more}"] if more > 0 else [])])


def scenarios_text(listed: "list[Listed]", width: int) -> str:
    """The scenarios as a table."""
    from rich.table import Table

    from botwarden.cli.terminal import screen

    out = io.StringIO()
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("Scenario", no_wrap=True)
    table.add_column("By", no_wrap=True)
    table.add_column("What happens", overflow="fold")
    table.add_column("Verdicts that are right", overflow="fold")
    for one in listed:
        table.add_row(one.name, one.device, one.what, ", ".join(one.labels) or "–")
    screen(out, width, colour=False).print(table)
    return out.getvalue()


def _say(text: str) -> None:
    sys.stderr.write(f"lab: {text}\n")
