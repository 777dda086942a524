from botwarden.wire.linktype import DECODED, link_type_name, link_type_text


def test_a_known_link_type_has_its_name() -> None:
    assert link_type_name(220) == "USB_LINUX_MMAPPED"
    assert link_type_text(105) == "link type 105 (IEEE802_11)"


def test_an_unknown_one_has_its_number() -> None:
    assert link_type_name(4711) == "4711"
    assert link_type_text(4711) == "link type 4711"


def test_all_that_are_decoded_have_names() -> None:
    assert all(not link_type_name(link).isdigit() for link in DECODED)
