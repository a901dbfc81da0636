import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel import masking


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13800138000", "138****8000"), ("043112345678", "043*****5678"), ("12345678", "********"), ("", "")],
)
def test_mobile_shows_three_and_four(number: str, shown: str) -> None:
    assert masking.masked_mobile(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("11010519491231002X", "110105********002X"),
        ("110105491231002", "110105*****1002"),
        ("1101054912", "**********"),
    ],
)
def test_identity_number_shows_six_and_four(number: str, shown: str) -> None:
    assert masking.masked_identity_number(number) == shown


def test_published_identity_number_shows_first_and_last() -> None:
    assert masking.published_identity_number("11010519491231002X") == "1****************X"


@pytest.mark.parametrize(
    ("name", "shown", "published"),
    [
        ("张三", "张*", "*三"),
        ("张三三", "张**", "*三三"),
        ("欧阳娜娜", "欧**", "*阳娜娜"),
        ("买买提·吐尔逊", "买**", "*买提·吐尔逊"),
        ("张", "*", "*"),
        ("", "", ""),
    ],
)
def test_name_shows_or_hides_the_first_character(name: str, shown: str, published: str) -> None:
    assert masking.masked_name(name) == shown
    assert masking.published_name(name) == published


def test_bank_card_shows_the_last_four() -> None:
    assert masking.masked_bank_card("6222 0200 1234 5678 901") == "***************8901"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("长春市朝阳区人民大街2519号", "长春市朝阳区人民大街****"),
        ("北京市朝阳区建国路88号3单元502室", "北京市朝阳区建国路****"),
        ("长春市朝阳区桂林路阳光小区3号楼", "长春市朝阳区桂林路****"),
        ("长春市南关区永吉街道平阳社区", "长春市南关区永吉街道****"),
        ("辽源市龙山区五一路三号楼二单元", "辽源市龙山区五一路****"),
        ("长春市朝阳区１号", "长春市朝阳区****"),
        ("吉林省东辽县白泉镇集贤村三组", "吉林省东辽县白泉镇集贤村****"),
        ("88号人民大街", "****"),
        ("阳光花园", "****"),
        ("", ""),
    ],
)
def test_address_is_shown_down_to_the_road(address: str, shown: str) -> None:
    assert masking.masked_address(address) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [("zhangsan@example.cn", "z***@example.cn"), ("z@example.cn", "***@example.cn"), ("zhangsan", "********")],
)
def test_email_shows_first_character_and_domain(email: str, shown: str) -> None:
    assert masking.masked_email(email) == shown


@pytest.mark.parametrize(("number", "shown"), [("京A12345", "京A***45"), ("京AD12345", "京A****45"), ("京A1", "***")])
def test_plate_shows_two_and_two(number: str, shown: str) -> None:
    assert masking.masked_plate(number) == shown


@given(st.text(max_size=30))
def test_no_mask_ever_shows_the_whole(text: str) -> None:
    masks = (
        masking.masked_mobile,
        masking.masked_identity_number,
        masking.published_identity_number,
        masking.masked_bank_card,
        masking.masked_plate,
    )
    for mask in masks:
        shown = mask(text)
        assert shown.count("*") >= min(3, len(text.replace(" ", "")))


@given(st.text(alphabet="长春市朝阳区人民大街路号楼0123456789三", max_size=30))
def test_no_western_digit_of_an_address_is_shown(address: str) -> None:
    assert not any(character.isascii() and character.isdigit() for character in masking.masked_address(address))
