"""The picture of a comparison: a lane per device, a row per kind; the labelled times above those of the verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from botwarden.app.summary import NAME_LENGTH, after_text, device_title, title
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.report import DeviceReport
from botwarden.core.text import count_text, plural, printable
from botwarden.core.verdict import Verdict
from botwarden.web.axis import Axis
from botwarden.web.timeline import NARROWEST, Bar, anchor

LANES: Final = 12
"""Devices in the picture."""
ROWS: Final = 8
"""Kinds in a lane."""

OTHERWISE: Final = "labelled otherwise"
_UNNAMED: Final = "An attack that no verdict names"

Judged = JudgedInterval | JudgedVerdict
Times = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PairedRow:
    """The intervals of one label and role, with the verdicts that are right for them; or verdicts right for none.

    label : the label, or the attack where there is none; words : what came of it, which ``style`` colours
    anchor : where the text stands, percent; ``at_end`` when the text ends there
    """

    title: str
    label: str
    words: str
    style: str
    anchor: float
    at_end: bool
    labelled: list[Bar]
    found: list[Bar]


@dataclass(frozen=True, slots=True)
class PairedLane:
    """A device: its name, its place on the page or nothing, its rows, and how many ``more`` are not shown."""

    name: str
    anchor: str
    rows: list[PairedRow]
    more: str


def lanes(
    comparison: Comparison, devices: Sequence[DeviceReport], anchors: Mapping[int | None, str], axis: Axis
) -> tuple[list[PairedLane], int]:
    """A lane per device, `LANES` at most, and how many there would be.

    anchors : places of devices on the page; what lies outside the capture has no place in the picture
    """
    by_device = _by_device(comparison)
    wrong = {(one.device, *_identity(one)) for one in comparison.verdicts}
    drawn = []
    for (place, _), kinds in list(by_device.items())[:LANES]:
        verdicts = devices[place].verdicts if place is not None else []
        right = [verdict for verdict in verdicts if (place, *_identity(verdict)) not in wrong]
        rows = [_row(kind, right, axis) for kind in kinds[:ROWS]]
        more = plural(len(kinds) - ROWS, "more kind") if len(kinds) > ROWS else ""
        drawn.append(PairedLane(device_name(kinds[0][0], devices), anchors.get(place, ""), rows, more))
    return drawn, len(by_device)


def device_name(one: Judged, devices: Sequence[DeviceReport]) -> str:
    """What to call the device of an interval or a verdict: as the labels do, else as the capture does."""
    if one.name or one.device is None:
        return printable(one.name or one.mac or "unnamed", NAME_LENGTH)
    return device_title(devices[one.device])


def what(one: Judged) -> str:
    """What an interval or a verdict says of its device."""
    return title(one) if one.label else _UNNAMED


def outcome(one: Judged) -> str:
    """What came of it, in a word or two."""
    if isinstance(one, JudgedInterval):
        return one.outcome
    return OTHERWISE if one.labelled else "false"


def style(word: str) -> str:
    """The class of an `outcome`."""
    return "o-" + word.rpartition(" ")[-1]


def _by_device(comparison: Comparison) -> dict[tuple[int | None, str], list[list[Judged]]]:
    """By place, or MAC where the capture does not show the device: what is drawn of it, by kind."""
    found: dict[tuple[int | None, str], dict[tuple[str, ...], list[Judged]]] = {}
    inside: list[Judged] = [one for one in comparison.intervals if one.outcome != "outside"]
    for one in [*inside, *comparison.verdicts]:
        who = one.device, "" if one.device is not None else one.mac or ""
        kind = outcome(one) if isinstance(one, JudgedVerdict) else "", one.role, _label(one)
        found.setdefault(who, {}).setdefault(kind, []).append(one)
    return {who: list(kinds.values()) for who, kinds in found.items()}


def _label(one: Judged) -> str:
    return one.label or (one.attack if isinstance(one, JudgedInterval) else "")


def _identity(verdict: Verdict | JudgedVerdict) -> tuple[str, str, float, float]:
    return verdict.label, verdict.role, verdict.first_ts, verdict.last_ts


def _row(of: Sequence[Judged], right: Sequence[Verdict], axis: Axis) -> PairedRow:
    intervals = [one for one in of if isinstance(one, JudgedInterval)]
    labelled = []
    for word in dict.fromkeys(one.outcome for one in intervals):
        times = [(one.start, one.end) for one in intervals if one.outcome == word]
        labelled += _bars(times, f"labelled, {word}", style(word), axis)
    words, colour = _outcomes(of)
    found = _bars(
        _found(of, right), f"verdict, {'right' if intervals else words}", "o-found" if intervals else colour, axis
    )
    at, at_end = anchor([*labelled, *found])
    return PairedRow(what(of[0]), printable(_label(of[0]), 40), words, colour, at, at_end, labelled, found)


def _found(of: Sequence[Judged], right: Sequence[Verdict]) -> list[Times]:
    """The times of the verdicts of a row: those that are right for its intervals, or its own."""
    names = {one.verdict for one in of if isinstance(one, JudgedInterval)}
    times = [episode for one in right if one.label in names and one.role == of[0].role for episode in one.episodes()]
    return times + [(one.first_ts, one.last_ts) for one in of if isinstance(one, JudgedVerdict)]


def _outcomes(of: Sequence[Judged]) -> tuple[str, str]:
    """What came of a row, and the class of its worst outcome."""
    words = [outcome(one) for one in of]
    worst = "missed" if "missed" in words else words[0]
    if len(of) == 1 and isinstance(of[0], JudgedInterval) and of[0].time_to_detect is not None:
        return f"found after {after_text(of[0])}", style(worst)
    several = len(set(words)) > 1
    if several:
        return f"{count_text(words.count('found'))} of {count_text(len(words))} found", style(worst)
    return f"{count_text(len(of))} {worst}" if len(of) > 1 else worst, style(worst)


def _bars(times: Sequence[Times], words: str, colour: str, axis: Axis) -> list[Bar]:
    """A bar each; what is closer together than the narrowest bar is wide is one: so there are 200 at most."""
    runs: list[Times] = []
    for first, last in sorted(times):
        if runs and axis.percent(first) - axis.percent(runs[-1][1]) < NARROWEST:
            runs[-1] = runs[-1][0], max(runs[-1][1], last)
        else:
            runs.append((first, last))
    return [Bar.of(first, last, words, axis, colour) for first, last in runs]
