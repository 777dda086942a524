"""``botwarden model``: what is in a model file."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer


def model(path: Annotated[Path, typer.Argument(metavar="MODEL", help="A model file, made by botwarden train.")]) -> int:
    """Show what is in a model: its identity, its parts, where it comes from, and how good it was.

    The file is checked first: one that was damaged or changed, or that contradicts itself, is refused. Whoever changes
    a model can also make its checksums anew, so compare the identity with the one that its maker tells.

    Exit code: 0 done, 2 it cannot be used.

    Examples:

    \b
    botwarden model home.model
    """
    from botwarden.app.model_card import document
    from botwarden.app.models import open_model
    from botwarden.cli.document import render
    from botwarden.cli.scan import wants_colour, write_stdout

    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    shown = document(open_model(path), str(path))
    write_stdout(render(shown, width=shutil.get_terminal_size().columns, colour=wants_colour(), unicode=unicode))
    return 0
