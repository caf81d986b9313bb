"""The door when the configuration is read anew: sessions end that it would not admit as they are."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from floorgraph.server.access.door import Door
from floorgraph.server.access.identity import Identity
from floorgraph.server.access.refusals import TooManyRequests, Unauthenticated
from floorgraph.server.access.session import Session
from floorgraph.settings import JwtSettings, KeySettings, LimitSettings, Role, Settings
from tests.server.access.guarded import configured
from tests.support.fakeclock import FakeClock
from tests.support.identities import AUDIENCE, ISSUER, Provider, key


async def opened(door: Door, credentials: str | None) -> Session:
    session = door.session("10.0.0.1")
    await door.open(session, credentials)
    return session


def changed(settings: KeySettings, **values: object) -> KeySettings:
    return settings.model_copy(update=values)


@pytest.mark.parametrize(
    "values",
    [{"role": Role.VIEWER}, {"sources": ("north",)}, {"expires": FakeClock().now()}, {"hash": "other"}],
)
async def test_a_key_that_changed_ends_its_sessions_and_no_others(values: dict[str, object]) -> None:
    (first, text), (second, other) = key(Role.ADMIN), key()
    door = Door(configured(first, second), FakeClock())
    ends, stays = await opened(door, f"ApiKey {text}"), await opened(door, f"ApiKey {other}")
    await door.renew(configured(changed(first, **values), second))
    await ends.ended()
    assert ends.is_over()
    assert not stays.is_over()
    await door.close()


async def test_a_key_that_is_gone_ends_its_sessions_and_opens_no_more() -> None:
    settings, text = key()
    door = Door(configured(settings), FakeClock())
    session = await opened(door, f"ApiKey {text}")
    await door.renew(configured())
    assert session.is_over()
    with pytest.raises(Unauthenticated):
        await door.identify(f"ApiKey {text}", "10.0.0.1")
    await door.close()


async def test_a_new_name_for_a_key_ends_nothing() -> None:
    settings, text = key()
    door = Door(configured(settings), FakeClock())
    session = await opened(door, f"ApiKey {text}")
    await door.renew(configured(changed(settings, name="Another name")))
    assert not session.is_over()
    await door.close()


async def test_anonymous_sessions_end_when_nobody_may_be_anonymous() -> None:
    door = Door(configured(anonymous=Role.VIEWER), FakeClock())
    session = await opened(door, None)
    await door.renew(configured(anonymous=Role.VIEWER))
    assert not session.is_over()
    await door.renew(configured())
    assert session.is_over()
    await door.close()


async def test_a_new_provider_ends_the_sessions_of_the_old_one(tmp_path: Path) -> None:
    first, second = Provider(), Provider()

    def settings(provider: Provider) -> Settings:
        path = tmp_path / f"{id(provider)}.pem"
        path.write_text(provider.pem, encoding="utf-8")
        return replace(configured(), jwt=JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path))

    door = Door(settings(first), FakeClock())
    session = await opened(door, f"Bearer {first.token()}")
    await door.renew(settings(first))
    assert not session.is_over()
    await door.renew(settings(second))
    assert session.is_over()
    await opened(door, f"Bearer {second.token()}")
    with pytest.raises(Unauthenticated):
        await opened(door, f"Bearer {first.token()}")
    await door.close()


async def test_other_keys_in_the_same_file_end_the_sessions_of_the_former_ones(tmp_path: Path) -> None:
    first, second, path = Provider(), Provider(), tmp_path / "keys"

    def settings(provider: Provider) -> Settings:
        path.write_text(provider.pem, encoding="utf-8")
        return replace(configured(), jwt=JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=path))

    door = Door(settings(first), FakeClock())
    session = await opened(door, f"Bearer {first.token()}")
    await door.renew(settings(second))
    assert session.is_over()
    await opened(door, f"Bearer {second.token()}")
    with pytest.raises(Unauthenticated):
        await opened(door, f"Bearer {first.token()}")
    await door.close()


async def test_keys_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    settings, text = key()
    door = Door(configured(settings), FakeClock())
    session = await opened(door, f"ApiKey {text}")
    broken = JwtSettings(issuer=ISSUER, audience=AUDIENCE, key_file=tmp_path / "none")
    with pytest.raises(ValueError, match="cannot be read"):
        await door.renew(replace(configured(), jwt=broken))
    assert not session.is_over()
    await door.identify(f"ApiKey {text}", "10.0.0.1")
    await door.close()


async def test_who_comes_without_credentials_is_whom_the_settings_say_now() -> None:
    door = Door(configured(anonymous=Role.VIEWER), FakeClock())
    assert (await door.identify(None, "10.0.0.1")).role is Role.VIEWER
    await door.renew(configured(anonymous=Role.OPERATOR))
    assert (await door.identify(None, "10.0.0.1")).role is Role.OPERATOR
    await door.renew(configured())
    with pytest.raises(Unauthenticated):
        await door.identify(None, "10.0.0.1")
    await door.close()


@pytest.mark.parametrize(
    ("per_caller", "per_address", "wait"),
    [(1.0, 0.1, 10.0), (0.1, 1.0, 10.0), (0.5, 0.1, 10.0), (0.1, 0.5, 10.0)],
)
async def test_the_longer_wait_counts_of_caller_and_address(
    per_caller: float, per_address: float, wait: float
) -> None:
    limits = LimitSettings(
        requests_per_second=per_caller, requests_per_second_per_address=per_address, burst_seconds=0.1
    )
    door = Door(replace(configured(), limits=limits), FakeClock())
    known, nobody = Identity("key:1", Role.VIEWER), Identity(None, Role.VIEWER)
    door.admit(known, "10.0.0.1")
    with pytest.raises(TooManyRequests) as refused:
        door.admit(known, "10.0.0.1")
    assert refused.value.retry_after == pytest.approx(wait)
    with pytest.raises(TooManyRequests):
        door.admit(known, "10.0.0.2")
    with pytest.raises(TooManyRequests):
        door.admit(nobody, "10.0.0.1")
    door.admit(nobody, "10.0.0.3")
    await door.close()


async def test_who_is_recognised_by_what_no_longer_counts_is_not_let_in() -> None:
    """The settings change while a key's hash is worked out."""
    settings, text = key(Role.ADMIN)
    door = Door(configured(settings), FakeClock())
    comes = asyncio.create_task(opened(door, f"ApiKey {text}"))
    await asyncio.sleep(0)
    await door.renew(configured())
    with pytest.raises(Unauthenticated):
        await comes
    await door.close()


async def test_who_comes_while_the_settings_change_has_the_rights_of_the_new_ones() -> None:
    settings, text = key(Role.ADMIN)
    door = Door(configured(settings), FakeClock())
    comes = asyncio.create_task(opened(door, f"ApiKey {text}"))
    await asyncio.sleep(0)
    await door.renew(configured(changed(settings, role=Role.VIEWER)))
    session = await comes
    assert session.identity is not None
    assert session.identity.role is Role.VIEWER
    assert not session.is_over()
    await door.close()
