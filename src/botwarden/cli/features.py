"""``botwarden features``: captures in, a table of statistics out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from botwarden.core.report import ScanStats


def features(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Captures, folders of captures, or - for standard input.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The table to write: .csv, .csv.gz or .parquet.")
    ],
    schema: Annotated[str, typer.Option("--schema", help="Which statistics.")] = "nbaiot115",
    max_streams: Annotated[
        int | None,
        typer.Option(
            "--max-streams",
            metavar="N",
            help="Streams kept per family, 1.5 kB each. The longest silent make room for new ones.  [default: 16384]",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="A labels file of the captures: adds the columns device, botnet, attack and proto.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary and no progress.")] = False,
) -> int:
    """Write the 115 statistics of the N-BaIoT data set, one row per frame, in capture order.

    The columns are ts, src_mac, src and dst, then the statistics under their published names. With --labels, what the
    labels file says of each row stands between the two.

    Examples:

    \b
    botwarden features house.pcap --out rows.csv
    botwarden features monday.pcap.gz tuesday.pcapng --out week.parquet
    botwarden features attack.pcap --labels labels.json --out labelled.parquet
    tcpdump -i br0 -c 100000 -w - | botwarden features - --out now.csv.gz
    """
    from botwarden.app.features import write_features
    from botwarden.cli.progress import ProgressBar

    if quiet:
        write_features(paths, out, schema, max_streams, labels=labels)
        return 0
    with ProgressBar(sys.stderr) as bar:
        stats = write_features(paths, out, schema, max_streams, labels=labels, progress=bar.update, notice=_notice)
    sys.stdout.write("\n".join(_summary(stats, out)) + "\n")
    return 0


def _summary(stats: "ScanStats", out: Path) -> list[str]:
    """A line on what was written, and one for everything that a user should know about it."""
    from botwarden.app.summary import notes
    from botwarden.core.text import duration_text, plural, printable

    size = plural(stats.packets, "packet")
    lines = [f"{size} in, {plural(stats.packets, 'row')} out in {duration_text(stats.duration)}: {printable(out)}"]
    lines += notes(stats)
    if any(stats.evictions.values()):
        lines.append("A row counts only what its streams remember: --max-streams N keeps more of them.")
    return lines


def _notice(line: str) -> None:
    sys.stderr.write(f"botwarden: {line}\n")
    sys.stderr.flush()
