"""Writes ``json-schema.md`` from the types and their docstrings: ``python docs/json_schema.py``."""

import ast
import inspect
import itertools
import textwrap
import types
import typing
from pathlib import Path

import msgspec

from botwarden.core.capture import Damage, Skipped
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.device import AddressUse, DhcpFingerprint, Guess, HostName, Service
from botwarden.core.label import FAMILIES, LABELS
from botwarden.core.report import SCHEMA_VERSION, DeviceReport, Report, ScanStats
from botwarden.core.verdict import Verdict

PAGE = Path(__file__).with_name("json-schema.md")
NAMES = {
    Report: "Report",
    ScanStats: "Stats",
    Damage: "Damage",
    Skipped: "Skipped",
    DeviceReport: "Device",
    Guess: "Guess",
    AddressUse: "Address",
    HostName: "HostName",
    Service: "Service",
    DhcpFingerprint: "DhcpFingerprint",
    Verdict: "Verdict",
    Comparison: "Comparison",
    JudgedInterval: "JudgedInterval",
    JudgedVerdict: "JudgedVerdict",
}
SCALARS = {int: "integer", float: "number", str: "string", bool: "boolean", types.NoneType: "null", typing.Any: "any"}

INTRO = f"""# The JSON report

`botwarden scan capture.pcap --json report.json` writes one JSON object, and `--json -` prints it. This is version
{SCHEMA_VERSION} of its schema, which the field `schema` names. The number grows when a field goes or changes its
meaning; new fields may appear without notice, so skip those that you do not know. `botwarden devices` writes the same
object without verdicts.

Times are seconds since 1970-01-01 in UTC, of the capture's own clock. Names, vendors and addresses come from the
network: treat them as text from a stranger. What is not known is `null`.

```sh
botwarden scan capture.pcap --json - | jq -r '.devices[] | .mac as $mac | .verdicts[] | [$mac, .label] | @tsv'
```
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [INTRO, *(_struct(struct, name) for struct, name in NAMES.items()), _labels()]
    return "\n".join(parts)


def _struct(struct: type[msgspec.Struct], name: str) -> str:
    docs, hints = _docstrings(struct), typing.get_type_hints(struct)
    rows = [f"| `{key}` | {_type(hints[key])} | {docs.get(key, '')} |" for key in struct.__struct_fields__]
    intro = inspect.cleandoc(struct.__doc__ or "").partition("\n")[0].replace("``", "`")
    return "\n".join([f"## {name}\n", f"{intro}\n", "| field | type | meaning |", "|---|---|---|", *rows, ""])


def _docstrings(struct: type) -> dict[str, str]:
    """The texts below the fields of a struct and of those it extends."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__[:-1]):
        if not base.__module__.startswith("botwarden"):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0].body  # type: ignore[attr-defined]
        for field, text in itertools.pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                words = " ".join(str(text.value.value).split())
                found[ast.unparse(field.target)] = words.replace("``", "`")
    return found


def _type(hint: typing.Any) -> str:
    if hint in SCALARS:
        return SCALARS[hint]
    if hint in NAMES:
        return f"[{NAMES[hint]}](#{NAMES[hint].lower()})"
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" for value in args)
    if origin is list:
        return f"list of {_type(args[0])}"
    if origin is dict:
        return f"object, values: {_type(args[1])}"
    return " or ".join(_type(arg) for arg in args)


def _labels() -> str:
    rows = [f"| `{x.name}` | {x.title} | {x.victim_title} | {x.severity} | {x.meaning} |" for x in LABELS.values()]
    return "\n".join(
        [
            "## Labels\n",
            f"The part before the dot is the family: {', '.join(f'`{family}`' for family in FAMILIES)}."
            " Some families get their labels from later detectors.\n",
            "| label | said of the attacker | said of the victim | severity, before its size is looked at | meaning |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
