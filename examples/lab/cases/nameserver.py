"""The name server of the tunnel's domain: thanks for every question in a TXT record.

python -m lab.cases.nameserver
"""

import socketserver
import struct
from typing import Final

from lab.cases import cast

ANSWER: Final = b"\x0cok, received"
_HEAD: Final = struct.Struct("!HHHHHH")


class Thank(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        asked, link = self.request
        if len(asked) < _HEAD.size + 5:
            return
        number, flags = struct.unpack_from("!HH", asked)
        at = asked.find(b"\0", _HEAD.size) + 5
        record = b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 0, len(ANSWER)) + ANSWER
        head = _HEAD.pack(number, 0x8400 | flags & 0x0100, 1, 1, 0, 0)
        link.sendto(head + asked[_HEAD.size : at] + record, self.client_address)


if __name__ == "__main__":
    socketserver.UDPServer((cast.AUTHORITY_IP, 53), Thank).serve_forever()
