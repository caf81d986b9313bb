"""Lists: envelope, pages, filters, sorting, sparse fields, and the code of each mistake."""

import pytest

from tests.simulators.authentise.client import BASE, TOKEN, authentise


async def test_a_page_is_twenty_rows_and_its_links_lose_the_filters() -> None:
    async with authentise(pieces=80) as am:
        page = await am.page("piece", filter_type="product,specimen,tooling")
        assert len(page["resources"]) == 20
        assert page["meta"]["count"] >= 80
        assert page["links"]["next"] == f"{BASE}/piece/?page%5Boffset%5D=20&page%5Blimit%5D=20"
        assert page["links"]["prev"] is None
        last = await am.page("piece", limit=50, offset=50)
        assert last["links"]["next"] is None
        assert "page%5Boffset%5D=0" in last["links"]["prev"]


async def test_pages_hold_every_row_once() -> None:
    async with authentise(pieces=90) as am:
        seen = []
        for offset in range(0, 120, 25):
            seen += [row["uri"] for row in await am.rows("piece", limit=25, offset=offset)]
        assert len(seen) == len(set(seen)) == (await am.page("piece"))["meta"]["count"]


async def test_counts_may_be_unknown_and_pages_may_have_a_maximum() -> None:
    async with authentise(pieces=80, unknown_counts=True, page_maximum=15) as am:
        page = await am.page("piece", limit=100)
        assert page["meta"]["count"] is None
        assert len(page["resources"]) == 15
        beyond = await am.page("piece", offset=100_000)
        assert beyond["resources"] == []
        assert beyond["links"]["next"] is not None


async def test_a_set_of_links_gives_those_that_exist() -> None:
    async with authentise() as am:
        rows = await am.rows("piece")
        wanted = [rows[7]["uri"], rows[2]["uri"], f"{BASE}/piece/00000000-0000-4000-8000-000000000000/"]
        found = await am.rows("piece", filter_uri=wanted)
        assert {row["uri"] for row in found} == set(wanted[:2])
        bare = await am.rows("piece", filter_uri=rows[7]["uri"].removeprefix(BASE))
        assert [row["uri"] for row in bare] == [rows[7]["uri"]]
        assert await am.rows("piece", filter_uri=(await am.rows("run"))[0]["uri"]) == []


async def test_children_of_many_parents_come_in_one_list() -> None:
    async with authentise() as am:
        pieces = [row["uri"] for row in await am.rows("piece", filter_status="printing")]
        prints = await am.rows("print", filter_piece=pieces)
        assert {row["piece"] for row in prints} == set(pieces)
        assert len(prints) >= 3 * len(pieces)


async def test_bounds() -> None:
    async with authentise() as am:
        rows = sorted(await am.rows("piece"), key=lambda row: str(row["updated"]))
        middle = rows[len(rows) // 2]["updated"].replace("+", "%2B")
        for operator in (">=", "%3E="):
            answer = await am.ask(
                "GET", f"/piece/?filter[updated]{operator}{middle}&page[limit]=500&sort=updated"
            )
            assert [row["uri"] for row in answer.json()["resources"]] == [
                row["uri"] for row in rows[len(rows) // 2 :]
            ]
        answer = await am.ask("GET", f"/piece/?filter[updated]<={middle}&page[limit]=500")
        assert len(answer.json()["resources"]) == len(rows) // 2 + 1


async def test_a_bare_bound_takes_no_times_unless_it_is_lenient() -> None:
    query = "/piece/?filter[updated]%3E2026-03-01T00:00:00"
    async with authentise() as am:
        assert await am.codes("GET", query) == (400, ["invalid-filter-request"])
        assert (await am.ask("GET", "/piece/?filter[priority]>10")).status_code == 200
    async with authentise(strict_greater=False) as am:
        assert (await am.ask("GET", query)).status_code == 200


async def test_sorting_puts_null_last() -> None:
    async with authentise() as am:
        pieces = await am.rows("piece", sort="-status,name")
        assert pieces == sorted(sorted(pieces, key=lambda row: str(row["name"])), key=_status, reverse=True)
        files = [row["current_print"] for row in await am.rows("piece", sort="current_print")]
        assert files == sorted(files, key=lambda value: (value is None, value or ""))


def _status(row: dict[str, object]) -> str:
    return str(row["status"])


async def test_sparse_fields() -> None:
    async with authentise() as am:
        page = await am.page("run", fields="[resources.uri,resources.status]")
        assert list(page) == ["resources"]
        assert all(list(row) == ["uri", "status"] for row in page["resources"])
        one = await am.get(page["resources"][0]["uri"], fields="[status,updated]")
        assert list(one) == ["status", "updated"]


async def test_search_finds_parts_of_words() -> None:
    async with authentise() as am:
        name = (await am.rows("order"))[0]["name"]
        answer = await am.ask("GET", "/order/", params={"search[name]": name[2:].upper()})
        assert name in [row["name"] for row in answer.json()["resources"]]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=5", "unrecognized-query-argument"),
        ("include_archived=true", "unrecognized-query-argument"),
        ("filter[status]=new&filter[status]=complete", "filter-property-specified-more-than-once"),
        ("filter[nothing]=1", "invalid-filter-property"),
        ("filter[uuid]=1", "invalid-filter-property"),
        ("filter[status]=unheard-of", "invalid-filter-value"),
        ("filter[uri]=nothing", "invalid-filter-value"),
        ("filter[priority]=high", "invalid-filter-value"),
        ("filter[reworked]=maybe", "invalid-filter-value"),
        ("filter[updated]>=2026-03-01T00:00:00+00:00", "invalid-filter-value"),
        ("filter=1", "empty-filter-name"),
        ("page[limit]=many", "non-integer-limit"),
        ("page[limit]=", "empty-limit"),
        ("page[offset]=1&page[offset]=2", "offset-specified-more-than-once"),
        ("sort=nothing", "invalid-sort-property"),
        ("sort=name&sort=status", "sort-property-specified-more-than-once"),
        ("sort=name,-name", "invalid-sort-request"),
        ("sort=%2Bname", "invalid-sort-property"),
        ("sort=external_print_analysis", "disabled-sort-property"),
        ("fields=uri", "invalid-fields-query"),
        ("fields=[uri]", "invalid-field-specified"),
    ],
)
async def test_mistakes_have_codes(query: str, code: str) -> None:
    async with authentise() as am:
        assert await am.codes("GET", f"/piece/?{query}") == (400, [code])


async def test_bare_identifiers_filter_where_the_resource_has_them() -> None:
    async with authentise() as am:
        batches = await am.rows("material-batch")
        wanted = [batches[0]["uuid"], batches[3]["uuid"]]
        assert [row["uuid"] for row in await am.rows("material-batch", filter_uuid=wanted)] == wanted


async def test_a_get_with_a_body_reads_it_as_the_query() -> None:
    async with authentise() as am:
        uri = (await am.rows("run"))[3]["uri"]
        answer = await am.ask("GET", "/run/?limit=5", content=f"filter[uri]={uri}&page[limit]=5")
        assert [row["uri"] for row in answer.json()["resources"]] == [uri]


async def test_absolute_links_are_compared_with_their_host() -> None:
    async with authentise() as am:
        run = next(row for row in await am.rows("run") if row["workstation_uri"])
        found = await am.rows("run", filter_workstation_uri=run["workstation_uri"])
        assert run["uri"] in [row["uri"] for row in found]
        elsewhere = run["workstation_uri"].replace("am.test", "other.test")
        assert await am.rows("run", filter_workstation_uri=elsewhere) == []


async def test_addresses_have_a_longest_length() -> None:
    async with authentise(url_limit=400) as am:
        link = "/run/00000000-0000-4000-8000-000000000000/"
        assert (await am.ask("GET", "/run/?filter[uri]=" + ",".join([link] * 8))).status_code == 200
        answer = await am.ask("GET", "/run/?filter[uri]=" + ",".join([link] * 9))
        assert answer.status_code == 414
        assert answer.headers["content-type"].startswith("text/html")


async def test_the_answer_repeats_the_request_id_and_may_be_cached_for_ten_seconds() -> None:
    async with authentise() as am:
        answer = await am.ask("GET", "/run/", headers={"Request-ID": "mine"})
        assert answer.headers["request-id"] == "mine"
        assert answer.headers["cache-control"] == "max-age=10"
        assert (await am.ask("GET", "/run/")).headers["request-id"]


async def test_a_cache_in_front_tells_what_was() -> None:
    async with authentise(cached=True) as am:
        piece = (await am.rows("piece"))[0]
        await am.ask("PUT", piece["uri"], json={"notes": "new"})
        assert (await am.rows("piece"))[0]["notes"] == piece["notes"]
        fresh = await am.http.get(
            "/piece/?page[limit]=1000", auth=TOKEN, headers={"Cache-Control": "no-cache"}
        )
        assert fresh.json()["resources"][0]["notes"] == "new"
        await am.ask("PUT", piece["uri"], json={"notes": "newer"})
        await am.step(11)
        assert (await am.rows("piece", filter_uri=piece["uri"]))[0]["notes"] == "newer"
