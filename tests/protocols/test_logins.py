from botwarden.protocols.logins import MAX_USERS, Logins, Stage


def test_a_refused_and_an_accepted_login() -> None:
    logins = Logins()
    assert (logins.success, logins.user) == (None, "")
    logins.name("root")
    assert logins.stage is Stage.NAMED
    logins.password("xc3511")
    assert logins.stage is Stage.TRIED
    assert logins.success is None
    logins.refuse()
    assert logins.success is False
    logins.name("admin")
    logins.password("hunter2")
    logins.accept(12.5)
    assert (logins.success, logins.user, logins.login_ts, logins.success_lists) == (True, "admin", 12.5, ())
    assert (logins.attempts, logins.passwords, logins.refused, logins.listed) == (2, 2, 1, 1)
    assert logins.users == ["root", "admin"]
    assert logins.dictionaries == {"mirai", "default"}


def test_the_first_success_counts() -> None:
    logins = Logins()
    logins.name("root")
    logins.password("root")
    logins.accept(1.0)
    logins.name("guest")
    logins.password("nope")
    logins.refuse()
    assert (logins.success, logins.user, logins.login_ts) == (True, "root", 1.0)


def test_no_password_is_an_empty_one_once_it_succeeded() -> None:
    logins = Logins()
    logins.name("root")
    assert logins.listed == 0
    logins.accept(1.0)
    assert logins.success_lists == ("mirai", "default")
    assert (logins.passwords, logins.listed) == (0, 1)


def test_a_password_without_a_name_is_an_attempt() -> None:
    logins = Logins()
    logins.password("cisco")
    logins.refuse()
    logins.password("admin")
    assert (logins.attempts, logins.passwords, logins.users) == (2, 2, [])


def test_a_password_that_was_not_seen() -> None:
    logins = Logins()
    logins.unknown()
    assert logins.stage is Stage.NONE
    logins.name("root")
    logins.unknown()
    logins.accept(1.0)
    assert logins.success_lists == ()


def test_hung_up_is_refused_only_where_an_answer_was_due() -> None:
    logins = Logins()
    logins.name("root")
    logins.hang_up()
    assert logins.success is None
    logins.password("x")
    assert logins.success is False
    assert logins.refused == 0


def test_names_are_bounded_and_fit_for_a_line() -> None:
    logins = Logins()
    for i in range(1000):
        logins.name(f"{i}\x1b[31m" + "x" * 1000)
    assert len(logins.users) == MAX_USERS
    assert all(len(user) <= 64 and user.isprintable() for user in logins.users)


def test_passwords_are_not_kept() -> None:
    logins = Logins()
    logins.name("root")
    logins.password("s3cr3t-word")
    state = {name: getattr(logins, name) for name in logins.__slots__}
    assert "s3cr3t-word" not in repr(state)
