"""What the supervisor does for a demonstration: its time, and the list of who may sign in."""

import unicodedata
from collections.abc import Iterator

from onecity.demo import city_clock
from onecity.demo.air.sources import demo_start
from onecity.demo.packs import pack_in_force
from onecity.demo.people import demo_accounts
from onecity.kernel import clock
from onecity.project.env import Environment


def begin_city_time(env: Environment, *, speed: float | None) -> None:
    """Start the demonstration's time, or let it go on; `speed` is that of a new one, the pack's own when None."""
    file = env.city_time_file
    assert file is not None
    clock.use_file(file)
    pack = pack_in_force(env.city, data=env.data)
    city_clock.begin(
        file,
        start=demo_start(pack, data=env.data),
        speed=pack.demo_speed if speed is None else speed,
        now=clock.real_now(),
    )


def keep_city_time(env: Environment) -> None:
    """Note the demonstration's time now and then, so that it goes on from there after any kind of end."""
    if env.city_time_file:
        city_clock.remember(env.city_time_file, now=clock.real_now())


def welcome(env: Environment) -> str:
    """Return what is said once everything runs: the address, and for a demonstration who may sign in."""
    lines = ["", f"==> http://{env.host}:{env.port}/"]
    if env.demo:
        lines += ["", *_accounts(env)]
    return "\n".join(lines)


def _accounts(env: Environment) -> Iterator[str]:
    city = clock.city_now().astimezone(clock.CITY_ZONE)
    yield f"城市时间 / city time: {city:%Y-%m-%d %H:%M}    密码 / password: {env.demo_password}"
    for item in demo_accounts():
        yield f"  {_padded(item.username, 12)}{_padded(item.full_name, 12)}{_padded(item.do, 36)}{item.do_en}"


def _padded(text: str, columns: int) -> str:
    """Pad by what a terminal shows: a Chinese character takes two columns."""
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(columns - width, 1)
