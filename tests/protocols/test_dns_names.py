import pytest

from botwarden.protocols.dns_names import TYPES, class_name, opcode_name, rcode_name, type_name


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "A"), (12, "PTR"), (28, "AAAA"), (33, "SRV"), (53, "SMIMEA"), (55, "HIP"), (65, "HTTPS"), (99, "SPF"),
     (109, "EUI64"), (249, "TKEY"), (255, "*"), (257, "CAA"), (54, "query-54"), (65534, "query-65534")],
)  # fmt: skip
def test_types_have_the_numbers_of_the_registry(number: int, name: str) -> None:
    assert type_name(number) == name


def test_every_type_has_a_name_of_its_own() -> None:
    assert len(set(TYPES.values())) == len(TYPES)


def test_classes_codes_and_kinds() -> None:
    assert [class_name(number) for number in (1, 255, 32769)] == ["C_INTERNET", "C_ANY", "qclass-32769"]
    assert [rcode_name(number) for number in (0, 3, 16)] == ["NOERROR", "NXDOMAIN", "rcode-16"]
    assert [opcode_name(number) for number in (0, 5, 9)] == ["query", "dynamic-update", "opcode-9"]
    assert [opcode_name(number, netbios=True) for number in (0, 5, 9)] == [
        "netbios-query", "netbios-registration", "netbios-opcode-9",
    ]  # fmt: skip
