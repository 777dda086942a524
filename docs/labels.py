"""Writes ``labels.md`` from the list of labels and the advice on them: ``python docs/labels.py``."""

from collections.abc import Iterator
from pathlib import Path

from botwarden.core.label import FAMILIES, LABELS, Label
from botwarden.core.verdict import Role
from botwarden.detect.advice import advice

PAGE = Path(__file__).with_name("labels.md")

INTRO = """# Labels

What a verdict can say. A label is `family.kind`; a verdict gives it to a device in a role: *attacker* for the one that
does it, *victim* for the one that suffers it. How each is recognised is told in [detection](detection.md).

The severity is that of the attacker's verdict before its size is looked at.
"""
LATER = "No label of this family is in use yet.\n"


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([INTRO, *(_family(family) for family in FAMILIES)])


def _family(family: str) -> str:
    labels = [label for label in LABELS.values() if label.family == family]
    head = f"## {family}\n"
    if not labels:
        return f"{head}\n{LATER}"
    table = ["| label | said of the attacker | said of the victim | severity | meaning |", "|---|---|---|---|---|"]
    table += [f"| `{x.name}` | {x.title} | {x.victim_title} | {x.severity} | {x.meaning} |" for x in labels]
    return "\n".join([head, *table, "", *_what_to_do(labels, "attacker"), *_what_to_do(labels, "victim")])


def _what_to_do(labels: list[Label], role: Role) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for label in labels:
        names.setdefault(advice(label.name, role), []).append(f"`{label.name}`")
    for text, which in names.items():
        of = f" of {', '.join(which)}" if len(names) > 1 else ""
        yield f"What to do about an {role}{of}: {text}\n" if role == "attacker" else f"About a {role}{of}: {text}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
