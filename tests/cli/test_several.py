from hypothesis import given
from hypothesis import strategies as st

from botwarden.cli.several import spread

WORDS = st.lists(st.sampled_from(["--benign", "-b", "--out", "--card", "--benign=x", "a", "b", "-", "--"]), max_size=8)


def test_further_values_get_the_option_again() -> None:
    assert spread(["--benign", "a", "b", "--out", "m", "-b", "c", "d"], ["--benign", "-b"]) == [
        "--benign", "a", "--benign", "b", "--out", "m", "-b", "c", "-b", "d",
    ]  # fmt: skip


def test_other_options_and_what_follows_them_stay_as_they_are() -> None:
    arguments = ["--out", "m", "x", "--", "--benign", "a", "b"]
    assert spread(arguments, ["--benign"]) == arguments


def test_standard_input_is_a_value() -> None:
    assert spread(["-b", "a", "-"], ["-b"]) == ["-b", "a", "-b", "-"]


@given(WORDS)
def test_what_is_spread_stays_so_and_loses_nothing(arguments: list[str]) -> None:
    once = spread(arguments, ["--benign", "-b"])
    assert spread(once, ["--benign", "-b"]) == once
    values = [argument for argument in arguments if not argument.startswith("-")]
    assert [argument for argument in once if not argument.startswith("-")] == values
