"""``botwarden logs``: captures in, Zeek's logs out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.app.logs import LogsResult


def logs(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Captures, folders of captures, or - for standard input.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the logs; it is made where needed.")],
    format: Annotated[  # noqa: A002 - the users' word
        str, typer.Option("--format", metavar="FORMAT", help="zeek, json, ecs or parquet.")
    ] = "zeek",
    lan: Annotated[
        list[str] | None,
        typer.Option(
            "--lan", metavar="CIDR", help="A network that is local; repeat for several. As in Zeek otherwise."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting, such as checksums=ignore; repeat for several."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary and no progress.")] = False,
) -> int:
    """Write what was said as Zeek's logs: conn, dns, http, ssl, ssh, telnet and more.

    The formats: Zeek's tab-separated logs, which zeek-cut and zat read; its JSON lines; JSON lines under the names of
    the Elastic Common Schema (ecs); Parquet. Passwords are never written, only which known list they are in.

    Logs of the same names that are in the folder are replaced; other files stay.

    Exit code: 0 the logs are written, 2 it could not be done.

    Examples:

    \b
    botwarden logs house.pcap --out logs/
    botwarden logs captures/ --out logs/ --format json
    botwarden logs house.pcap --out logs/ && zeek-cut id.orig_h user commands < logs/telnet.log
    tcpdump -i br0 -U -w - | botwarden logs - --out logs/ --format parquet
    """
    result = _logs(paths, out, format, lan or [], settings or [], quiet)
    if not quiet:
        sys.stdout.write(_summary(result))
    return 0


def _logs(
    paths: list[str],
    out: Path,
    format: str,  # noqa: A002 - the users' word
    lan: list[str],
    settings: list[str],
    quiet: bool,
) -> "LogsResult":
    from botwarden.app import api
    from botwarden.cli.progress import ProgressBar, notice

    if quiet:
        return api.logs(paths, out, format=format, lan=lan, settings=settings)
    with ProgressBar(sys.stderr) as bar:
        return api.logs(paths, out, format=format, lan=lan, settings=settings, progress=bar.update, notice=notice)


def _summary(result: "LogsResult") -> str:
    from botwarden.app.summary import capture_notes
    from botwarden.core.text import bytes_text, count_text, plural, printable, span_text

    stats = result.stats
    facts = (
        f"{plural(sum(result.records.values()), 'record')} in {printable(result.directory)}",
        plural(stats.packets, "packet"),
        bytes_text(stats.bytes),
    )
    notes = capture_notes(stats)
    if result.evictions:
        given_up = ", ".join(f"{name} {count_text(n)}" for name, n in result.evictions.items())
        notes.append(f"To stay within memory, some were given up early: {given_up}.")
    if result.faults:
        notes.append(f"{plural(result.faults, 'connection')} could not be read to the end: see weird.log.")
    lines = [" · ".join(facts), span_text(stats.first_ts, stats.last_ts), "", *_table(result.records)]
    return "\n".join([*lines, *(f"note: {note}" for note in notes), ""])


def _table(records: dict[str, int]) -> list[str]:
    """The logs, their numbers of records, and what a record is."""
    from botwarden.core.records import RECORDS
    from botwarden.core.text import count_text

    numbers = {name: count_text(n) for name, n in sorted(records.items(), key=lambda item: -item[1])}
    name_width = max([3, *map(len, numbers)])
    number_width = max([7, *map(len, numbers.values())])
    rows = [f"{name:{name_width}}  {n:>{number_width}}  {_meaning(RECORDS[name])}" for name, n in numbers.items()]
    return [f"{'Log':{name_width}}  {'Records':>{number_width}}  A record is", *rows]


def _meaning(record: type) -> str:
    return (record.__doc__ or "").partition("\n")[0].split(". ")[0].removesuffix(".")
