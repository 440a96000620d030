"""Numbers of identity documents."""

from datetime import date

import pytest

from models.errors import InvalidInput
from resolvers.platform.id_numbers import RESIDENT_ID, checked, has_right_check_digit, masked

TODAY = date(2026, 3, 2)
DOCUMENTED = "412536198010250120"
RIGHT = "11010519491231002X"
PASSPORT, HONG_KONG, TAIWAN, OFFICER, ADDED = 2, 3, 4, 5, 1001


@pytest.mark.parametrize(
    ("certificate_type", "sent", "kept"),
    [
        (RESIDENT_ID, DOCUMENTED, DOCUMENTED),
        (RESIDENT_ID, RIGHT, RIGHT),
        (RESIDENT_ID, f" {RIGHT.lower()} ", RIGHT),
        (RESIDENT_ID, "４１２５３６ １９８００２２５ ０１２０", "412536198002250120"),
        (RESIDENT_ID, "110105202603021234", "110105202603021234"),
        (RESIDENT_ID, "110105187603021234", "110105187603021234"),
        (PASSPORT, "e12345678", "E12345678"),
        (PASSPORT, "E1234 678", "E1234678"),
        (HONG_KONG, "H12345678", "H12345678"),
        (HONG_KONG, "M1234567801", "M1234567801"),
        (TAIWAN, "12345678", "12345678"),
        (TAIWAN, "1234567890A", "1234567890A"),
        (OFFICER, "军字第1234567号", "军字第1234567号"),
        (OFFICER, "𠮷〇字第1234567号", "𠮷〇字第1234567号"),
        (OFFICER, "12345678", "12345678"),
        (ADDED, "AB-123(4)", "AB-123(4)"),
    ],
)
def test_a_number_that_a_document_can_have(certificate_type: int, sent: str, kept: str) -> None:
    assert checked(certificate_type, sent, today=TODAY) == kept


@pytest.mark.parametrize(
    ("certificate_type", "number"),
    [
        pytest.param(RESIDENT_ID, "", id="nothing"),
        pytest.param(RESIDENT_ID, DOCUMENTED[:-1], id="17 characters"),
        pytest.param(RESIDENT_ID, f"{DOCUMENTED}0", id="19 characters"),
        pytest.param(RESIDENT_ID, "X" + DOCUMENTED[1:], id="a letter within"),
        pytest.param(RESIDENT_ID, DOCUMENTED[:-1] + "Y", id="another letter at the end"),
        pytest.param(RESIDENT_ID, f"{DOCUMENTED}\n1", id="a second line"),
        pytest.param(RESIDENT_ID, "412536198013250120", id="month 13"),
        pytest.param(RESIDENT_ID, "412536198102290120", id="29 February of a common year"),
        pytest.param(RESIDENT_ID, "412536000010250120", id="year 0"),
        pytest.param(RESIDENT_ID, "412536202603030120", id="born tomorrow"),
        pytest.param(RESIDENT_ID, "412536187503020120", id="151 years old"),
        pytest.param(PASSPORT, "E123", id="a short passport"),
        pytest.param(PASSPORT, "E1234\n678", id="a line break in a passport"),
        pytest.param(HONG_KONG, "A12345678", id="another letter before"),
        pytest.param(TAIWAN, "1234567", id="7 digits"),
        pytest.param(OFFICER, "军字第12号", id="2 digits"),
        pytest.param(ADDED, "号码号码", id="no letters or digits"),
        pytest.param(ADDED, "1" * 33, id="33 characters"),
    ],
)
def test_a_number_that_no_such_document_has(certificate_type: int, number: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked(certificate_type, number, today=TODAY)

    assert refusal.value.field == "id_number"


def test_the_check_digit() -> None:
    assert has_right_check_digit(RESIDENT_ID, RIGHT) is True
    assert has_right_check_digit(RESIDENT_ID, DOCUMENTED) is False
    assert has_right_check_digit(PASSPORT, "E12345678") is None


def test_a_masked_number_keeps_its_length_and_hides_its_middle() -> None:
    assert masked(DOCUMENTED) == "412***********0120"
    assert masked("E12345678") == "*******78"
    assert masked("1234") == "**34"
