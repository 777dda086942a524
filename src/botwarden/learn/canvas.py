"""Pictures that look the same everywhere: on a light and on a dark ground, byte for byte again from the same numbers.

Colours follow Okabe and Ito (2008), so that colour-blind people can tell them apart; lines differ in dashes as well.
"""

import io
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from botwarden.core.document import Figure
from botwarden.core.errors import ConfigError
from botwarden.core.text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI: Final = 180
COLOURS: Final = 96
WIDTH: Final = 5.2
"""Inches: half of a page on a desk, all of it on a phone, where ten points are still legible."""
HEIGHT: Final = 3.7
NAME_LENGTH: Final = 34
"""Characters of a name in a picture."""
DASHES: Final = ("-", (0, (5, 2)), (0, (5, 2, 1, 2)), (0, (1, 1.5)), (0, (8, 2, 2, 2)), (0, (3, 1, 1, 1, 1, 1)))

_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a picture. ``lines`` go to models in turn, ``rest`` to what they are compared with."""

    ground: str
    ink: str
    muted: str
    grid: str
    lines: tuple[str, ...]
    rest: tuple[str, ...]
    map: tuple[str, str]
    """Of none and of all, for matrices."""
    on_map: str
    """Text on the stronger half of the map."""

    def line(self, number: int) -> dict[str, Any]:
        """How the line of the model of this number is drawn."""
        return {"color": self.lines[number % len(self.lines)], "linestyle": DASHES[number % len(DASHES)]}

    def baseline(self, number: int) -> dict[str, Any]:
        """How that of a baseline is."""
        return {
            "color": self.rest[number % len(self.rest)],
            "linestyle": DASHES[1 + 2 * (number % 2)],
            "linewidth": 1.4,
        }


LIGHT: Final = Theme(
    ground="#ffffff", ink="#17202c", muted="#566273", grid="#dde2e9",
    lines=("#0072b2", "#d55e00", "#009e73", "#a5508a", "#b07800", "#3b8fc4"), rest=("#6b7480", "#9aa3ae"),
    map=("#ffffff", "#0b4f80"), on_map="#ffffff",
)  # fmt: skip
DARK: Final = Theme(
    ground="#171e28", ink="#e5eaf1", muted="#9aa7b7", grid="#2b3645",
    lines=("#63b8f2", "#ff8f56", "#3fd0a4", "#e39cc9", "#efc14d", "#a8c4ff"), rest=("#a3adba", "#75808e"),
    map=("#171e28", "#7cc0f5"), on_map="#10161e",
)  # fmt: skip

Painter = Callable[["Axes", Theme], None]


def draw(
    name: str,
    title: str,
    painter: Painter,
    *,
    text: str = "",
    size: tuple[float, float] = (WIDTH, HEIGHT),
    wide: bool = False,
) -> Figure:
    """What ``painter`` paints on the axes it is given, in both themes; ``size`` in inches.

    Raises ConfigError without the extra ``train``.
    """
    return Figure(
        name=name,
        title=title,
        text=text,
        png=_png(painter, LIGHT, size),
        dark=_png(painter, DARK, size),
        wide=wide,
    )


def _png(painter: Painter, theme: Theme, size: tuple[float, float]) -> bytes:
    with _style(theme):
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure as Picture  # noqa: PLC0415
        from PIL import Image  # noqa: PLC0415 - matplotlib depends on it

        picture = Picture(figsize=size, dpi=DPI, layout="constrained")
        axes = picture.add_subplot()
        painter(axes, theme)
        canvas = FigureCanvasAgg(picture)
        canvas.draw()  # type: ignore[no-untyped-call]
        # few colours: a third of the size, and nobody sees it
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
        image = Image.fromarray(pixels).quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
        out = io.BytesIO()
        image.save(out, format="PNG", optimize=True)
        return out.getvalue()


@contextmanager
def _style(theme: Theme) -> Iterator[None]:
    """matplotlib's own defaults with ours on top, whatever the user's configuration says."""
    try:
        import matplotlib  # noqa: PLC0415 - of the extra `train`, and slow
        from matplotlib import style  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigError("pictures need matplotlib: pip install 'botwarden[train]'") from error
    ours: dict[str, Any] = {
        "font.family": "DejaVu Sans", "font.size": 10, "axes.titlesize": 10, "axes.labelsize": 10,
        "xtick.labelsize": 9, "ytick.labelsize": 9, "legend.fontsize": 9,
        "figure.facecolor": theme.ground, "axes.facecolor": theme.ground, "savefig.facecolor": theme.ground,
        "text.color": theme.ink, "axes.labelcolor": theme.ink, "axes.edgecolor": theme.muted,
        "xtick.color": theme.muted, "ytick.color": theme.muted, "grid.color": theme.grid, "grid.linewidth": 0.8,
        "axes.grid": True, "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
        "lines.linewidth": 2.0, "legend.frameon": False, "legend.labelcolor": theme.ink,
        "text.parse_math": False, "text.usetex": False, "svg.hashsalt": "botwarden",
    }  # fmt: skip
    with matplotlib.rc_context(), style.context(["default", ours]):
        yield


def key(axes: "Axes", columns: int = 2) -> None:
    """Names of what is drawn, below the picture, where they hide nothing."""
    handles, labels = axes.get_legend_handles_labels()
    axes.get_figure(root=True).legend(handles, labels, loc="outside lower center", ncols=columns)  # type: ignore[union-attr]


def logarithmic(axes: "Axes", which: str, text: Callable[[float], str]) -> None:
    """Make ``which``, ``x`` or ``y``, a logarithmic axis, its powers of ten labelled by ``text``."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator  # noqa: PLC0415

    axis = axes.xaxis if which == "x" else axes.yaxis
    axes.set_xscale("log") if which == "x" else axes.set_yscale("log")
    axis.set_major_locator(LogLocator(numticks=7))
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    axis.set_minor_locator(NullLocator())  # they take a third of the time to draw


def plain(value: float) -> str:
    """1000 as ``1,000``, a millionth as ``10⁻⁶``."""
    if 1e-3 <= value < 1e6:
        return f"{value:,.0f}" if value >= 1 else f"{value:g}"
    exponent = f"{math.log10(value):.0f}" if value > 0 else "0"
    return "10" + exponent.translate(_RAISED)


def short(name: str, limit: int = NAME_LENGTH) -> str:
    """A name from outside, fit to stand in a picture."""
    return printable(name, limit)
