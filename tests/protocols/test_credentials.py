import pytest

from botwarden.protocols import credentials
from botwarden.protocols.credentials import MAX_LENGTH, dictionaries


def pairs(name: str) -> set[tuple[str, str]]:
    return {pair for pair, names in credentials._TABLE.items() if name in names}


def test_names_every_list_that_holds_a_pair() -> None:
    assert dictionaries("root", "xc3511") == ("mirai", "default")
    assert dictionaries("mother", "fucker") == ("mirai",)
    assert dictionaries("pi", "raspberry") == ("default",)
    assert dictionaries("root", "correct horse battery staple") == ()


def test_an_empty_password_is_a_password() -> None:
    assert "mirai" in dictionaries("root", "")
    assert "mirai" in dictionaries("admin", "")
    assert dictionaries("nobody", "") == ()
    assert dictionaries("", "") == ()


def test_capitals_matter() -> None:
    assert dictionaries("root", "Zte521")
    assert not dictionaries("root", "zte521")
    assert not dictionaries("Root", "Zte521")


def test_mirais_dictionary_is_whole() -> None:
    # 62 entries in its source, one of them twice, and one pair of its comments that the bytes do not hold
    assert len(pairs("mirai")) == 62
    # weights 10 to 4 of scanner.c: what it tries most
    for pair in (
        "root xc3511", "root vizxv", "root admin", "admin admin", "root 888888", "root xmhdipc", "root default",
        "root juantech", "root 123456", "root 54321", "support support", "admin password", "root root", "root 12345",
        "root anko", "root zlxx.", "root 7ujMko0admin", "root 00000000", "admin 4321", "Administrator meinsm",
    ):  # fmt: skip
        assert "mirai" in dictionaries(*pair.split())
    # transcription errors of lists made from it
    for pair in ("root jauntech", "admin 20xbully", "20xbullu smcadmin", "root 000000"):
        assert "mirai" not in dictionaries(*pair.split())


def test_the_curated_list_is_large_and_names_many_makers() -> None:
    assert len(pairs("default")) >= 80
    assert len(credentials._DEFAULT) >= 40


def test_no_entry_is_malformed() -> None:
    for user, password in credentials._TABLE:
        assert user
        assert f"{user}{password}".isprintable()
        assert len(user) <= MAX_LENGTH and len(password) <= MAX_LENGTH


@pytest.mark.parametrize("length", [MAX_LENGTH + 1, 1_000_000])
def test_what_is_too_long_is_in_no_list(length: int) -> None:
    assert dictionaries("root", "a" * length) == ()
    assert dictionaries("r" * length, "admin") == ()
