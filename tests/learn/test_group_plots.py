import io

import numpy as np
from PIL import Image

from botwarden.learn.group_plots import SHOWN, rates, recall_map
from botwarden.learn.metrics import rate
from botwarden.learn.results import GroupResult


def group(device: str, attack: str, hits: int, rows: int = 10) -> GroupResult:
    found = rate(np.arange(rows) < hits)
    return GroupResult(device=device, attack=attack, benign=False, flagged=found, alarmed=found)


def height(png: bytes) -> int:
    with Image.open(io.BytesIO(png)) as image:
        return image.size[1]


def test_a_dot_per_model_and_group() -> None:
    one = [group("a", "scan", 3), group("b", "scan", 10)]
    other = [group("a", "scan", 9), group("b", "scan", 10)]
    alone, both = rates({"m": one}, name="x", title="X"), rates({"m": one, "n": other}, name="x", title="X")
    assert alone is not None and both is not None
    assert alone.png != both.png
    assert "they are too narrow" in both.text


def test_of_many_groups_the_worst_are_shown() -> None:
    many = [group("d", f"attack {i}", i % 11) for i in range(60)]
    drawn, few = rates({"m": many}, name="x", title="X"), rates({"m": many[:5]}, name="x", title="X")
    assert drawn is not None and few is not None
    assert f"Shown are the {SHOWN} worst; {60 - SHOWN} more" in drawn.text
    assert height(drawn.png) > 2 * height(few.png)


def test_without_groups_there_is_no_picture() -> None:
    assert rates({"m": []}, name="x", title="X") is None
    assert rates({}, name="x", title="X") is None
    assert rates({"m": [group("a", "scan", 0, 0)]}, name="x", title="X") is None
    assert rates({"m": [group("a", "scan", 3)]}, name="x", title="X") is None


def test_a_map_needs_several_devices_and_attacks() -> None:
    assert recall_map([group("a", "scan", 1), group("a", "udp", 1)], name="x", title="X") is None
    assert recall_map([group("a", "scan", 1), group("b", "scan", 1)], name="x", title="X") is None
    assert recall_map([group("a", "scan", 1), group("b", "udp", 1)], name="x", title="X") is not None
