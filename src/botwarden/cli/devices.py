"""``botwarden devices``: captures in, an inventory of the local network out."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.core.report import DevicesReport

STDOUT = "-"


def devices(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH", help="Captures, folders of captures or of Zeek's logs, or - for standard input."
        ),
    ],
    lan: Annotated[
        list[str] | None,
        typer.Option("--lan", metavar="CIDR", help="A network that is local; repeat for several. Guessed otherwise."),
    ] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the list as JSON; - for standard output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no list and no progress.")] = False,
) -> int:
    """List the devices of the local network: maker, likely kind, addresses, services and names.

    All of it is what devices say of themselves, in DHCP, mDNS, UPnP, DNS, HTTP and TLS. Kinds are guesses, and say how
    sure they are and why.

    Exit code: 0 the list is made, 2 it could not be done.

    Examples:

    \b
    botwarden devices house.pcap
    botwarden devices captures/ --lan 192.168.1.0/24
    botwarden devices house.pcap --json - | jq -r '.devices[] | [.mac, .guess.type] | @tsv'
    """
    from botwarden.app.output import check_outputs, report_json, write_json
    from botwarden.cli.scan import write_stdout

    file = Path(json) if json not in (None, STDOUT) else None
    check_outputs([file] if file is not None else [], paths)
    report = _devices(paths, lan or [], quiet)
    if file is not None:
        write_json(report, file)
    if json == STDOUT:
        write_stdout(report_json(report).decode())
    elif not quiet:
        write_stdout(_terminal_list(report))
    return 0


def _devices(paths: list[str], lan: list[str], quiet: bool) -> "DevicesReport":
    from botwarden.app import api
    from botwarden.cli.progress import ProgressBar, notice

    if quiet:
        return api.devices(paths, lan=lan)
    with ProgressBar(sys.stderr) as bar:
        return api.devices(paths, lan=lan, progress=bar.update, notice=notice)


def _terminal_list(report: "DevicesReport") -> str:
    from botwarden.cli.inventory import render
    from botwarden.cli.scan import wants_colour

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    width = shutil.get_terminal_size().columns
    return render(report, width=width, colour=wants_colour(), unicode=unicode)
