import pytest

from botwarden.core.errors import ConfigError
from botwarden.protocols.settings import MAX_VALUE, Settings, parse_settings


def test_defaults() -> None:
    assert parse_settings([]) == Settings()
    assert Settings().checksums == "auto"


def test_values_take_their_types() -> None:
    settings = parse_settings(["dhcp_max_uids=5", "checksums=ignore", "dns-max-queries = 3"])
    assert (settings.dhcp_max_uids, settings.checksums, settings.dns_max_queries) == (5, "ignore", 3)
    assert (settings.budget, parse_settings(["budget=1024"]).budget) == (None, 1024)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "no_such=1",
        "checksums=maybe",
        "dhcp_max_uids=many",
        "dhcp_max_uids=0",
        f"dhcp_max_uids={MAX_VALUE + 1}",
        "budget=0",
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_settings([text])
    assert "\n" not in str(error.value)
