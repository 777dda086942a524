"""What is typed at a shell's prompt, and what of it gives bots away."""

import re
from typing import Final

from botwarden.core.text import printable

MAX_TOKEN: Final = 32
"""Characters of a token."""

_WORDS: Final = frozenset(
    {
        "enable", "system", "shell", "sh", "ash", "bash", "linuxshell", "development", "start", "bah", "su", "linux",
        "debug", "config", "diag", "cli", "busybox", "exit", "quit", "logout", "help", "ping", "ps", "ls", "id",
    }
)  # fmt: skip
_NO_NAMES: Final = frozenset({"enable", "sh", "linuxshell"})
_PROGRAMS: Final = (
    "cd|ls|cat|echo|wget|curl|tftp|ftpget|chmod|rm|cp|mv|ps|id|uname|ping|kill|killall|mount|free|ifconfig|netstat"
    "|iptables|reboot|nc|printf|dd|mkdir|export|show|while|for|ulimit|busybox|sh|nproc|lscpu|touch"
)
_COMMAND: Final = re.compile(
    rf"\s*(?:\.?/\S|(?:{_PROGRAMS})(?:\s+[-/.$\"'\w>|&;*]|\s*[;|&>])|>\s*/)|[^\n]{{0,80}}\bbusybox\s",
)
_ASKS: Final = re.compile(r"(?:^|[;&|/\s])(?:su|sudo|passwd|login|ssh|scp|telnet|ftp|enable|mysql)\b")


def is_script_word(line: str, again: bool = True) -> bool:
    """Whether a line at a login prompt is no name but what bots type without looking: ``enable``, ``shell``.

    ``again`` says that a login was tried before: then names that some devices have count too.
    """
    word = line.strip()
    return word in (_WORDS if again else _NO_NAMES) or is_command(word)


def is_command(line: str) -> bool:
    """Whether a line can be nothing but a command, whatever was asked."""
    return _COMMAND.match(line) is not None


def may_ask(line: str) -> bool:
    """Whether a command may ask for a password next."""
    return _ASKS.search(line) is not None


# fmt: off
_APPLETS: Final = frozenset({
    "ash", "awk", "base64", "basename", "bunzip2", "busybox", "bzip2", "cat", "chgrp", "chmod", "chown", "chroot",
    "clear", "cmp", "cp", "cpio", "crond", "crontab", "cut", "date", "dd", "df", "diff", "dirname", "dmesg", "du",
    "echo", "ed", "egrep", "env", "expr", "false", "fdisk", "fgrep", "find", "free", "fsck", "ftpget", "ftpput",
    "getty", "grep", "groups", "gunzip", "gzip", "halt", "head", "hexdump", "hostid", "hostname", "httpd", "hwclock",
    "id", "ifconfig", "ifdown", "ifup", "inetd", "init", "insmod", "install", "ip", "iptables", "kill", "killall",
    "killall5", "klogd", "less", "ln", "logger", "login", "logname", "logread", "losetup", "ls", "lsmod", "lsof",
    "lsusb", "lzcat", "makedevs", "md5sum", "mdev", "mkdir", "mkfifo", "mknod", "mkswap", "mktemp", "modprobe", "more",
    "mount", "mv", "nameif", "nc", "netcat", "netstat", "nice", "nohup", "nslookup", "od", "passwd", "patch", "pgrep",
    "pidof", "ping", "ping6", "pkill", "poweroff", "printenv", "printf", "ps", "pwd", "rdate", "readlink", "realpath",
    "reboot", "renice", "reset", "rm", "rmdir", "rmmod", "route", "sed", "seq", "sh", "sha1sum", "sha256sum", "sleep",
    "sort", "start", "stat", "strings", "stty", "su", "sulogin", "swapoff", "swapon", "sync", "sysctl", "syslogd",
    "tail", "tar", "taskset", "tee", "telnet", "telnetd", "test", "tftp", "tftpd", "time", "timeout", "top", "touch",
    "tr", "traceroute", "true", "tty", "udhcpc", "udhcpd", "umount", "uname", "uniq", "unlink", "unxz", "unzip",
    "uptime", "usleep", "uudecode", "uuencode", "vconfig", "vi", "vlock", "watch", "watchdog", "wc", "wget", "which",
    "who", "whoami", "xargs", "xz", "yes", "zcat",
})
# fmt: on
_BUSYBOX: Final = re.compile(r"\bbusybox\s+(hostname\s+)?(\w{2,32})(?=\s*(?:$|[;&|]))", re.A)
_ECHO: Final = re.compile(
    r"(?:^|[;&|])\s*(?:(?:/bin/)?busybox\s+)?(?:/bin/)?echo\s+(?:-\w{1,3}\s+)?[\"']?((?:\\{1,2}x[0-9a-fA-F]{2}){3,32}|\w{4,32})[\"']?\s*(?:$|[;&|])",
    re.A,
)
_HEX: Final = re.compile(r"x([0-9a-fA-F]{2})")


def tokens(line: str) -> list[str]:
    """The words by whose answer a bot tells a real shell.

    BusyBox says of what is no applet of its own that it was not found: Mirai and most of its kin ask that way. A shell
    echoes: BASHLITE lets it say ``gayfgt``, often spelt in hexadecimal. ``hostname X`` is how some mark a device.
    """
    found = []
    if "busybox" in line:
        for mark, word in _BUSYBOX.findall(line):
            if mark:
                found.append(f"hostname {word}")
            elif word not in _APPLETS:
                found.append(word)
    if "echo" in line:
        for word in _ECHO.findall(line):
            text = bytes.fromhex("".join(_HEX.findall(word))).decode("latin-1") if word[0] == "\\" else word
            if text.isascii() and text.isalnum():
                found.append(text[:MAX_TOKEN])
    return found


def answers(line: str, token: str) -> bool:
    """Whether a line is a real shell's answer to a token: BusyBox's words, or the echo of what was spelt otherwise."""
    return line == token or (line.startswith(f"{token}:") and line.endswith("not found"))


class Typed:
    """What was typed in a session, within limits.

    commands : at a shell's prompt
    held : before it is clear whether there is a shell
    tokens : asked for in either
    """

    MAX_COMMANDS: Final = 32
    """Enough for what bots do first."""
    MAX_COMMAND: Final = 256
    """Characters of a command."""
    MAX_TOKENS: Final = 16

    __slots__ = ("commands", "held", "tokens")

    def __init__(self) -> None:
        """Nothing yet."""
        self.commands: list[str] = []
        self.held: list[str] = []
        self.tokens: list[str] = []

    def command(self, line: str) -> None:
        """A line for the shell."""
        self._keep(self.commands, line)

    def hold(self, line: str) -> None:
        """A line of which it is not clear yet who takes it."""
        self._keep(self.held, line)

    def settle(self, taken: bool) -> None:
        """It is clear now: the lines held are commands, or nothing. One that looks like neither may be a password."""
        if taken:
            lines = [line for line in self.held if is_script_word(line)]
            self.commands += lines[: self.MAX_COMMANDS - len(self.commands)]
        self.held.clear()

    def note(self, line: str) -> None:
        """Look for tokens in a line that is kept nowhere."""
        for token in tokens(line):
            if token not in self.tokens and len(self.tokens) < self.MAX_TOKENS:
                self.tokens.append(token)

    def answered(self, line: str) -> bool:
        """Whether a line of the server answers to a token as a real shell does."""
        return any(answers(line, token) for token in self.tokens)

    @property
    def full(self) -> bool:
        """Whether no more commands are kept."""
        return len(self.commands) >= self.MAX_COMMANDS

    def _keep(self, lines: list[str], line: str) -> None:
        if line and len(lines) < self.MAX_COMMANDS:
            lines.append(printable(line, self.MAX_COMMAND))
        self.note(line)
