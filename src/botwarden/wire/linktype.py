"""Link types (https://www.tcpdump.org/linktypes.html): those that can be decoded, and names for the others."""

from typing import Final

NULL: Final = 0
ETHERNET: Final = 1
PPP: Final = 9
RAW_BSD: Final = 12
RAW_OPENBSD: Final = 14
PPP_HDLC: Final = 50
PPP_ETHER: Final = 51
RAW: Final = 101
IEEE802_11: Final = 105
LOOP: Final = 108
SLL: Final = 113
RADIOTAP: Final = 127
RAW_IPV4: Final = 228
RAW_IPV6: Final = 229
NFLOG: Final = 239
SLL2: Final = 276

# fmt: off
DECODED: Final = frozenset({
    NULL, ETHERNET, PPP, RAW_BSD, RAW_OPENBSD, PPP_HDLC, PPP_ETHER, RAW, IEEE802_11, LOOP, SLL, RADIOTAP,
    RAW_IPV4, RAW_IPV6, NFLOG, SLL2,
})
"""The link types that `botwarden.wire.frame.decode` reads."""
# fmt: on

DECODED_TEXT: Final = "Ethernet, Wi-Fi (802.11), PPP, PPPoE, Linux SLL, SLL2 and NFLOG, raw IP and BSD loopback"

_NAMES: Final = {
    NULL: "NULL",
    ETHERNET: "ETHERNET",
    3: "AX25",
    6: "IEEE802_5",
    7: "ARCNET_BSD",
    8: "SLIP",
    PPP: "PPP",
    10: "FDDI",
    RAW_BSD: "RAW",
    RAW_OPENBSD: "RAW",
    PPP_HDLC: "PPP_HDLC",
    PPP_ETHER: "PPP_ETHER",
    99: "SYMANTEC_FIREWALL",
    100: "ATM_RFC1483",
    RAW: "RAW",
    104: "C_HDLC",
    IEEE802_11: "IEEE802_11",
    107: "FRELAY",
    LOOP: "LOOP",
    SLL: "LINUX_SLL",
    114: "LTALK",
    117: "PFLOG",
    119: "IEEE802_11_PRISM",
    122: "IP_OVER_FC",
    123: "SUNATM",
    RADIOTAP: "IEEE802_11_RADIOTAP",
    129: "ARCNET_LINUX",
    138: "APPLE_IP_OVER_IEEE1394",
    140: "MTP2",
    141: "MTP3",
    143: "DOCSIS",
    144: "LINUX_IRDA",
    147: "USER0",
    148: "USER1",
    149: "USER2",
    163: "IEEE802_11_AVS",
    165: "BACNET_MS_TP",
    166: "PPP_PPPD",
    177: "LINUX_LAPD",
    182: "MFR",
    187: "BLUETOOTH_HCI_H4",
    189: "USB_LINUX",
    190: "CAN20B",
    192: "PPI",
    195: "IEEE802_15_4_WITHFCS",
    201: "BLUETOOTH_HCI_H4_WITH_PHDR",
    204: "PPP_WITH_DIR",
    209: "I2C_LINUX",
    215: "IEEE802_15_4_NONASK_PHY",
    220: "USB_LINUX_MMAPPED",
    226: "IPNET",
    227: "CAN_SOCKETCAN",
    RAW_IPV4: "IPV4",
    RAW_IPV6: "IPV6",
    230: "IEEE802_15_4_NOFCS",
    231: "DBUS",
    NFLOG: "NFLOG",
    240: "NETANALYZER",
    242: "IPOIB",
    247: "INFINIBAND",
    249: "USBPCAP",
    251: "BLUETOOTH_LE_LL",
    253: "NETLINK",
    254: "BLUETOOTH_LINUX_MONITOR",
    256: "BLUETOOTH_LE_LL_WITH_PHDR",
    258: "PKTAP",
    259: "EPON",
    264: "ISO_14443",
    270: "LORATAP",
    271: "VSOCK",
    272: "NORDIC_BLE",
    273: "DOCSIS31_XRA31",
    SLL2: "LINUX_SLL2",
    281: "DSA_TAG_BRCM",
    282: "DSA_TAG_BRCM_PREPEND",
    283: "IEEE802_15_4_TAP",
    284: "DSA_TAG_DSA",
    285: "DSA_TAG_EDSA",
    289: "Z_WAVE_SERIAL",
    290: "USB_2_0",
    292: "ETHERNET_MPACKET",
}


def link_type_name(link_type: int) -> str:
    """The name of a link type without its LINKTYPE_ prefix; its number as text where it has none here."""
    return _NAMES.get(link_type, str(link_type))


def link_type_text(link_type: int) -> str:
    """A link type for a message: ``link type 105 (IEEE802_11)``."""
    name = _NAMES.get(link_type)
    return f"link type {link_type} ({name})" if name else f"link type {link_type}"
