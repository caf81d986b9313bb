"""Derived values are computed once per set of inputs."""

from datetime import UTC, datetime

from floorgraph.vendors.gate import Derivations, Observed


def observed(value: int) -> Observed[int]:
    return Observed(value=value, at=datetime(2026, 3, 2, tzinfo=UTC), monotonic=0.0)


def test_computes_again_only_when_an_input_is_another_object() -> None:
    derivations, computed = Derivations(), []

    def compute() -> int:
        computed.append(1)
        return len(computed)

    first, equal = observed(1), observed(1)
    assert derivations.of("sum", (first, None), compute) == 1
    assert derivations.of("sum", (first, None), compute) == 1
    assert derivations.of("other", (first, None), compute) == 2
    assert derivations.of("sum", (equal, None), compute) == 3
    assert derivations.of("sum", (equal,), compute) == 4
