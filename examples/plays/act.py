"""Run one act, of the lab's or of the cases' own, as `botwarden.lab.act` does.

python -m plays.act ROLE ACT ['{"option": ...}'] [--seed S] [--state FILE]
"""

import sys
from typing import Final

from botwarden.lab import act, acts
from botwarden.lab.acting import ActTable
from plays import doors, home, logins, names, people, web

OWN: Final[ActTable] = {
    "administer": web.administer,
    "ask-router": web.ask_router,
    "browse": names.browse,
    "carry": names.carry,
    "chat": people.chat,
    "exploit": web.exploit,
    "guess-ftp": logins.guess_ftp,
    "guess-mqtt": logins.guess_mqtt,
    "guess-ssh": logins.guess_ssh,
    "keep-open": home.keep_open,
    "knock": doors.knock,
    "listen": home.listen,
    "log-in": logins.with_own_passwords,
    "log-in-known": logins.with_known_passwords,
    "long-names": names.long_names,
    "look": web.look,
    "new-program": doors.new_program,
    "open-door": doors.open_door,
    "poll": home.poll,
    "tell-time": home.tell_time,
    "use-ftp": logins.use_ftp,
    "use-mqtt": logins.use_mqtt,
    "use-ssh": logins.use_ssh,
    "weather": home.report_weather,
}
"""What only the cases need."""

if __name__ == "__main__":
    acts.ACTS.update(OWN)
    sys.exit(act.main())
