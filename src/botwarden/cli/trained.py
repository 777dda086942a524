"""What came of a training, on a terminal."""

import io
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from botwarden.cli.terminal import ASCII, screen
from botwarden.core.text import bytes_text, count_text, duration_text, printable

if TYPE_CHECKING:
    from botwarden.app.train import TrainResult
    from botwarden.core.model import ClassifierPart, DetectorPart

_LISTED = 12


def render(result: "TrainResult", *, width: int = 80, colour: bool = False, unicode: bool = True) -> str:
    """The summary as text for a terminal of ``width`` columns."""
    out = io.StringIO()
    console = screen(out, width, colour)
    table = Table(box=box.SIMPLE_HEAD, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold" if colour else "")
    table.add_column(overflow="fold")
    for name, value in _lines(result):
        table.add_row(name, Text(value))
    console.print(table)
    for note in result.notes:
        console.print(Text(f"note: {printable(note, 500)}"))
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n") + "\n"
    return text if unicode else text.translate(ASCII)


def _lines(result: "TrainResult") -> list[tuple[str, str]]:
    manifest = result.model.manifest
    found = manifest.metrics
    learned = f"{count_text(result.benign)} benign" + (
        f", {count_text(result.attack)} of attacks" if result.attack else ""
    )
    lines = [("Model", printable(result.path)), ("Rows", learned)]
    lines += [("Detector", _detector(part)) for part in manifest.detectors[:1]]
    lines += _more("detectors", manifest.detectors)
    lines += [("Classifier", _classifier(part)) for part in manifest.classifiers[:1]]
    lines += _more("classifiers", manifest.classifiers)
    if "false_positive_rate" in found:
        lines.append(("False positives", f"{_share(found['false_positive_rate'])} of "
                                         f"{count_text(found['benign_rows'])} benign rows held out"))  # fmt: skip
    if "recall" in found:
        lines.append(("Recall", f"{_share(found['recall'])} of {count_text(found['attack_rows'])} attack rows"))
    kinds = {name.removeprefix("recall."): value for name, value in found.items() if name.startswith("recall.")}
    for name, value in sorted(kinds.items(), key=lambda kind: kind[1])[:_LISTED]:
        lines.append(("", f"{_share(value)} of {printable(name, 40)}"))
    if "accuracy" in found:
        text = f"{_share(found['accuracy'])} of {count_text(found['named_rows'])} rows held out"
        lines.append(("Right names", text + (f", macro F1 {_share(found['macro_f1'])}" if "macro_f1" in found else "")))
    time = duration_text(result.seconds) + (", going on from where it was stopped" if result.resumed else "")
    return [*lines, ("Time", time), ("Size", bytes_text(result.size)), ("SHA-256", result.model.identity)]


def _detector(part: "DetectorPart") -> str:
    text = f"{printable(part.algorithm, 40)}, {len(part.columns)} columns, {part.scaler} scaling; threshold"
    text += f" {part.threshold:.4g}: {printable(part.rule)}"
    return text + (f"; majority of {count_text(part.window)} rows" if part.window > 1 else "")


def _classifier(part: "ClassifierPart") -> str:
    names = ", ".join(printable(name, 40) for name in part.classes[:_LISTED])
    more = " …" if len(part.classes) > _LISTED else ""
    return f"{printable(part.algorithm, 40)}, {len(part.columns)} columns: {names}{more}"


def _more(what: str, parts: "list[DetectorPart] | list[ClassifierPart]") -> list[tuple[str, str]]:
    others = [printable(part.device or part.protocol or "", 60) for part in parts[1:]]
    if not others:
        return []
    more = f" and {len(others) - _LISTED} more" if len(others) > _LISTED else ""
    return [("", f"and {what} for {', '.join(others[:_LISTED])}{more}")]


def _share(value: float) -> str:
    from botwarden.app.train import share_text

    return share_text(value)
