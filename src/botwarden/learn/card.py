"""The model card: what a model is for, what it was made of, how good it is and what it cannot do. For people.

After Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from botwarden.core.model import ClassifierPart, DetectorPart, Manifest
from botwarden.core.row import Rows
from botwarden.core.text import count_text, plural, printable
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn.wording import share

_LISTED: Final = 12


def card(manifest: Manifest, rows: Rows, notes: Sequence[str]) -> str:
    """Markdown. The manifest has everything but the card; ``rows`` are what the model was made of."""
    blocks = [f"# {_plain(manifest.name)}", _what(manifest), "## Made of", *_made(manifest, rows)]
    blocks += ["## How good it is", *_numbers(manifest)]
    blocks += ["## What it cannot do", "\n".join(f"- {line}" for line in _limits(manifest, rows))]
    if notes:
        blocks += ["## Mind", "\n".join(f"- {note}" for note in notes)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _what(manifest: Manifest) -> str:
    does = []
    if manifest.detectors:
        does.append("tells unusual packets of IoT devices from usual ones")
    if manifest.classifiers:
        classes = list(dict.fromkeys(name for part in manifest.classifiers for name in part.classes))
        listed = ", ".join(f"`{_plain(name)}`" for name in classes[:_LISTED])
        more = f" and {len(classes) - _LISTED} more" if len(classes) > _LISTED else ""
        does.append(f"names what a packet belongs to: {listed}{more}")
    parts = [*manifest.detectors, *manifest.classifiers]
    columns = len(parts[0].columns) if parts else 0
    return (
        f"It {', and '.join(does)}. It reads rows of the schema `{_plain(manifest.schema.name)}`: statistics of each "
        f"packet's past, {columns} of {len(manifest.schema.columns)} columns, which `botwarden features` makes of "
        "captures."
    )


def _made(manifest: Manifest, rows: Rows) -> list[str]:
    benign = int(np.count_nonzero(rows.benign))
    attack = len(rows) - benign
    devices = sorted({group.device for group in rows.groups if group.device})
    text = f"{plural(benign, 'benign row')}" + (f" and {plural(attack, 'attack row')}" if attack else "")
    text += f" of {plural(len(devices), 'device')}" if devices else ""
    if manifest.training.parent:
        text = f"Its parent's rows, and then {text}"
    blocks = [f"{text}. Divided: {manifest.training.split}. Seed {manifest.training.seed}."]
    files = [
        f"- `{_plain(file.name)}`: {plural(file.rows, 'row')}, {file.label}, SHA-256 `{file.sha256[:16] or 'unknown'}`"
        for file in manifest.training.files[:_LISTED]
    ]
    if len(manifest.training.files) > _LISTED:
        files.append(f"- and {len(manifest.training.files) - _LISTED} more files")
    everyone: list[DetectorPart | ClassifierPart] = [*manifest.detectors, *manifest.classifiers]
    parts = [_part(part) for part in everyone[:_LISTED]]
    left = len(manifest.detectors) + len(manifest.classifiers) - len(parts)
    parts += [f"- and {left} more parts"] if left > 0 else []
    return [*blocks, "\n".join(files), "\n".join(parts)]


def _part(part: DetectorPart | ClassifierPart) -> str:
    whose = f"device {_plain(part.device)}" if part.device else part.protocol or "all rows"
    kind = "detector" if isinstance(part, DetectorPart) else "classifier"
    text = f"- {kind} for {whose}: {part.algorithm} on {part.scaler} inputs"
    if isinstance(part, DetectorPart):
        text += f"; threshold {part.threshold:.4g} ({_plain(part.rule)})"
        text += f", majority of {part.window} rows" if part.window > 1 else ""
    return text


def _numbers(manifest: Manifest) -> list[str]:
    found = manifest.metrics
    if not found:
        return ["Not measured."]
    lines = ["On rows that it did not learn from:"]
    points = []
    if "false_positive_rate" in found:
        points.append(
            f"- false positives: {share(found['false_positive_rate'])} of {count_text(int(found['benign_rows']))} "
            "benign rows"
        )
    if "recall" in found:
        points.append(f"- recall: {share(found['recall'])} of {count_text(int(found['attack_rows']))} attack rows")
    kinds = {name.removeprefix("recall."): value for name, value in found.items() if name.startswith("recall.")}
    points += [f"    - `{_plain(name)}`: {share(value)}" for name, value in sorted(kinds.items())[: 2 * _LISTED]]
    if "accuracy" in found:
        text = f"- right names: {share(found['accuracy'])} of {count_text(int(found['named_rows']))} rows"
        points.append(text + (f", macro F1 {share(found['macro_f1'])}" if "macro_f1" in found else ""))
    if "recall" not in found and manifest.detectors:
        points.append("- recall: unknown, as no attack rows were given; `botwarden evaluate` measures it")
    return [*lines, "\n".join(points)]


def _limits(manifest: Manifest, rows: Rows) -> list[str]:
    lines = [
        "It knows the devices and the network that it learned from; elsewhere, measure first.",
        "What is unusual need not be an attack: a firmware update is unusual too.",
    ]
    if any(name in DATE_COLUMNS for part in [*manifest.detectors, *manifest.classifiers] for name in part.columns):
        lines.append(
            "**It was trained with the columns that carry the date of the capture. Its numbers may be those of a "
            "calendar; they say nothing about other captures.**"
        )
    elif any(name in DATE_COLUMNS for name in manifest.schema.columns):
        lines.append("The ten columns that carry the date of the capture were left out, so it cannot tell days apart.")
    if manifest.schema.name == "nbaiot115":
        lines.append(
            "Statistics start at a sender's address: the first packet from a forged address has no past to judge by."
        )
    if not np.isfinite(rows.ts).all() and manifest.detectors:
        lines.append("The rows carry no time of capture, so how soon it notices an attack is unknown.")
    return lines


def _plain(text: str) -> str:
    """For Markdown: nothing in it formats anything."""
    return printable(text, 200).replace("`", "'").replace("<", "‹").replace("|", "/")
