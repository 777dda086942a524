"""Real servers with accounts of their own: mosquitto, and OpenSSH's sshd."""

import shlex
from pathlib import Path
from typing import Final

from botwarden.lab.network import run

MQTT_PORT: Final = 1883
SSH_PORT: Final = 22
ACCOUNTS: Final = ("root:x:0:0::/:/usr/sbin/nologin", "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin")
SECRETS: Final = ("root:*:19000::::::", "sshd:*:19000::::::")
CONFIG: Final = """ListenAddress {address}
HostKey {folder}/hostkey
PidFile none
UsePAM no
UseDNS no
PermitRootLogin no
PubkeyAuthentication no
KbdInteractiveAuthentication no
PrintLastLog no
ForceCommand /bin/true
"""


def mosquitto(folder: Path, address: str, user: str, password: str) -> list[str]:
    """The command that starts mosquitto, which knows one account. ``folder`` : for its files. Raises LabError."""
    accounts, config = folder / "accounts", folder / "mosquitto.conf"
    run("mosquitto_passwd", "-c", "-b", str(accounts), user, password)
    config.write_text(f"listener {MQTT_PORT} {address}\nallow_anonymous false\npassword_file {accounts}\nuser root\n")
    return ["mosquitto", "-c", str(config)]


def sshd(program: str, folder: Path, address: str, *login: str) -> list[str]:
    """The command that starts sshd, which sees files of accounts of its own, with one or none in them.

    program : sshd's path
    folder : for its files
    login : name and password, or nothing

    Raises LabError.
    """
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(folder / "hostkey"))
    accounts, secrets = [*ACCOUNTS], [*SECRETS]
    if login:
        accounts.append(f"{login[0]}:x:64000:65534::/:/bin/sh")
        secrets.append(f"{login[0]}:{run('openssl', 'passwd', '-6', login[1]).strip()}:19000::::::")
    for name, lines, mode in (("passwd", accounts, 0o644), ("shadow", secrets, 0o600)):
        (folder / name).write_text("\n".join([*lines, ""]))
        (folder / name).chmod(mode)
    (folder / "sshd_config").write_text(CONFIG.format(address=address, folder=folder))
    binds = [f"mount --bind {shlex.quote(str(folder / name))} /etc/{name}" for name in ("passwd", "shadow")]
    start = f"exec {shlex.quote(program)} -D -e -f {shlex.quote(str(folder / 'sshd_config'))}"
    return ["sh", "-c", " && ".join([*binds, "mkdir -m 755 /run/sshd", start])]
