"""Who gets in, how fast, and to which resources."""

from base64 import b64encode

import pytest

from tests.simulators.authentise.client import BASE, TOKEN, authentise

LOGIN = {"username": "integration", "password": "simulator-password"}


async def test_a_token_opens_everything_and_another_one_nothing() -> None:
    async with authentise() as am:
        assert (await am.ask("GET", "/run/")).status_code == 200
        assert await am.codes("GET", "/run/", auth=(TOKEN[0], "wrong")) == (403, ["invalid-credentials"])
        assert await am.codes("GET", "/run/", auth=None) == (403, ["no-credentials-provided"])


@pytest.mark.parametrize("header", ["Bearer abc", "Basic", "Basic %%%", f"Basic {b64encode(b'x').decode()}"])
async def test_other_authorization_is_not_well_formed(header: str) -> None:
    async with authentise() as am:
        headers = {"Authorization": header}
        assert await am.codes("GET", "/run/", auth=None, headers=headers) == (
            400,
            ["not-well-formed-authorization-header"],
        )


async def test_refusals_name_the_scheme() -> None:
    async with authentise() as am:
        answer = await am.ask("GET", "/run/", auth=None)
        assert answer.headers["www-authenticate"] == 'Custom realm="Authentise"'


async def test_a_session_opens_everything_until_it_ends() -> None:
    async with authentise(session_minutes=30) as am:
        answer = await am.ask("POST", "/sessions/", auth=None, json=LOGIN)
        assert answer.status_code == 201
        who = await am.ask("GET", "/sessions/", auth=None)
        assert who.json()["username"] == "integration"
        assert (await am.ask("GET", who.json()["uri"], auth=None)).json()["username"] == "integration"
        await am.step(29 * 60)
        assert (await am.ask("GET", "/run/", auth=None)).status_code == 200
        await am.step(31 * 60)
        assert await am.codes("GET", "/run/", auth=None) == (403, ["invalid-session-provided"])


async def test_a_session_ends_by_logging_out() -> None:
    async with authentise(expired_status=401) as am:
        key = (await am.ask("POST", "/sessions/", auth=None, data=LOGIN)).cookies["session"]
        assert (await am.ask("DELETE", "/sessions/", auth=None)).status_code == 204
        headers = {"Cookie": f"session={key}"}
        am.http.cookies.clear()
        assert await am.codes("GET", "/run/", auth=None, headers=headers) == (
            401,
            ["invalid-session-provided"],
        )
        headers = {"Cookie": "session="}
        assert await am.codes("GET", "/run/", auth=None, headers=headers) == (403, ["empty-session-provided"])


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_wrong_password_is_refused(status: int) -> None:
    async with authentise(refused_login=status) as am:
        body = {**LOGIN, "password": "wrong"}
        assert await am.codes("POST", "/sessions/", auth=None, json=body) == (status, ["invalid-credentials"])


async def test_new_tokens_work_and_their_secret_is_told_once() -> None:
    async with authentise() as am:
        await am.ask("POST", "/sessions/", auth=None, json=LOGIN)
        made = await am.ask("POST", "/api_tokens/", auth=None, json={"name": "mine"})
        am.http.cookies.clear()
        token = made.json()
        assert made.status_code == 201
        assert (await am.ask("GET", "/run/", auth=(token["uuid"], token["secret"]))).status_code == 200
        assert (await am.get(f"{BASE}/api_tokens/{token['uuid']}/"))["secret"] is None


async def test_readers_cannot_write() -> None:
    async with authentise() as am:
        await am.ask(
            "POST", "/sessions/", auth=None, json={"username": "viewer", "password": "viewer-password"}
        )
        piece = (await am.ask("GET", "/piece/", auth=None)).json()["resources"][0]
        body = {"notes": "x"}
        assert await am.codes("PUT", piece["uri"], auth=None, json=body) == (403, ["Unauthorized"])


async def test_too_many_requests_have_to_cool_down() -> None:
    async with authentise(rate_limit={"calls": 3, "seconds": 10}) as am:
        for _ in range(3):
            assert (await am.ask("GET", "/run/")).status_code == 200
        answer = await am.ask("GET", "/run/")
        assert answer.status_code == 429
        assert answer.json()["errors"][0]["code"] == "rate-limited"
        assert answer.headers["cooldown"] == "10"
        assert "retry-after" not in answer.headers
        await am.step(10)
        assert (await am.ask("GET", "/run/")).status_code == 200


async def test_a_throttle_refuses_so_many_requests() -> None:
    async with authentise() as am:
        await am.change(throttle={"count": 2, "cooldown": 7})
        answers = [await am.ask("GET", "/run/") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [429, 429, 200]
        assert answers[0].headers["cooldown"] == "7"


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_features_switch_resources_off(status: int) -> None:
    async with authentise(disabled_features=["material-management"], disabled_status=status) as am:
        assert (await am.ask("GET", "/material-batch/")).status_code == status
        assert (await am.ask("GET", "/material/")).status_code == 200
        feature = await am.rows("feature", filter_name="material-management")
        assert [row["enabled"] for row in feature] == [False]
        await am.change(disabled_features=[])
        assert (await am.ask("GET", "/material-batch/")).status_code == 200
        feature = await am.rows("feature", filter_name="material-management")
        assert [row["enabled"] for row in feature] == [True]


async def test_records_may_be_hidden_from_the_user() -> None:
    async with authentise() as am:
        uris = [row["uri"] for row in await am.rows("run")]
        await am.change(hide=[uris[0]])
        assert [row["uri"] for row in await am.rows("run", filter_uri=uris[:2])] == uris[1:2]
        assert await am.codes("GET", uris[0]) == (404, ["resource-not-found"])
        await am.change(show=[uris[0]])
        assert (await am.get(uris[0]))["uri"] == uris[0]
