"""Instants as the old APIs write them."""

import pytest

from rest_compat import instants


@pytest.mark.parametrize(
    ("instant", "seconds", "milliseconds", "written"),
    [
        ("2026-03-02T02:00:00.987654+00:00", 1772416800, 1772416800987, "2026-03-02T10:00:00+08:00"),
        ("2026-03-02T10:00:00+08:00", 1772416800, 1772416800000, "2026-03-02T10:00:00+08:00"),
        ("2025-12-31T16:00:00+00:00", 1767196800, 1767196800000, "2026-01-01T00:00:00+08:00"),
        ("1988-07-01T00:00:00.001000+00:00", 583718400, 583718400001, "1988-07-01T09:00:00+09:00"),
        ("1970-01-01T00:00:00+00:00", 0, 0, "1970-01-01T08:00:00+08:00"),
        ("8999-12-31T23:59:59.999000+00:00", 221845391999, 221845391999999, "9000-01-01T07:59:59+08:00"),
    ],
)
def test_instants(instant: str, seconds: int, milliseconds: int, written: str) -> None:
    for _ in range(2):  # the second time from memory
        assert instants.seconds(instant) == seconds
        assert instants.milliseconds(instant) == milliseconds
        assert instants.in_shanghai(instant) == written
        assert instants.local_in_shanghai(instant) == written[:19].replace("T", " ")


def test_what_is_remembered_is_bounded() -> None:
    for function in (instants.seconds, instants.milliseconds, instants.in_shanghai, instants.local_in_shanghai):
        assert function.cache_info().maxsize == instants.REMEMBERED
