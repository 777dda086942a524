import io

from botwarden.cli.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_share_and_packets_and_then_a_clean_line() -> None:
    stream = Terminal()
    with ProgressBar(stream, delay=0.0) as bar:
        bar.update(None, 7)
        bar.update(0.42, 12_345)
    assert "12,345 packets" in stream.getvalue()
    assert "42%" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")


def test_what_is_done_and_counted_can_be_named() -> None:
    stream = Terminal()
    with ProgressBar(stream, delay=0.0, unit="rows") as bar:
        bar.update(0.5, 1_000, "Judging")
    assert "Judging" in stream.getvalue()
    assert "1,000 rows" in stream.getvalue()


def test_what_is_soon_done_shows_no_bar() -> None:
    stream = Terminal()
    with ProgressBar(stream, delay=3600.0) as bar:
        bar.update(0.5, 1)
    assert stream.getvalue() == ""


def test_a_file_sees_no_bar() -> None:
    stream = io.StringIO()
    with ProgressBar(stream, delay=0.0) as bar:
        bar.update(0.5, 1)
    assert stream.getvalue() == ""
