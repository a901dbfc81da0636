"""What is tolerated in the data area and the header, because the field needs it."""

import pytest

from onecity.platform.iot.codecs.hj212.packet import Item
from onecity.platform.iot.codecs.hj212.tests.segments import area, factor, plain, read


def test_fields_are_read_by_name_in_any_order() -> None:
    packet = read("MN=A1;Flag=4;CN=2011;QN=20160801085857223;PW=123456;ST=22;CP=&&&&")
    assert packet == read("QN=20160801085857223;ST=22;CN=2011;PW=123456;MN=A1;Flag=4;CP=&&&&")


def test_unknown_and_repeated_fields_are_kept() -> None:
    packet = read("ST=22;CN=2011;MN=A1;Ver=3;MN=A2;odd;CP=&&&&")
    assert (packet.mn, packet.extra) == ("A1", (("Ver", "3"), ("MN", "A2"), ("odd", "")))


def test_field_names_are_case_sensitive() -> None:
    assert read("ST=22;CN=2011;MN=A1;flag=5;CP=&&&&").flag is None


def test_stray_blanks_are_tolerated() -> None:
    packet = read("ST = 22; CN=2011 ;MN= A1;CP = && DataTime=20160801085857; a21026 - Rtd = 1.5 , a21026-Flag=N ; && ")
    assert (packet.st, packet.cn, packet.mn) == ("22", "2011", "A1")
    assert packet.items == (plain("DataTime", "20160801085857"), factor("a21026", Rtd="1.5", Flag="N"))


def test_blank_data_area_is_empty() -> None:
    assert area(" ") == ()


@pytest.mark.parametrize(
    "text",
    [
        "a21026-Rtd=1.5,a21026-Flag=N;a34004-Rtd=35,a34004-Flag=D",
        "a21026-Rtd=1.5,a21026-Flag=N,a34004-Rtd=35,a34004-Flag=D",
        "a21026-Rtd=1.5;a21026-Flag=N;a34004-Rtd=35;a34004-Flag=D",
        "a21026-Rtd=1.5,a21026-Flag=N;;a34004-Rtd=35,,a34004-Flag=D;",
    ],
)
def test_comma_and_semicolon_stand_for_one_another(text: str) -> None:
    assert area(text) == (factor("a21026", Rtd="1.5", Flag="N"), factor("a34004", Rtd="35", Flag="D"))


def test_factor_that_comes_twice_is_two_items() -> None:
    assert area("a21-Rtd=1;a21-Rtd=2,a21-Flag=N") == (factor("a21", Rtd="1"), factor("a21", Rtd="2", Flag="N"))


def test_plain_field_is_not_taken_for_a_factor() -> None:
    items = (plain("a", "1"), factor("a", Rtd="2"), plain("a", "3"), factor("a", Flag="N"), plain("a-", "4"))
    assert area("a=1,a-Rtd=2,a=3,a-Flag=N,a-=4,-Rtd=5") == (*items, plain("-Rtd", "5"))


def test_log_text_may_hold_delimiters() -> None:
    items = area("PolId=w01018;i11001-Info=//清洗管路,a=1;b=2//;i12001-Info=0")
    assert items == (
        plain("PolId", "w01018"),
        factor("i11001", Info="//清洗管路,a=1;b=2//"),
        factor("i12001", Info="0"),
    )


def test_log_text_that_does_not_end_is_cut_at_the_delimiter() -> None:
    assert area("i11001-Info=//open;b=2") == (factor("i11001", Info="//open"), plain("b", "2"))


def test_later_parts_of_a_value_with_equal_sign_belong_to_it() -> None:
    assert area("i1-Info=a=b;c=d=e") == (factor("i1", Info="a=b"), plain("c", "d=e"))


def test_name_without_value_is_kept() -> None:
    assert area("DataTime=;odd") == (plain("DataTime", ""), plain("odd", ""))


def test_item_without_values_is_no_factor() -> None:
    assert not Item("x", ()).is_factor


def test_single_part_is_not_in_parts() -> None:
    assert not read("ST=22;CN=2011;MN=A1;Flag=6;PNUM=1;PNO=1;CP=&&&&").is_part


def test_part_number_alone_is_kept() -> None:
    packet = read("ST=22;CN=2011;MN=A1;PNO=0002;CP=&&&&")
    assert (packet.pno, packet.pnum, packet.is_part) == (2, None, False)
