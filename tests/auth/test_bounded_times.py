"""What is counted in memory: for how long, and for how many keys at most, guesses as much as requests."""

from auth.bounded_times import BoundedTimes
from auth.guessing.memory import MemoryLog
from auth.guessing.windows import PERIOD, Bucket, of_network


def test_the_key_that_was_counted_longest_ago_makes_room() -> None:
    times = BoundedTimes(max_keys=2)
    for now, key in enumerate(("a", "b", "a", "c")):
        times.keep(key, [*times.recent(key, 60, now), float(now)], 60, now)

    assert {key: times.recent(key, 60, 3) for key in "abc"} == {"a": [0.0, 2.0], "b": [], "c": [3.0]}
    assert len(times) == 2


def test_what_counts_no_more_is_forgotten_whichever_way_the_clock_goes() -> None:
    times = BoundedTimes()
    for key, period in (("long", 600), ("short", 60)):
        times.keep(key, [0.0], period, 0)
    times.keep("other", [70.0], 60, 70)

    assert len(times) == 3, "the oldest key still counts"
    assert times.recent("short", 60, 70) == []
    times.keep("other", times.recent("other", 60, 601), 60, 601)
    assert len(times) == 0, "nothing counts any more"

    times.keep("ahead", [10_000.0], 60, 10_000)
    assert times.recent("ahead", 60, 0) == []


async def test_guesses_take_bounded_memory_and_none_once_they_were_right() -> None:
    log, windows = MemoryLog(max_keys=100), of_network(1)
    buckets = [Bucket(str(number), windows) for number in range(1000)]
    for bucket in buckets:
        assert await log.add([bucket], "", 0.0) is None

    assert [await log.add([bucket], "", 1.0) is None for bucket in (buckets[-100], buckets[0])] == [False, True]
    assert len(log) == 100

    await log.remove([bucket.key for bucket in buckets], "", 0.0)
    assert len(log) == 1, "that of the other instant"
    assert await log.add([buckets[5]], "", PERIOD + 2.0) is None
    assert len(log) == 1
