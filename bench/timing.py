import time
from collections.abc import Callable
from statistics import median

ROUNDS = 5


def time_calls(act: Callable[[], object], calls: int) -> float:
    """The median over rounds of the seconds that one call takes."""
    spans = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(calls):
            act()
        spans.append((time.perf_counter() - begun) / calls)
    return median(spans)
