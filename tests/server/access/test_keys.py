"""API keys as they are made, kept and checked."""

from datetime import timedelta

import pytest

from floorgraph.server.access import keys
from floorgraph.server.access.keys import KeyRing, matches, new_key, stored
from floorgraph.server.access.refusals import Unauthenticated
from floorgraph.settings import KeySettings, Role
from tests.support.fakeclock import FakeClock
from tests.support.identities import key


def test_a_key_is_kept_as_a_salted_hash_alone() -> None:
    made = new_key()
    secret = made.text.split("_", 2)[2]
    assert matches(secret, made.hash)
    assert not matches(secret + "x", made.hash)
    assert secret not in made.hash
    assert secret not in repr(made)
    assert stored(secret) != stored(secret)


async def test_a_key_brings_its_role_and_sources() -> None:
    settings, text = key(Role.OPERATOR, ("north",))
    found = await KeyRing([settings], FakeClock()).identify(text)
    assert (found.name, found.role, found.sources) == (
        f"key:{settings.id}",
        Role.OPERATOR,
        frozenset({"north"}),
    )
    assert found.identified


async def test_wrong_keys_are_refused_alike() -> None:
    settings, text = key()
    other, _ = key()
    ring = KeyRing([settings, other], FakeClock())
    secret = text.split("_", 2)[2]
    wrong = [
        "",
        "fg_",
        "fg__",
        "x" * 5000,
        text + "x",
        text[:-1],
        secret,
        f"fg_{other.id}_{secret}",
        f"fg_zzzzz_{secret}",
    ]
    told = set()
    for attempt in wrong:
        with pytest.raises(Unauthenticated) as refused:
            await ring.identify(attempt)
        told.add(str(refused.value))
    assert len(told) == 1


async def test_a_key_ends() -> None:
    clock = FakeClock()
    settings, text = key(expires=clock.now() + timedelta(seconds=10))
    ring = KeyRing([settings], clock)
    assert (await ring.identify(text)).expires == settings.expires
    clock.advance(10)
    with pytest.raises(Unauthenticated):
        await ring.identify(text)


async def test_the_slow_hash_is_worked_out_once_per_right_key(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, text = key()
    worked: list[str] = []

    def counted(secret: str, kept: str) -> bool:
        worked.append(secret)
        return matches(secret, kept)

    monkeypatch.setattr(keys, "matches", counted)
    ring = KeyRing([settings], FakeClock())
    for _ in range(3):
        await ring.identify(text)
    assert len(worked) == 1
    with pytest.raises(Unauthenticated):
        await ring.identify(text + "x")
    assert len(worked) == 2


@pytest.mark.parametrize("role", ["none", "boss"])
def test_a_key_needs_a_role_that_may_do_something(role: str) -> None:
    with pytest.raises(ValueError, match="viewer"):
        KeySettings.model_validate({"id": "abcd", "name": "x", "role": role, "hash": stored("x")})
