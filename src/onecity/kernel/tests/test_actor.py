from onecity.kernel.actor import ANONYMOUS, EVERYTHING, Actor, division_key, organisation_key, system_actor

CLERK = Actor(
    kind="account",
    id=12,
    name="王",
    organisation_id=3,
    grants={"cases.view": frozenset({organisation_key(3), division_key("220102")})},
)


def test_actor_may_what_it_was_granted_and_nothing_else() -> None:
    assert CLERK.may("cases.view")
    assert not CLERK.may("cases.close")
    assert CLERK.scopes("cases.view") == {"o:3", "d:220102"}
    assert CLERK.scopes("cases.close") == frozenset()


def test_system_may_everything_everywhere() -> None:
    gateway = system_actor("gateway")
    assert gateway.may("cases.close")
    assert gateway.scopes("cases.close") == {EVERYTHING}
    assert gateway.name == "gateway"


def test_passer_by_may_nothing() -> None:
    assert not ANONYMOUS.may("cases.view")
    assert ANONYMOUS.scopes("cases.view") == frozenset()


def test_key_tells_kind_and_number_and_no_name() -> None:
    assert CLERK.key == "account:12"
    assert ANONYMOUS.key == "anonymous"
    assert system_actor("gateway").key == "system"
