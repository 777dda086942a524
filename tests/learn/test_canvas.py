import io

import matplotlib
import pytest
from matplotlib.axes import Axes
from PIL import Image

from botwarden.learn.canvas import DARK, LIGHT, Theme, draw, key, logarithmic, plain, short


def paint(axes: Axes, theme: Theme) -> None:
    axes.plot([1, 10, 100], [1, 2, 3], label="a $x^2$ name", **theme.line(0))
    axes.plot([1, 10, 100], [3, 2, 1], label="rest", **theme.baseline(0))
    logarithmic(axes, "x", plain)
    key(axes)


def corner(png: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(png)) as image:
        return tuple(image.convert("RGB").getpixel((1, 1)))


def test_a_picture_has_a_light_and_a_dark_side() -> None:
    figure = draw("lines", "Lines", paint, size=(3, 2), text="Two lines.")
    assert (figure.name, figure.title, figure.text) == ("lines", "Lines", "Two lines.")
    with Image.open(io.BytesIO(figure.png)) as image:
        assert image.size == (540, 360)
    for png, theme in ((figure.png, LIGHT), (figure.dark, DARK)):
        ground = tuple(int(theme.ground[i : i + 2], 16) for i in (1, 3, 5))
        assert all(abs(a - b) <= 2 for a, b in zip(corner(png), ground, strict=True))


def test_the_same_numbers_give_the_same_bytes_whatever_the_user_has_configured() -> None:
    first = draw("a", "A", paint, size=(3, 2))
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        second = draw("a", "A", paint, size=(3, 2))
    assert first == second


def test_the_users_settings_are_left_as_they_were() -> None:
    before = dict(matplotlib.rcParams)
    draw("a", "A", paint, size=(3, 2))
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (1000, "1,000"), (0.01, "0.01"), (1e-6, "10⁻⁶"), (1e7, "10⁷"), (0.001, "0.001"), (0, "10⁰")],
)
def test_powers_of_ten_are_short(value: float, text: str) -> None:
    assert plain(value) == text


def test_names_from_outside_are_made_fit() -> None:
    assert short("a\x1b[31m\nb") == "a\ufffd[31m b"
    assert len(short("x" * 500)) == 34
