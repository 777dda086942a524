"""Where a report goes: checked before the work starts, written when it is done."""

from collections.abc import Sequence
from pathlib import Path

from botwarden.core.errors import ConfigError
from botwarden.core.report import DevicesReport, ScanResult
from botwarden.stores.report import check_writable, json_bytes, write_file


def check_outputs(outputs: Sequence[Path], inputs: Sequence[str]) -> None:
    """Make sure that every output can be written and overwrites neither another output nor an input.

    Raises ConfigError or OSError.
    """
    taken = {Path(path).resolve() for path in inputs if path != "-"}
    for path in outputs:
        if path.is_file() and path.resolve() in taken:
            raise ConfigError(f"{path} is read, and would be overwritten")
        check_writable(path)
    if len({path.resolve() for path in outputs}) < len(outputs):
        raise ConfigError("two reports cannot go to the same file")


def report_json(result: ScanResult | DevicesReport) -> bytes:
    """The report as JSON, as ``--json`` writes it."""
    return json_bytes(result.report if isinstance(result, ScanResult) else result)


def write_json(result: ScanResult | DevicesReport, path: Path) -> None:
    """Write the report as JSON. Raises OSError."""
    write_file(path, report_json(result))


def write_html(result: ScanResult, path: Path) -> None:
    """Write the report as one self-contained page. Raises OSError."""
    from botwarden.web.report import render  # noqa: PLC0415 - jinja2 loads only where a page is asked for

    write_file(path, render(result).encode("utf-8", "replace"))
