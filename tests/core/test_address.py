"""Addresses survive the way to integers and back."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import (
    ip_address,
    ip_halves,
    ip_text,
    is_multicast_mac,
    mac_text,
    mac_value,
)


@given(st.ip_addresses())
def test_an_address_comes_back_from_its_halves(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    mapped = address.ipv4_mapped if address.version == 6 else None
    assert ip_address(*ip_halves(address)) == (mapped or address)


@given(st.ip_addresses())
def test_halves_fit_signed_words(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert all(-(2**63) <= half < 2**63 for half in ip_halves(address))


def test_ipv4_is_stored_as_ipv4_mapped_ipv6() -> None:
    assert ip_halves("192.168.1.7") == (0, 0xFFFF_C0A8_0107)
    assert ip_text(0, 0xFFFF_C0A8_0107) == "192.168.1.7"


def test_ipv6_is_written_in_its_short_form() -> None:
    assert ip_text(*ip_halves("2001:db8:0:0:0:0:0:1")) == "2001:db8::1"


def test_text_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="300"):
        ip_halves("300.1.1.1")


@given(st.integers(min_value=0, max_value=2**48 - 1))
def test_a_mac_comes_back_from_its_text(mac: int) -> None:
    assert mac_value(mac_text(mac)) == mac


@pytest.mark.parametrize("text", ["00:50:C2:12:34:AB", "00-50-c2-12-34-ab", " 0050c21234ab "])
def test_macs_are_read_in_the_usual_spellings(text: str) -> None:
    assert mac_value(text) == 0x0050C21234AB


@pytest.mark.parametrize(
    "text", ["", "00:50:c2:12:34", "00:50:c2:12:34:ab:cd", "gg:50:c2:12:34:ab", "0x1234567890", "+12345678901"]
)
def test_what_is_no_mac_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        mac_value(text)


def test_group_addresses_are_told_from_devices() -> None:
    assert is_multicast_mac(mac_value("ff:ff:ff:ff:ff:ff"))
    assert is_multicast_mac(mac_value("01:00:5e:7f:ff:fa"))
    assert not is_multicast_mac(mac_value("44:19:b6:5a:21:0c"))
