import stat
from pathlib import Path

import pytest

from botwarden.lab.devices import laptop
from botwarden.lab.life import Life
from lives import life_of


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What curl is asked for, a line per call; nothing leaves this machine."""
    client = tmp_path / "curl"
    client.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\n')
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "asked"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return life_of("laptop", tmp_path, speed=600.0)


def calls(life: Life, asked: Path, name: str) -> list[str]:
    asked.write_text("")
    habit = next(habit for habit in laptop.LIVING.habits if habit.name == name)
    habit.do(life, life.dice(name))
    return asked.read_text().splitlines()


def test_news_is_a_page_with_its_pictures_as_a_browser_asks(life: Life, asked: Path) -> None:
    pages = calls(life, asked, "news")
    assert len(pages) % 2 == 0
    assert "https://news.example/" in pages[0]
    assert "https://img.news.example/" in pages[1]
    assert all("Firefox" in page and "--cacert" in page for page in pages)


def test_the_same_seed_reads_the_same_news(life: Life, asked: Path) -> None:
    assert calls(life, asked, "news") == calls(life, asked, "news")


def test_a_video_comes_in_pieces(life: Life, asked: Path) -> None:
    pieces = calls(life, asked, "video")
    assert len(pieces) >= 10
    assert [f"/{n}.ts" in piece for n, piece in enumerate(pieces)] == [True] * len(pieces)


def test_the_camera_is_asked_without_then_with_the_password(life: Life, asked: Path) -> None:
    first, second, *pictures = calls(life, asked, "camera page")
    assert "--user " not in first
    assert "--user viewer:porch-light" in second
    assert all("/snapshot.jpg" in picture for picture in pictures)
    assert len(pictures) >= 2


def test_the_widget_asks_over_ipv6(life: Life, asked: Path) -> None:
    (call,) = calls(life, asked, "glance")
    assert " -6 " in call
