"""Switch off the offloads of interfaces, so that the packets in a capture are those of a real wire.

    python -m botwarden.lab.offload INTERFACE...

Without this, a virtual interface carries packets of up to 64 KB with checksums that nobody has computed.
"""

import array
import contextlib
import fcntl
import socket
import struct
import sys
from typing import Final

SIOCETHTOOL: Final = 0x8946
# linux/ethtool.h: ETHTOOL_STXCSUM, ETHTOOL_SSG, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO
COMMANDS: Final = (0x17, 0x19, 0x1F, 0x24, 0x2C)


def switch_off(interface: str) -> None:
    """Switch off all offloads of one interface of this namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        for command in COMMANDS:
            value = array.array("I", [command, 0])
            request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
            with contextlib.suppress(OSError):  # some depend on others and are off already
                fcntl.ioctl(handle, SIOCETHTOOL, request)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        switch_off(name)
