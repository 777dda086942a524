"""What telnet servers ask and answer, in the words of many makers and languages.

Nothing here is standardised: the words come from what devices say. All functions take one line, are case-blind and
take time in proportion to its length.
"""

import re
from enum import Enum
from typing import Final

MAX_PROMPT: Final = 160
"""Characters of a line, its last ones, that are looked at for a prompt; a longer line is no refusal either."""


class Prompt(Enum):
    """What a server's last line asks for."""

    NOTHING = 0
    """It is blank."""
    LOGIN = 1
    """A user name."""
    SECRET = 2
    """A password."""
    NEW_SECRET = 3
    """A password to take the place of one that was right."""
    SHELL = 4
    """A command."""
    QUESTION = 5
    """Something else, by the colon or question mark at its end."""
    TEXT = 6
    """Nothing: it is output."""


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_START: Final = r"(?:^|[\W_])"
_DETAIL: Final = r"(?:\s*\([^()]{0,40}\)|\s*\[[^\[\]]{0,40}\])?"  # "login [root]:", "Username(1-32):"
_MARK: Final = r"\s*[:：>?]+\s*$"

_LOGIN_WORDS: Final = _any(
    r"log ?[io]n(?:[ -]?(?:name|id|as|user))?",
    r"user[ _-]?(?:name|id|account)",
    r"account(?:[ _-]?name)?",
    r"benutzer(?:name|kennung)?|anmelde(?:name|n)|kennung",
    r"(?:nom d')?utilisateur|identifiant",
    r"usuario|usuário|utente",
    r"gebruiker(?:snaam)?|brukernavn|användar(?:e|namn)|käyttäjä(?:tunnus)?",
    r"użytkownik|uživatel|kullanıcı(?: adı)?",
    r"пользовател[ья]|логин",
)
_LOGIN_SIGNS: Final = _any(
    "用户名?|用戶名?|使用者(?:名稱)?|[帐账帳][号號户戶]|登录|登入",
    "ユーザー?名?",
    "사용자(?: ?이름)?|아이디",
)
"""In scripts that put no space between words."""
_LOGIN: Final = re.compile(
    rf"(?:{_START}{_LOGIN_WORDS}|{_LOGIN_SIGNS}){_DETAIL}{_MARK}|{_START}user\s*[:：?]+\s*$",  # "User>" is a shell
    re.I,
)
_LAST_LOGIN: Final = re.compile(r"\b(?:last|previous|letzte\w*) (?:\w+ )?log", re.I)

_PASSWORD_WORDS: Final = _any(
    r"pass(?:word|wd|code|phrase|wort|key)?s?",
    r"pwd|secret|otp|pin(?:[ -]?code)?|token(?:[ -]?code)?|(?:access|security|verification)[ -]?code",
    r"kennwort|geheimzahl",
    r"mot de passe|contrase[ñn]a|clave|senha|parola",
    r"wachtwoord|lösenord|passord|adgangskode|salasana",
    r"hasło|haslo|heslo|jelszó|[şs]ifre",
    r"парол[ья]",
)
_PASSWORD_SIGNS: Final = _any(r"密\s?码", r"密\s?碼", "口令", "パスワード", "비밀번호", "암호")
_FOR_WHOM: Final = r"(?:\s+(?:for|of|to|from|again|please)\b[^:：]{0,60})?"
_SECRET: Final = re.compile(
    rf"(?:{_START}{_PASSWORD_WORDS}|{_PASSWORD_SIGNS}){_FOR_WHOM}{_DETAIL}{_MARK}",
    re.I,
)
_BARE_SECRET: Final = re.compile(rf"\W*(?:please |enter |your |the |input ){{0,3}}{_PASSWORD_WORDS}\W*", re.I)
_MAX_BARE: Final = 40
_NEW_SECRET: Final = re.compile(
    r"\b(?:new|change|re-?type|re-?enter|confirm|verify|repeat|neues|nouveau|nueva|nova)\b[^:：]{0,30}"
    rf"{_PASSWORD_WORDS}|新密[码碼]",
    re.I,
)
_MARKS: Final = frozenset(":：>?")
_PATHS: Final = frozenset("/@~\\")
_SHELL_MARKS: Final = frozenset("#$%>")


def prompt(line: str, ended: bool) -> Prompt:
    """What a server's last line asks for. ``ended`` says that a line end followed: shells do not do that."""
    line = line[-MAX_PROMPT:].rstrip()
    if not line:
        return Prompt.NOTHING
    mark = line[-1]
    if mark == ">" and not ended and not _PATHS.isdisjoint(line):
        return Prompt.SHELL  # "root@cam:/home/login>"
    if _SECRET.search(line) if mark in _MARKS else len(line) <= _MAX_BARE and _BARE_SECRET.fullmatch(line):
        return Prompt.NEW_SECRET if _NEW_SECRET.search(line) else Prompt.SECRET
    if mark in _MARKS and _LOGIN.search(line) and not _LAST_LOGIN.search(line):
        return Prompt.LOGIN
    if ended:
        return Prompt.TEXT
    if mark in _SHELL_MARKS:
        return Prompt.SHELL
    return Prompt.QUESTION if mark in _MARKS else Prompt.TEXT


_HOST: Final = re.compile(r"([\w.-]{2,64}) login:\s*", re.A)
_NO_HOSTS: Final = frozenset({"please", "enter", "your", "none", "telnet", "user", "the"})


def host(line: str) -> str | None:
    """The name of the host in a prompt such as ``garage-dvr login:``."""
    match = _HOST.fullmatch(line)
    return match[1] if match and match[1].lower() not in _NO_HOSTS else None


_THING: Final = r"(?:user(?:[ _-]?name)?s?|log ?[io]n|account|pass(?:word|wd|code)?s?|pwd|credentials?|authentication)"
_BAD: Final = _any(
    r"incorrect|invalid|wrong|bad|illegal|mismatch\w*|unknown",
    r"not (?:correct|valid|match(?:ed)?|found|exist|recogni[sz]ed|accepted|allowed)",
    r"error|fail(?:ed|ure|s)?|denied|rejected|refused|unsuccessful",
    r"expired|disabled|locked(?: out)?",
)
_REFUSAL_WORDS: Final = _any(
    rf"{_THING}(?: or | and |[ /]){{0,2}}{_THING}?(?: \w+)? ?(?:is |are |was |does |do |has been )?{_BAD}\b",
    rf"{_BAD} (?:{_THING}|attempt|combination)",
    r"(?:access|permission|connection|authori[sz]ation) (?:is )?(?:denied|refused|rejected|not allowed|failed)",
    r"(?:no|unknown) such (?:user|account)|can(?:no|')t log ?in|log ?in timed out",
    r"failed to (?:authenticate|log ?in)|auth(?:enticate)? (?:fail|error|reject)|not authenticated",
    r"too many (?:\w+ ){0,2}(?:attempts|tries|retries|failures|errors|times|logins)",
    r"max(?:imum)?\.? (?:\w+ ){0,4}(?:attempts|tries|retries|failures)",
    r"(?:please )?try (?:it )?again|please (?:re-?try|re-?enter)",
    r"(?:user|account|you|host|ip|address)(?: is| are| has been| have been)? (?:locked|blocked|banned)",
    r"(?:denied|fail(?:ed|ure)?|incorrect|invalid|unauthori[sz]ed|not authori[sz]ed)\W*$",
    # other languages
    r"anmeldung (?:ist )?fehlgeschlagen|falsches? |ungültige|zugriff verweigert",
    r"accès refusé|échec|contraseña (?:incorrecta|inv)|acceso denegado|usuario o contraseña",
    r"senha (?:incorreta|inv)|acesso negado|accesso negato|неверн|ошибка|отказано|접근|로그인 실패|비밀번호가",
)
_BEFORE: Final = r"^\W*(?:(?:error|sorry|warning|fail(?:ed|ure)?|info|note|the|your|entered|local)\W+){0,3}"
_REFUSAL: Final = re.compile(
    rf"{_BEFORE}{_REFUSAL_WORDS}|{_THING}\W+(?:incorrect|invalid|wrong|failed|failure|error)\W*$"
    r"|(?:密码|密碼|用户名|口令|帐号|账号|登录|登錄|认证|驗證).{0,8}(?:错误|錯誤|失败|失敗|不正确|不正確|无效)"
    r"|ログイン.{0,6}失敗|パスワードが(?:違|正しく)",
    re.I,
)
_NO_REFUSAL: Final = re.compile(
    r"^\W*(?:last|previous|there (?:was|were|have been)|\d+ failed)\b|\bsince\b|\d\W*$",
    re.I,
)
"""What a server tells of earlier failures once a login has succeeded."""

_WELCOME: Final = re.compile(
    r"busybox v\d|built-in (?:shell|command)|openwrt|enter 'help'"
    r"|^\W*(?:last login|welcome\b)|log ?in successful|logged in|access granted",
    re.I,
)


def refuses(line: str) -> bool:
    """Whether a server's line, shortly after a login, says that it was refused."""
    return len(line) <= MAX_PROMPT and _REFUSAL.search(line) is not None and _NO_REFUSAL.search(line) is None


def welcomes(line: str) -> bool:
    """Whether a server's line is what is said only after a login that succeeded."""
    return _WELCOME.search(line[:MAX_PROMPT]) is not None
