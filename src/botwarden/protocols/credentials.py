"""Which known password lists hold a login. Passwords come in here and go nowhere else.

``mirai``: the dictionary of Mirai's scanner, which its kin still try first. Source: ``scanner.c`` as its author
published it, and Antonakakis et al., "Understanding the Mirai Botnet", USENIX Security 2017, table 5. Two of its 62
entries are equal, and in two the comment names another password than the bytes that are sent (``4321``, ``meinsm``);
lists made from the comments have ``Administrator``/``admin``, which is kept too.

``default``: what IoT devices and small routers leave their makers with, from manuals and public lists of defaults.
"""

from typing import Final

MAX_LENGTH: Final = 64
"""Longer names and passwords are in no list: they are not looked up."""

# "user:password", as few bytes of source as can be read
_MIRAI: Final = """
root:xc3511 root:vizxv root:admin admin:admin root:888888 root:xmhdipc root:default root:juantech root:123456
root:54321 support:support root: admin:password root:root root:12345 user:user admin: root:pass admin:admin1234
root:1111 admin:smcadmin admin:1111 root:666666 root:password root:1234 root:klv123 Administrator:meinsm
Administrator:admin service:service supervisor:supervisor guest:guest guest:12345 admin1:password administrator:1234
666666:666666 888888:888888 ubnt:ubnt root:klv1234 root:Zte521 root:hi3518 root:jvbzd root:anko root:zlxx.
root:7ujMko0vizxv root:7ujMko0admin root:system root:ikwb root:dreambox root:user root:realtek root:00000000
admin:1111111 admin:1234 admin:12345 admin:54321 admin:123456 admin:7ujMko0admin admin:4321 admin:pass admin:meinsm
tech:tech mother:fucker
"""

_DEFAULT: Final[dict[str, str]] = {
    # cameras and recorders
    "ACTi": "admin:123456 Admin:123456",
    "Avigilon": "administrator:",
    "Axis": "root:pass root:root",
    "Bosch": "service:service live:live user:user",
    "Canon": "root:camera",
    "Dahua": "admin:admin root:vizxv root:888888 888888:888888 666666:666666 admin:888888 admin:666666 default:tluafed "
    "root:7ujMko0admin root:7ujMko0vizxv admin:7ujMko0admin",
    "DVTel, Dynacolor, QVIS": "Admin:1234",
    "FLIR": "admin:fliradmin",
    "Foscam": "admin: admin:foscam",
    "Hanwha, Samsung": "admin:4321 root:4321 admin:1111111 root:admin",
    "Hikvision": "admin:12345 root:hiklinux",
    "HiSilicon boards": "root:hi3518 root:klv123 root:klv1234 root:jvbzd root:anko root:xmhdipc root:xc3511 "
    "root:cat1029 root:GM8182 root:anni2013 root:hslwificam root:ipcam_rt5350 root:ivdev root:tsgoingon root:cxlinux "
    "root:ipc71a",
    "Honeywell": "administrator:1234",
    "IQinVision": "root:system",
    "JVC": "admin:jvc",
    "Juan": "root:juantech",
    "LILIN": "admin:pass admin:1111",
    "MayGion": "MayGion:maygion.com",
    "Mobotix": "admin:meinsm",
    "Panasonic": "admin1:password admin:12345 root:00000000",
    "Sentry360, Speco, DRS": "admin:1234",
    "Shenzhen Anran": "root:xmhdipc",
    "Toshiba": "root:ikwb",
    "TVT": "root:123456",
    "VideoIQ": "supervisor:supervisor",
    "Vivotek": "root:",
    "VStarcam": "root:vstarcam2015 admin:888888",
    "W Box": "admin:wbox123",
    "XiongMai": "default: default:OxhlwSG8 default:tlJwpbo6 default:S2fGqNFs root:xc3511",
    # routers, modems and optical terminals
    "3Com": "adminttd:adminttd tech:tech manager:manager debug:synnet admin:",
    "Alcatel, Nokia": "AdminGPON:ALC#FGU adminadmin:ALC#FGU",
    "Cisco": "cisco:cisco Cisco:Cisco admin:cisco",
    "Comtrend": "admin:admin support:support 1234:1234",
    "Conexant": "admin:epicrouter admin:conexant",
    "D-Link": "Alphanetworks:wrgg15_di524 Alphanetworks:wrgg19_c_dlwbr_dir300 Alphanetworks:wrgn49_dlob_dir600b "
    "Alphanetworks:wrgn23_dlwbr_dir600b Alphanetworks:wrgnd08_dlob_dir815 admin:private user:public",
    "Dasan": "admin:nE7jA%5m",
    "DD-WRT": "root:admin",
    "DrayTek": "draytek:1234",
    "Edimax": "admin:1234",
    "FiberHome": "gepon:gepon",
    "GPON terminals": "default:antslq",
    "Huawei": "telecomadmin:admintelecom root:adminHW root:admin admin:@HuaweiHgw user:HuaweiUser "
    "e8telnet:e8telnet e8ehome:e8ehome",
    "Linksys": "admin:admin",
    "LTE modules": "root:oelinux123 root:5up",
    "MikroTik": "admin:",
    "Motorola": "admin:motorola",
    "NETGEAR": "admin:password admin:1234 Gearguy:Geardog",
    "Netopia": "netopia:netopia",
    "NetScreen": "netscreen:netscreen",
    "Realtek boards": "root:realtek",
    "SMC": "admin:smcadmin smc:smcadmin",
    "Technicolor, Thomson": "Administrator:",
    "TOTOLINK": "root:cs2012 onlime_user:12345",
    "TP-Link": "root:sohoadmin",
    "Ubiquiti": "ubnt:ubnt",
    "ZTE": "root:Zte521 root:W!n0&oO7. root:zte9x15 ZXDSL:ZXDSL zte:zte",
    "ZyXEL": "admin:1234 supervisor:zyad1234 admin:zyad1234 admin:CentryL1nk admin:QwestM0dem root:zyad5001 "
    "zyfwp:PrOw!aN_fXp",
    "Zsun": "root:zsun1188",
    # everything else that listens
    "APC": "apc:apc device:apc",
    "AMX": "administrator:password NetLinx:password amx:password",
    "Control4": "root:t0talc0ntr0l4!",
    "Dell": "root:calvin",
    "Dreambox": "root:dreambox",
    "Grandstream": "admin:admin user:123",
    "Liebert": "Liebert:Liebert",
    "Packet8": "root:54321 admin:54321",
    "Polycom": "PlcmSpIp:PlcmSpIp Polycom:456",
    "Raspberry Pi": "pi:raspberry",
    "WAGO": "root:wago admin:wago user:user guest:guest su:ko2003wa",
    "Western Digital": "root:welc0me",
    "Xerox": "admin:1111",
    "many": "root:default root:password root:1234 root:12345 root:1111 root:666666 root:linux root:uClinux root:user "
    "admin:admin1234 admin:system admin:default guest:12345 Administrator:admin administrator:administrator "
    "User:User operator:operator telnet:telnet",
}


def _table() -> dict[tuple[str, str], tuple[str, ...]]:
    table: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, texts in (("mirai", (_MIRAI,)), ("default", _DEFAULT.values())):
        for word in " ".join(texts).split():
            user, _, password = word.partition(":")
            known = table.get((user, password), ())
            table[user, password] = known if name in known else (*known, name)
    return table


_TABLE: Final = _table()


def dictionaries(user: str, password: str) -> tuple[str, ...]:
    """The names of the known lists that hold a login, ``()`` for none; capitals matter. ``password`` is not kept."""
    if len(user) > MAX_LENGTH or len(password) > MAX_LENGTH:
        return ()
    return _TABLE.get((user, password), ())
