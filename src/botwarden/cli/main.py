"""The commands, and what becomes of their errors."""

import functools
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Final

import typer
from typer.core import TyperCommand

from botwarden._version import __version__
from botwarden.cli import lab
from botwarden.cli.devices import devices
from botwarden.cli.evaluate import evaluate
from botwarden.cli.experiment import experiment
from botwarden.cli.explain import explain as explain_row
from botwarden.cli.features import features
from botwarden.cli.logs import logs
from botwarden.cli.model import model
from botwarden.cli.scan import scan
from botwarden.cli.score import score
from botwarden.cli.several import Several
from botwarden.cli.train import train
from botwarden.core.errors import CaptureError, ConfigError, DataError, ModelError, SchemaMismatch
from botwarden.core.text import printable

CANNOT: Final = 2
"""Exit code: it could not be done, and standard error says why."""
INTERRUPTED: Final = 130
"""Exit code after Ctrl-C, as shells give it."""

INTRO: Final = """Finds the device on a network that acts like a bot, and says since when and why.

It reads captures of a network's traffic and needs no training and no list of bad addresses."""

EXAMPLES: Final = """Examples:

\b
botwarden scan house.pcap
botwarden scan monday.pcap.gz tuesday.pcapng --html report.html
tcpdump -i br0 -w - -U | botwarden scan -
botwarden logs house.pcap --out logs/
botwarden devices house.pcap
botwarden features house.pcap --out rows.parquet
botwarden train --benign house.pcap --out house.model
"""

app: Final = typer.Typer(
    name="botwarden",
    help=INTRO,
    epilog=EXAMPLES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def run(arguments: Sequence[str]) -> int:
    """Run the command line ``arguments`` (without the program's name) and return its exit code. Raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a character shows "?" rather than a traceback
            stream.reconfigure(errors="replace")
    try:
        app(list(arguments), prog_name="botwarden")
    except SystemExit as end:  # how typer ends, also when all is well
        return end.code if isinstance(end.code, int) else CANNOT
    return 0


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"botwarden {__version__}\n")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")
    ] = False,
) -> None:
    pass


def _command(
    function: Callable[..., int | None],
    cls: type[TyperCommand] | None = None,
    *,
    group: typer.Typer = app,
    name: str | None = None,
) -> None:
    """Register a command, in a group of commands, whose errors become one line and an exit code."""

    @functools.wraps(function)
    def guarded(*args: object, **options: object) -> None:
        try:
            code = function(*args, **options) or 0
        except (Exception, KeyboardInterrupt) as error:  # the top: no traceback reaches a user
            code = explain(error)
        raise typer.Exit(code)

    group.command(name, cls=cls)(guarded)


def explain(error: BaseException) -> int:
    """Say on one line of standard error what went wrong; returns the exit code."""
    if os.environ.get("BOTWARDEN_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        return _fail("stopped", INTERRUPTED)
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
        return CANNOT
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return _fail(f"{error.filename}: {error.strerror}")
    if isinstance(error, OSError | ConfigError | CaptureError | DataError | ModelError | SchemaMismatch):
        return _fail(str(error))
    return _fail(f"this is a bug in botwarden (BOTWARDEN_DEBUG=1 shows where): {type(error).__name__}: {error}")


def _fail(text: str, code: int = CANNOT) -> int:
    sys.stderr.write(f"botwarden: {printable(text, 500)}\n")
    return code


_command(scan)
_command(logs)
_command(devices)
_command(features)
_command(evaluate, Several)
_command(train, Several)
_command(score)
_command(model)
_command(explain_row)
_command(experiment)

_lab: Final = typer.Typer(help=lab.HELP, no_args_is_help=True, rich_markup_mode=None)
for _name, _function in lab.COMMANDS.items():
    _command(_function, group=_lab, name=_name)
app.add_typer(_lab, name="lab")
