"""Tokens of an identity provider: what is accepted, and every way in which one can be wrong."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from floorgraph.server.access import signers
from floorgraph.server.access.refusals import KeysUnavailable, NotAllowed, Unauthenticated
from floorgraph.server.access.tokens import Tokens
from floorgraph.settings import JwtSettings, Role
from tests.support.fakeclock import FakeClock
from tests.support.identities import AUDIENCE, ISSUER, Provider
from tests.support.upstream import Answer, Raw, Upstream, serving

PROVIDER = Provider()


def settings(**more: Any) -> JwtSettings:
    return JwtSettings.model_validate({"issuer": ISSUER, "audience": AUDIENCE, "leeway_seconds": 0} | more)


@asynccontextmanager
async def checking(clock: FakeClock | None = None, **more: Any) -> AsyncIterator[Tokens]:
    tokens = Tokens(settings(**more), clock or FakeClock())
    try:
        yield tokens
    finally:
        await tokens.close()


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_text(PROVIDER.pem, encoding="utf-8")
    return path


async def test_a_token_brings_subject_role_and_end(pem: Path) -> None:
    async with checking(key_file=pem) as tokens:
        found = await tokens.identify(PROVIDER.token(role="operator"))
    assert (found.name, found.role, found.sources) == ("token:ada", Role.OPERATOR, None)
    assert found.expires is not None
    assert abs(found.expires.timestamp() - time.time() - 60) < 5


@pytest.mark.parametrize(
    ("more", "claims", "role"),
    [
        ({}, {"role": ["viewer", "admin", "else"]}, Role.ADMIN),
        ({"role_claim": "realm_access.roles"}, {"realm_access": {"roles": ["operator"]}}, Role.OPERATOR),
        ({"role_claim": "https://x/roles"}, {"https://x/roles": "viewer"}, Role.VIEWER),
        ({"roles": {"shop-boss": "admin"}}, {"role": "shop-boss"}, Role.ADMIN),
        ({"role_claim": "scope"}, {"scope": "openid operator"}, Role.OPERATOR),
    ],
)
async def test_roles_are_found(pem: Path, more: dict[str, Any], claims: dict[str, Any], role: Role) -> None:
    async with checking(key_file=pem, **more) as tokens:
        assert (await tokens.identify(PROVIDER.token(**claims))).role is role


@pytest.mark.parametrize("claim", [None, "boss", 5, {"a": 1}, [], "none"])
async def test_a_token_without_a_role_may_do_nothing(pem: Path, claim: Any) -> None:
    async with checking(key_file=pem) as tokens:
        with pytest.raises(NotAllowed):
            await tokens.identify(PROVIDER.token(role=claim))


async def test_words_that_are_not_mapped_stand_for_nothing(pem: Path) -> None:
    async with checking(key_file=pem, roles={"boss": "viewer"}) as tokens:
        with pytest.raises(NotAllowed):
            await tokens.identify(PROVIDER.token(role="admin"))


@pytest.mark.parametrize(("claim", "sources"), [(["north"], {"north"}), (None, set()), ("a b", {"a", "b"})])
async def test_sources_are_limited_where_a_claim_is_set(pem: Path, claim: Any, sources: set[str]) -> None:
    async with checking(key_file=pem, sources_claim="lines") as tokens:
        assert (await tokens.identify(PROVIDER.token(lines=claim))).sources == frozenset(sources)


def forged(head: dict[str, Any], secret: bytes = b"") -> str:
    claims = jwt.decode(PROVIDER.token(role="admin"), options={"verify_signature": False})
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    signed = b".".join(parts)
    signature = hmac.digest(secret, signed, hashlib.sha256) if secret else b""
    return b".".join([signed, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


WRONG: dict[str, Callable[[], str]] = {
    "ended": lambda: PROVIDER.token(-1),
    "not yet": lambda: PROVIDER.token(nbf=time.time() + 60),
    "without end": lambda: PROVIDER.token(exp=None),
    "that ends in no year": lambda: PROVIDER.token(exp=1e300),
    "that ends in milliseconds": lambda: PROVIDER.token(exp=1000 * time.time() + 60_000),
    "that never ends": lambda: PROVIDER.token(exp=float("inf")),
    "of another issuer": lambda: PROVIDER.token(iss="https://evil.test"),
    "for another audience": lambda: PROVIDER.token(aud="other"),
    "without audience": lambda: PROVIDER.token(aud=None),
    "without subject": lambda: PROVIDER.token(sub=None),
    "with an empty subject": lambda: PROVIDER.token(sub=""),
    "signed by somebody else": lambda: Provider().token(),
    "changed": lambda: PROVIDER.token()[:-8] + "AAAAAAAA",
    "unsigned": lambda: forged({"alg": "none", "typ": "JWT"}),
    "unsigned in capitals": lambda: forged({"alg": "NONE"}),
    "signed with the public key as a secret": lambda: forged({"alg": "HS256"}, PROVIDER.pem.encode()),
    "without algorithm": lambda: forged({"typ": "JWT"}),
    "with an algorithm that is a list": lambda: forged({"alg": ["ES256"]}),
    "with a key id that is a number": lambda: forged({"alg": "ES256", "kid": 5}),
    "with extensions that must be understood": lambda: PROVIDER.token(headers={"crit": ["x"], "x": 1}),
    "of another kind of key": lambda: jwt.encode(
        {"sub": "a"}, rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"
    ),
    "no token": lambda: "a.b.c",
    "empty": lambda: "",
    "huge": lambda: "a" * 100_000,
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_token_is_refused(pem: Path, case: str) -> None:
    async with checking(key_file=pem) as tokens:
        with pytest.raises(Unauthenticated):
            await tokens.identify(WRONG[case]())


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256K"])
def test_only_safe_algorithms_can_be_configured(pem: Path, algorithm: str) -> None:
    with pytest.raises(ValueError, match="algorithms"):
        settings(key_file=pem, algorithms=[algorithm])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "either jwks_url or key_file"),
        ({"jwks_url": "http://login.test/keys"}, "https://"),
        ({"jwks_url": "https://u:p@login.test/keys"}, "without user"),
        ({"jwks_url": "file:///etc/passwd"}, "https://"),
    ],
)
def test_keys_come_from_a_safe_place(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        settings(**more)


@pytest.mark.parametrize(
    "content", ["", "{", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "AAAA"}]}', "-----BEGIN"]
)
def test_a_file_without_a_public_key_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"jwt\.key_file: .*keys holds no public key"):
        Tokens(settings(key_file=path), FakeClock())


async def test_a_set_of_keys_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(PROVIDER.jwks())
    async with checking(key_file=path) as tokens:
        await tokens.identify(PROVIDER.token())
        with pytest.raises(Unauthenticated):
            await tokens.identify(PROVIDER.token(headers={"kid": "other"}))


@asynccontextmanager
async def fetching(clock: FakeClock) -> AsyncIterator[tuple[Upstream, Tokens]]:
    async with serving() as upstream:
        upstream.default = Answer(body=PROVIDER.jwks())
        async with checking(clock, jwks_url=f"{upstream.url}/keys") as tokens:
            yield upstream, tokens


async def test_published_keys_are_fetched_once_for_many_tokens() -> None:
    async with fetching(FakeClock()) as (upstream, tokens):
        found = await asyncio.gather(*(tokens.identify(PROVIDER.token(sub=str(n))) for n in range(20)))
        assert {identity.name for identity in found} == {f"token:{n}" for n in range(20)}
        assert [request.target for request in upstream.requests] == ["/keys"]


async def test_a_new_key_is_fetched_when_a_token_names_it_but_not_for_every_token() -> None:
    clock, second = FakeClock(), Provider("k2")
    async with fetching(clock) as (upstream, tokens):
        await tokens.identify(PROVIDER.token())
        upstream.default = Answer(body=json.dumps({"keys": [PROVIDER.jwk(), second.jwk()]}).encode())
        for _ in range(5):
            with pytest.raises(Unauthenticated):
                await tokens.identify(second.token())
        assert len(upstream.requests) == 1
        clock.advance(31)
        assert (await tokens.identify(second.token())).name == "token:ada"
        assert len(upstream.requests) == 2


async def test_known_keys_are_used_for_a_day_while_the_provider_is_down() -> None:
    clock = FakeClock()
    async with fetching(clock) as (upstream, tokens):
        await tokens.identify(PROVIDER.token())
        upstream.default = Answer(500, b"{}")
        clock.advance(3600)
        await tokens.identify(PROVIDER.token())
        clock.advance(24 * 3600)
        with pytest.raises(KeysUnavailable):
            await tokens.identify(PROVIDER.token())


async def test_a_provider_that_hangs_keeps_nobody_waiting_whose_key_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signers, "PATIENCE_SECONDS", 0.05)
    clock = FakeClock()
    async with fetching(clock) as (upstream, tokens):
        await tokens.identify(PROVIDER.token())
        upstream.default = Raw(then="hang")
        for turn in range(3):
            clock.advance(3600)
            # Far less than the time that a call may take.
            async with asyncio.timeout(5):
                assert (await tokens.identify(PROVIDER.token())).name == "token:ada"
                assert (await tokens.identify(PROVIDER.token())).name == "token:ada"
            assert len(upstream.requests) == 2, turn


@pytest.mark.parametrize("body", [b"{}", b"[]", b"nonsense", b'{"keys": 5}', b'{"keys": [5]}'])
async def test_what_is_no_set_of_keys_makes_identity_unavailable(body: bytes) -> None:
    async with fetching(FakeClock()) as (upstream, tokens):
        upstream.default = Answer(body=body)
        with pytest.raises(KeysUnavailable):
            await tokens.identify(PROVIDER.token())
