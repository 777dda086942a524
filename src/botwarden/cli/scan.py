"""``botwarden scan``: captures in, verdicts out."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.core.report import ScanResult

STDOUT = "-"


def scan(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Captures, folders of captures, or - for standard input.")
    ],
    lan: Annotated[
        list[str] | None,
        typer.Option("--lan", metavar="CIDR", help="A network that is local; repeat for several. Guessed otherwise."),
    ] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the report as JSON; - for standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one page.")] = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", "-m", metavar="MODEL", help="A model file that judges what each device sends as well."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="A labels file of the captures: adds what was found, missed and false, and how soon.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no report and no progress.")] = False,
) -> int:
    """Say which devices act like bots, since when, and why.

    Reads pcap and pcapng, also compressed with gzip or zstd, and follows standard input while it is still written.

    Exit code: 0 nothing found, 1 something found, 2 it could not be done.

    Examples:

    \b
    botwarden scan house.pcap
    botwarden scan house.pcap --html report.html --json report.json
    botwarden scan house.pcap --model house.model
    botwarden scan house.pcap --labels labels.json
    botwarden scan captures/ --lan 192.168.1.0/24 --lan fd00:1::/64
    tcpdump -i br0 -U -w - | botwarden scan -
    """
    from botwarden.app.output import check_outputs, report_json, write_html, write_json
    from botwarden.core.errors import ConfigError

    if html is not None and str(html) == STDOUT:
        raise ConfigError("--html needs the name of a file")
    json_file = Path(json) if json not in (None, STDOUT) else None
    taken = [*paths, *(str(path) for path in (model, labels) if path is not None)]
    check_outputs([path for path in (json_file, html) if path is not None], taken)
    result = _scan(paths, lan or [], model, labels, quiet)
    if json_file is not None:
        write_json(result, json_file)
    if html is not None:
        write_html(result, html)
    if json == STDOUT:
        write_stdout(report_json(result).decode())
    elif not quiet:
        write_stdout(_terminal_report(result))
    return 1 if result.report.found else 0


def _scan(paths: list[str], lan: list[str], model: Path | None, labels: Path | None, quiet: bool) -> "ScanResult":
    from botwarden.app import api
    from botwarden.cli.progress import ProgressBar, notice

    if quiet:
        return api.scan(paths, lan=lan, model=model, labels=labels)
    with ProgressBar(sys.stderr) as bar:
        return api.scan(paths, lan=lan, progress=bar.update, notice=notice, model=model, labels=labels)


def _terminal_report(result: "ScanResult") -> str:
    from botwarden.cli.terminal import render

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    width = shutil.get_terminal_size().columns
    return render(result.report, width=width, colour=wants_colour(), unicode=unicode)


def wants_colour() -> bool:
    """Colour on a terminal only, and not where the user forbids it (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write_stdout(text: str) -> None:
    """Write to standard output; a reader that has gone away (``| head``) takes nothing from the exit code."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
