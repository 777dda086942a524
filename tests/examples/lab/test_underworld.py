import struct

from botwarden.protocols.mime import executable
from lab import underworld


def test_the_program_looks_like_one_and_can_never_run() -> None:
    payload = underworld.payload()
    assert executable(payload) == "ELF 32-bit LSB ARM"
    segments, sections = struct.unpack_from("<H", payload, 44)[0], struct.unpack_from("<H", payload, 48)[0]
    assert segments == sections == 0
    assert payload == underworld.payload()
    assert b"harmless" in payload[:128]
