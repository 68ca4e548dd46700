"""A cache keeps the results last used, and every thread gets one that is whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from explorer.core.cache import Cache


def test_a_held_result_is_not_made_again():
    cache, made = Cache(2), []
    for _ in range(3):
        assert cache.get("a", lambda: made.append(1) or "A") == "A"
    assert made == [1]
    assert cache.find("a") == "A"
    assert cache.find("b") is None


def test_what_was_not_used_for_longest_goes_first():
    cache = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.find("a")
    cache.put("c", 3)
    assert [cache.find(key) for key in "abc"] == [1, None, 3]
    cache.put("a", 4)
    cache.put("d", 5)
    assert [cache.find(key) for key in "acd"] == [4, None, 5]


def test_threads_share_it():
    cache = Cache(3)

    def work(seed: int) -> bool:
        return all(
            cache.get((seed + k) % 7, lambda n=(seed + k) % 7: [n] * 50) == [(seed + k) % 7] * 50
            for k in range(400)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    assert sum(cache.find(n) is not None for n in range(7)) == 3


def test_one_thread_at_a_time_is_inside():
    cache = Cache(3)
    for act in (lambda: cache.find("a"), lambda: cache.put("a", 1), lambda: cache.get("b", lambda: 2)):
        other = Thread(target=act)
        with cache._lock:
            other.start()
            other.join(0.05)
            assert other.is_alive()
        other.join(5.0)
        assert not other.is_alive()
