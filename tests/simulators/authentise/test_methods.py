"""Methods, bodies and the answers of the router."""

from typing import Any

import pytest

from tests.simulators.authentise.client import BASE, authentise


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/layout/"),
        ("GET", "/run-queue/"),
        ("PUT", "/run/"),
        ("POST", "/workstation/"),
        ("POST", "/piece/"),
        ("PATCH", "/run/00000000-0000-4000-8000-000000000000/"),
        ("POST", "/run/00000000-0000-4000-8000-000000000000/"),
        ("PUT", "/event/00000000-0000-4000-8000-000000000000/"),
    ],
)
async def test_the_router_refuses_methods_in_html(method: str, path: str) -> None:
    async with authentise() as am:
        answer = await am.ask(method, path, json={} if method != "GET" else None)
        assert answer.status_code == 405
        assert answer.headers["content-type"].startswith("text/html")


async def test_deleting_a_collection_is_refused_in_json() -> None:
    async with authentise() as am:
        assert await am.codes("DELETE", "/run/") == (405, ["invalid-method"])


async def test_paths_that_are_not_there() -> None:
    async with authentise() as am:
        answer = await am.ask("GET", "/nothing/")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        gone = "/run/00000000-0000-4000-8000-000000000000/"
        assert await am.codes("GET", gone) == (404, ["resource-not-found"])
        head = await am.ask("HEAD", "/run/")
        assert (head.status_code, head.content) == (404, b"")


@pytest.mark.parametrize("status", [301, 308])
async def test_the_last_slash_matters(status: int) -> None:
    async with authentise(redirect_status=status) as am:
        answer = await am.ask("GET", "/run?sort=name")
        assert answer.status_code == status
        assert answer.headers["location"] == f"{BASE}/run/?sort=name"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/plain", ""])
async def test_the_content_type_must_be_exact(kind: str) -> None:
    async with authentise() as am:
        piece = (await am.rows("piece"))[0]
        headers = {"Content-Type": kind}
        found = await am.codes("PUT", piece["uri"], content=b'{"notes": "x"}', headers=headers)
        assert found == (400, ["invalid-payload"])


async def test_bodies_must_parse_and_forms_are_read() -> None:
    async with authentise() as am:
        piece = (await am.rows("piece"))[0]
        headers = {"Content-Type": "application/json"}
        assert await am.codes("PUT", piece["uri"], content=b"{", headers=headers) == (
            400,
            ["invalid-payload"],
        )
        assert (await am.ask("PUT", piece["uri"], data={"notes": "by form"})).status_code == 204
        assert (await am.get(piece["uri"]))["notes"] == "by form"


async def test_only_json_is_answered() -> None:
    async with authentise() as am:
        headers = {"Accept": "text/csv"}
        assert await am.codes("GET", "/run/", headers=headers) == (400, ["unable-to-serialize"])


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, ["empty-payload"]),
        ({"nothing": 1}, ["request-validation-error"]),
        ({"uri": "x"}, ["cannot-set-property"]),
        ({"updated": "2026-01-01"}, ["cannot-set-property"]),
        ({"priority": "high"}, ["type-validation-error"]),
        ({"priority": True}, ["type-validation-error"]),
        ({"owner": "nobody"}, ["request-validation-error"]),
        ({"status": "complete"}, ["cannot-set-property"]),
        ({"priority": "high", "nothing": 1}, ["request-validation-error", "type-validation-error"]),
        ([], ["type-validation-error"]),
    ],
)
async def test_mistakes_in_bodies_have_codes(body: Any, codes: list[str]) -> None:
    async with authentise() as am:
        piece = (await am.rows("piece"))[0]
        assert await am.codes("PUT", piece["uri"], json=body) == (400, codes)


async def test_more_mistakes_when_posting() -> None:
    async with authentise() as am:
        assert await am.codes("POST", "/downtime/", json={}) == (400, ["missing-parameter"] * 2)
        printer, run = (await am.rows("printer"))[0], (await am.rows("run"))[0]
        times = {"start": "2026-03-02T09:00:00Z", "finish": "2026-03-02T10:00:00Z"}
        wrong = {**times, "printer": run["uri"]}
        assert await am.codes("POST", "/downtime/", json=wrong) == (400, ["request-validation-error"])
        wrong = {**times, "printer": printer["uri"], "status": "never"}
        assert await am.codes("POST", "/downtime/", json=wrong) == (
            400,
            ["property-value-not-in-allowed-values"],
        )


@pytest.mark.parametrize("status", [201, 204])
async def test_posting_answers_with_the_location(status: int) -> None:
    async with authentise(post_status=status) as am:
        body = {"text": "well done", "related_table_name": "run", "related_uuid": "0" * 32}
        answer = await am.ask("POST", "/comment/", json=body)
        assert (answer.status_code, answer.content) == (status, b"")
        made = await am.get(answer.headers["location"])
        assert made["text"] == "well done"


async def test_an_update_is_partial_and_leaves_an_event_for_each_field() -> None:
    async with authentise() as am:
        piece = (await am.rows("piece"))[0]
        await am.step(1)
        await am.put(piece["uri"], {"notes": "seen", "priority": 99})
        now = await am.get(piece["uri"])
        changed = {name for name in now if now[name] != piece[name]}
        assert changed == {"notes", "priority", "updated"}
        events = await am.rows("event", filter_reference=piece["uri"], sort="key")
        assert [(row["key"], row["previous_value"], row["current_value"]) for row in events] == [
            ("notes", None, "seen"),
            ("priority", piece["priority"], 99),
        ]
        assert (await am.get(events[0]["user"]))["username"] == "integration"


async def test_options_say_what_a_resource_takes() -> None:
    async with authentise() as am:
        fields = (await am.ask("OPTIONS", "/run/")).json()["signature"]["fields"]
        assert fields["status"]["choices"][-1] == "cancelled"
        assert fields["prints"]["methods"] == ["GET", "POST", "PUT"]
        assert fields["prints"]["optional"] is False
        assert fields["updated"] == {
            "type": "iso-8601 datetime",
            "choices": None,
            "filterable": True,
            "searchable": False,
            "methods": ["GET"],
            "optional": True,
            "sortable": True,
        }
        assert fields["by_order"]["methods"] == []
        raml = await am.ask("OPTIONS", "/")
        assert raml.text.startswith("#%RAML")
        assert "/piece/{uuid}/" in raml.text
