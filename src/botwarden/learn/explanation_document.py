"""An `Explanation` to be read: what it says in sentences, two tables, and two bar charts side by side."""

from typing import TYPE_CHECKING, Final

import numpy as np

from botwarden.core.document import Column, Document, Figure, Section, Table
from botwarden.core.row import BENIGN
from botwarden.core.text import printable
from botwarden.learn.canvas import Theme, draw, short
from botwarden.learn.explanation import Explanation, Thing, View, Weight
from botwarden.learn.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LISTED: Final = 10
"""Features and things in tables and pictures."""
UNFAITHFUL: Final = 0.5
"""Below this R², a linear model misses more than half of what the model does."""
UNSTABLE: Final = 0.6
"""Below this Jaccard index, the strongest change with the dice."""


def document(explanation: Explanation) -> Document:
    """Everything but the picture, which takes time to draw: `figure`."""
    views = [view for view in (explanation.classifier, explanation.detector, explanation.errors) if view]
    return Document(
        title=f"Row {explanation.row:,}",
        headline=_headline(explanation),
        summary=_summary(explanation),
        warnings=[warning for view in views for warning in _warnings(view)],
        sections=[*_told(explanation), *_measured(explanation)],
        sources=[explanation.source] if explanation.source else [],
    )


def figure(explanation: Explanation) -> Figure | None:
    """Bars side by side, one row per thing: weights of LIME with their spread over the seeds, the detector's errors.

    A classifier's weights stand beside the detector's where the detector tells no errors. None where there is
    nothing to show. Raises ConfigError without the extra ``train``.
    """
    charts = [
        (view, name)
        for view, name in (
            (explanation.detector, "LIME: times the threshold"),
            (explanation.errors, "own errors: % of their sum"),
            (explanation.classifier, f"LIME: probability of {short(explanation.label or '', 20)}"),
        )
        if view
    ]
    if not charts:
        return None
    names = _strongest([view for view, _ in charts])

    def paint(axes: "Axes", theme: Theme) -> None:
        picture = axes.get_figure(root=True)
        assert picture is not None
        axes.remove()
        for place, (view, name) in enumerate(charts):
            part = picture.add_subplot(1, len(charts), place + 1)
            _bars(part, theme, view, names, place)
            part.set_xlabel(name)

        picture.suptitle(_headline(explanation), fontsize=10, color=theme.ink)

    text = (
        "Each bar is what features that say the same contribute together; whiskers are one standard deviation over "
        f"the seeds. Row {explanation.row:,}."
    )
    size = (3.0 + 2.6 * len(charts), 1.4 + 0.3 * len(names))
    return draw("explanation", _headline(explanation), paint, text=text, size=size, wide=True)


def _bars(axes: "Axes", theme: Theme, view: View, names: list[str], place: int) -> None:
    held = {thing.title: thing for thing in view.things}
    unit = 100 if view.things_fit is None else 1
    weights = [held[name].weight * unit if name in held else 0.0 for name in names]
    spreads = [held[name].spread * unit if name in held else 0.0 for name in names]
    colours = [theme.lines[place] if weight >= 0 else theme.rest[1] for weight in weights]
    whiskers = spreads if any(spreads) else None
    axes.barh(np.arange(len(names)), weights, xerr=whiskers, color=colours, ecolor=theme.ink, height=0.7, capsize=2)
    axes.set_yticks(np.arange(len(names)), names if place == 0 else [""] * len(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=theme.muted, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    axes.locator_params(axis="x", nbins=5)


def _strongest(views: list[View]) -> list[str]:
    """Names of the things that weigh most in any view, the strongest first."""
    sizes: dict[str, float] = {}
    for view in views:
        total = sum(abs(thing.weight) for thing in view.things) or 1.0
        for thing in view.things:
            sizes[thing.title] = sizes.get(thing.title, 0.0) + abs(thing.weight) / total
    return sorted(sizes, key=lambda name: -sizes[name])[:LISTED]


def _headline(explanation: Explanation) -> str:
    state = "anomalous" if explanation.anomalous else "not anomalous"
    label = ""
    if explanation.label is not None:
        agreed = explanation.anomalous == (explanation.label != BENIGN)
        label = f"{', ' if agreed else ', though most like '}{printable(explanation.label, 60)}"
    return f"Row {explanation.row:,} is {state}{label} ({_percent(explanation.confidence)} sure)"


def _summary(explanation: Explanation) -> list[str]:
    found = [f"Judged by {printable(explanation.model, 80)}."]
    if explanation.device:
        found.append(f"Traffic of {printable(explanation.device, 80)}.")
    if explanation.score is not None and explanation.threshold is not None:
        found.append(f"Its score is {number(explanation.score)}, the threshold {number(explanation.threshold)}.")
    return found


def _warnings(view: View) -> list[str]:
    fit = view.things_fit
    found = []
    if fit is not None and fit.fidelity < UNFAITHFUL:
        part, what = _percent(max(fit.fidelity, 0)), view.what.split(",")[0]
        found.append(
            f"LIME explains only {part} of how {what} changes near this row: features act together in a way that "
            "weights cannot tell."
        )
    if fit is not None and fit.stability is not None and fit.stability.strongest < UNSTABLE:
        agreement = f"{fit.stability.strongest:.2f}"
        found.append(f"What LIME calls strongest changes from run to run: agreement {agreement}, where 1 is perfect.")
    return found


def _told(explanation: Explanation) -> list[Section]:
    named = explanation.label or "it"
    return [
        Section(title=title, text=[f"{_percent(one.share)}: {one.text}." for one in view.reasons] or [_NOTHING])
        for title, view in (
            (f"What makes it {printable(named, 60)}, by LIME", explanation.classifier),
            ("What raises its score, by LIME", explanation.detector),
            ("What the detector could not reproduce", explanation.errors),
        )
        if view
    ]


_NOTHING: Final = "Nothing: no feature contributes."


def _measured(explanation: Explanation) -> list[Section]:
    views = [
        (name, view)
        for name, view in (
            ("LIME, class", explanation.classifier),
            ("LIME, score", explanation.detector),
            ("own error", explanation.errors),
        )
        if view
    ]
    columns = [Column(name, number=True) for name, _ in views]
    held = [{thing.title: thing for thing in view.things} for _, view in views]
    things = [
        [name, *(_cell(view, one.get(name)) for (_, view), one in zip(views, held, strict=True))]
        for name in _strongest([view for _, view in views])
    ]
    features = [{one.column: one for one in view.features} for _, view in views]
    rows = [
        [
            printable(one.column, 40),
            number(one.value),
            f"{number(one.normal[0])} – {number(one.normal[-1])}",
            *(_cell(view, found.get(one.column)) for (_, view), found in zip(views, features, strict=True)),
        ]
        for one in _leading([view for _, view in views])
    ]
    return [
        Section(
            title="In numbers",
            tables=[
                Table(columns=[Column("What features say"), *columns], rows=things, text=_how(views)),
                Table(
                    columns=[Column("Feature"), Column("Value", number=True), Column("Normal", number=True), *columns],
                    rows=rows,
                ),
            ],
        )
    ]


def _leading(views: list[View]) -> list[Weight]:
    """The strongest features of the views in turn, each once."""
    found: dict[str, Weight] = {}
    for at in range(LISTED):
        for view in views:
            if at < len(view.features):
                found.setdefault(view.features[at].column, view.features[at])
    return list(found.values())[:LISTED]


def _cell(view: View, one: Thing | Weight | None) -> str:
    if one is None:
        return "–"
    if view.things_fit is None:
        return _percent(one.weight)
    return f"{one.weight:+.2g} ± {one.spread:.1g}" if one.spread else f"{one.weight:+.2g}"


def _how(views: list[tuple[str, View]]) -> str:
    found = []
    for name, view in views:
        fit = view.things_fit
        if fit is None:
            continue
        text = f"{name}: of {view.what}, fidelity {fit.fidelity:.2f}"
        if fit.stability is not None:
            steady = fit.stability
            text += f", stability {steady.strongest:.2f} over {steady.seeds} seeds"
        if view.features_fit is not None:
            text += f"; per feature {view.features_fit.fidelity:.2f}"
            if view.features_fit.stability is not None:
                text += f" and {view.features_fit.stability.strongest:.2f}"
        found.append(text + ".")
    return " ".join(found)


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 1 or percent <= 0 else "under 1 %"
