"""What is in a model file, to be shown."""

from typing import Final

from botwarden.core.document import Column, Document, Section, Table
from botwarden.core.model import ClassifierPart, DetectorPart, Manifest, Model, Part
from botwarden.core.text import bytes_text, count_text, duration_text, plural, printable

LISTED: Final = 40
"""Parts, files and figures that are named one by one: there may be one part per device."""
_CLASSES: Final = 12


def document(model: Model, path: str) -> Document:
    """Its identity, its parts as a table, where it comes from, how good it was, and its card."""
    manifest = model.manifest
    size = sum(map(len, model.networks.values())) + sum(array.nbytes for array in model.arrays.values())
    sections = [_parts(manifest), _training(manifest)]
    if manifest.metrics:
        cells = [[printable(name, 60), f"{value:,.6g}"] for name, value in list(manifest.metrics.items())[:LISTED]]
        table = Table(columns=[Column("Measured"), Column("Value", number=True)], rows=cells)
        sections.append(Section(title="Measured after training", tables=[table]))
    if manifest.card.strip():
        sections.append(Section(title="Card", text=_paragraphs(manifest.card)))
    return Document(
        title=f"Model {printable(manifest.name, 60)}",
        headline=f"{printable(manifest.name, 60)}: {_what(manifest)}",
        summary=[
            f"Identity (SHA-256 of the file): `{model.identity}`",
            f"Reads rows of the schema `{printable(manifest.schema.name, 50)}`, {len(manifest.schema.columns)} columns",
            f"{printable(path)}: format {manifest.format}, {bytes_text(size)} of networks and numbers.",
        ],
        sections=sections,
    )


def _what(manifest: Manifest) -> str:
    parts = [(len(manifest.detectors), "detector"), (len(manifest.classifiers), "classifier")]
    return " and ".join(plural(number, word) for number, word in parts if number)


def _parts(manifest: Manifest) -> Section:
    parts: list[Part] = [*manifest.detectors, *manifest.classifiers]
    rows = [
        [
            printable(part.name, 64),
            printable(part.algorithm, 40),
            _of(part),
            f"{len(part.columns)}, {part.scaler}",
            _decides(part),
        ]
        for part in parts[:LISTED]
    ]
    columns = [Column(title) for title in ("Part", "Algorithm", "For", "Columns, scaling", "Decides")]
    more = f"{plural(len(parts) - LISTED, 'more part')} not shown." if len(parts) > LISTED else ""
    return Section(title="Parts", tables=[Table(columns=columns, rows=rows, text=more)])


def _of(part: Part) -> str:
    protocol = part.protocol.upper() if part.protocol else ""
    device = printable(part.device, 64) if part.device else ""
    return ", ".join(text for text in (device, protocol) if text) or "all rows"


def _decides(part: Part) -> str:
    if isinstance(part, DetectorPart):
        window = f", most of {part.window} rows" if part.window > 1 else ""
        return f"score above {part.threshold:.4g} ({printable(part.rule, 80)}){window}"
    if isinstance(part, ClassifierPart):
        names = [printable(name, 40) for name in part.classes[:_CLASSES]]
        more = f" and {len(part.classes) - _CLASSES} more" if len(part.classes) > _CLASSES else ""
        return f"{len(part.classes)} classes: {', '.join(names)}{more}"
    return ""


def _training(manifest: Manifest) -> Section:
    made = manifest.training
    facts = [
        ("Made", f"{printable(made.created, 40)}, in {duration_text(made.seconds)}"),
        ("Divided", printable(made.split, 80)),
        ("Seed", str(made.seed)),
        ("Columns with the date", "used" if made.dates else "not used"),
        ("Versions", ", ".join(f"{printable(name, 20)} {printable(text, 20)}" for name, text in made.versions.items())),
        ("Goes on from", printable(made.parent, 64) if made.parent else ""),
    ]
    about = Table(columns=[Column("Training"), Column("")], rows=[[name, text] for name, text in facts if text])
    files = [
        [printable(file.name, 80), count_text(file.rows), printable(file.label, 20), printable(file.sha256[:16])]
        for file in made.files[:LISTED]
    ]
    columns = [Column("Learned from"), Column("Rows", number=True), Column("Taken as"), Column("SHA-256 begins")]
    more = f"{plural(len(made.files) - LISTED, 'more file')} not shown." if len(made.files) > LISTED else ""
    return Section(
        title="Where it comes from",
        warnings=["It learned from columns that carry the date of the capture: it tells dates apart."]
        if made.dates
        else [],
        tables=[about, *([Table(columns=columns, rows=files, text=more)] if files else [])],
    )


def _paragraphs(card: str) -> list[str]:
    """The lines of Markdown, without marks of headings."""
    lines = [line.strip().lstrip("#").strip() for line in card[:20_000].splitlines()]
    return [line for line in lines if line]
