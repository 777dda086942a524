import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.prompts import Prompt, host, prompt, refuses, welcomes

LOGIN = """login:|garage-dvr login: |(none) login: |192.168.1.1 login:|Login:|LOGIN : |login as: |Login name:
Login ID:|logon:|Username:|User name: |User Name : |username:|UserName:|User:|user: |Fritz!Box user:
Account:|account name:|Username>|Login>|Enter username:|Please enter your user name:|(FSM7352S) User:
login [root]: |Username(1-32 chars):|User ID:|ADSL login:|Benutzername:|Benutzer: |Nom d'utilisateur :
Utilisateur:|usuario:|Usuário: |Utente:|Gebruikersnaam:|Użytkownik: |логин:|Имя пользователя: |用户名:
请输入用户名：|帐号：|用戶名稱 使用者名稱：|ユーザー名:|사용자 이름:|\\x1b login:|root@cam login:
login:  \t"""
SECRET = """Password:|Password: |password:|PASSWORD : |Passwd:|Password for root: |root@10.0.0.1's password:
Enter password:|Password (root):|[sudo] password for bob: |Passwort: |Kennwort:|Mot de passe :
Contraseña: |Contrasena:|Senha:|Wachtwoord:|Hasło:|Parola:|Şifre:|Lösenord:|Пароль:|密码:|请输入密码：
密 码：|パスワード:|비밀번호:|PIN: |Enter PIN code:|Passphrase:|Password>|Fritz!Box web password:
Login password:|Password again:|Password ?|Enter Password|Access code:|Token:"""
NEW_SECRET = """New password: |Enter new password:|Retype new password:|Re-enter password:|Confirm password:
Changing... new Password:"""
SHELL = """# |$ |> |~ # |/ # |root@OpenWrt:~# |[root@dvr ~]$ |Router>|Router#|Switch(config)#|WAP>|C:\\>|BusyBox #
%|ZXAN>|(Switch) >|User>|tc> |TP-LINK(conf)#|# \t"""
QUESTION = """Select [1-4]:|admin:|Continue?|Terminal type:|Kod: |Are you sure?"""
TEXT = """Welcome to HDVR|Last login: Sat Nov 27 20:11:43 on ttyp2 from bam|login: root|Login incorrect
Password: is secret|Your password expires soon|password for root changed by root
BusyBox v1.12.1 built-in shell (ash)|loginlogin|uid=0(root)|50% of users|no login here"""


def each(text: str) -> list[str]:
    return [
        line.encode().decode("unicode_escape") if "\\x" in line else line for line in text.replace("\n", "|").split("|")
    ]


@pytest.mark.parametrize(
    ("expected", "line"),
    [
        (kind, line)
        for kind, lines in (
            (Prompt.LOGIN, LOGIN), (Prompt.SECRET, SECRET), (Prompt.NEW_SECRET, NEW_SECRET), (Prompt.SHELL, SHELL),
            (Prompt.QUESTION, QUESTION), (Prompt.TEXT, TEXT),
        )
        for line in each(lines)
    ],
)  # fmt: skip
def test_what_a_line_asks(expected: Prompt, line: str) -> None:
    assert prompt(line, ended=False) is expected


def test_prompts_of_a_shell_and_questions_stand_alone() -> None:
    for line in each(SHELL) + each(QUESTION):
        assert prompt(line, ended=True) is Prompt.TEXT
    for line in ("login:", "Username:"):
        assert prompt(line, ended=True) is Prompt.LOGIN
    assert prompt("Password:", ended=True) is Prompt.SECRET


def test_news_of_the_last_login_asks_for_none() -> None:
    for line in ("Last login:", "Previous failed login:", "last unsuccessful login: "):
        assert prompt(line, ended=True) is Prompt.TEXT
        assert prompt(line, ended=False) is Prompt.QUESTION


def test_a_shell_in_a_folder_with_a_name_that_misleads() -> None:
    for line in ("root@cam:/home/login>", "C:\\Users\\pwd>", "~/password>"):
        assert prompt(line, ended=False) is Prompt.SHELL


def test_blank_asks_nothing() -> None:
    for line in ("", "   ", "\t"):
        assert prompt(line, ended=False) is Prompt.NOTHING


REFUSED = """Login incorrect|login incorrect.|Login Failed|Login failed!|Login failure|Access denied|% Access denied
Access Denied!|% Authentication failed.|% Login invalid|% Bad passwords|Bad password|Bad Password!!!
Wrong password|Wrong password!|Password incorrect|Incorrect password|Invalid password|invalid login
Invalid username or password|Invalid user name or password.|Username or password error
User or Password is wrong, please input again!|Username or password is incorrect
user name or password error|Login error|Login denied|Error: Failed to authenticate.
Error: Wrong password|Error: Username or password error.|Authentication failure|Authentication failed
authentication fail!|Permission denied, please try again.|Sorry, try again.|Login Fail!!!|Denied.
Unknown user|No such user|Too many login failures!|Too many attempts, bye
Maximum number of tries exceeded|Your account is locked|User is locked|login timed out
Access Denied: Specified user is not a member of TelnetClients group.|*** Login failed ***
Error: The username or password is invalid.|Password: incorrect|User not found|Password is incorrect
>> Login incorrect <<|FAIL|Not authorized|Failed to log in|Logon failure|Anmeldung fehlgeschlagen.
Falsches Kennwort|Accès refusé|Contraseña incorrecta|Acceso denegado|Senha inválida|用户名或密码错误
密码不正确|登录失败|Неверный пароль|로그인 실패"""
NOT_REFUSED = """Last login: Sat Nov 27 20:11:43|Last failed login: Mon Jan  1 from 203.0.113.5
There were 3 failed login attempts since the last successful login.
There was 1 failed login attempt since|Failed logins: 0|3 failed logins|Welcome|Welcome to HiLinux.
BusyBox v1.12.1 built-in shell (ash)|# |Router>|root|Login successful|You have mail.
Warning: no Kerberos tickets issued.|Logged in|Error log is empty
System time is invalid, set it with date -s
Unauthorized access to this system is forbidden and will be prosecuted by law.|*******
Login failed attempts: 0|eth0: link error count 5"""


@pytest.mark.parametrize("line", each(REFUSED))
def test_refusals(line: str) -> None:
    assert refuses(line)


@pytest.mark.parametrize("line", each(NOT_REFUSED))
def test_what_is_no_refusal(line: str) -> None:
    assert not refuses(line)


def test_welcomes() -> None:
    for line in each(
        "Last login: Sat Nov 27|BusyBox v1.2.1 Protect Shell (psh)|Welcome to HiLinux.|Login successful|Access granted"
    ):
        assert welcomes(line)
    for line in each("Login incorrect|Password:|You are not welcome|# |The last login failed"):
        assert not welcomes(line)


def test_host_names() -> None:
    assert host("garage-dvr login:") == "garage-dvr"
    assert host("cam1.example login: ") == "cam1.example"
    for line in ("login:", "(none) login:", "Please login:", "Enter login:", "none login:", "Password:", "a b login:"):
        assert host(line) is None


@given(st.text(max_size=300), st.booleans())
def test_any_line_is_something(line: str, ended: bool) -> None:
    assert isinstance(prompt(line, ended), Prompt)
    refuses(line)
    welcomes(line)
    host(line)


@pytest.mark.parametrize(
    "part",
    ["user name ", "password ", "login(", "too many ", "failed ", "please ", "passwort for ", "the ", " ", "(", "a:"],
)
def test_long_lines_of_any_kind_are_read_in_linear_time(part: str) -> None:
    line = part * 100_000  # in quadratic time this would not end
    assert not refuses(line)
    prompt(line, ended=False)
    welcomes(line)
    host(line)
    for _ in range(300):
        refuses(line[:160])
        prompt(line[:512], ended=False)
