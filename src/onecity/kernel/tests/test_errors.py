import pytest

from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, OneCityError, Unavailable


def test_five_kinds_have_codes_of_their_own() -> None:
    kinds: tuple[type[OneCityError], ...] = (Invalid, NotFound, NotPermitted, Conflict, Unavailable)
    assert len({kind.code for kind in kinds}) == 5
    assert all(str(kind()) == kind.message for kind in kinds)


def test_places_of_the_sentence_are_filled() -> None:
    error = Invalid("应为{length}位", params={"length": 18}, fields={"number": "长度不对"})
    assert str(error) == error.sentence() == "应为18位"
    assert error.template == "应为{length}位"
    assert error.fields == {"number": "长度不对"}


def test_translated_sentence_takes_the_same_places() -> None:
    assert Invalid("应为{length}位", params={"length": 18}).sentence("must have {length} characters") == (
        "must have 18 characters"
    )


def test_sentence_without_places_may_hold_braces() -> None:
    assert str(Invalid("含有{字符}")) == "含有{字符}"
    assert Invalid().sentence("translated") == "translated"


def test_error_is_caught_by_its_kind() -> None:
    with pytest.raises(OneCityError):
        raise Conflict
