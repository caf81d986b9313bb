"""Ten thousand pieces and two hundred printers."""

import pytest

from floorgraph.simulators.authentise.founding import found_shop
from floorgraph.simulators.authentise.options import AuthentiseOptions
from tests.simulators.authentise.client import authentise


async def test_ten_thousand_pieces_are_listed_in_pages() -> None:
    async with authentise(pieces=10_000, printers=200, alive=False) as am:
        assert (await am.page("printer"))["meta"]["count"] == 200
        seen = set()
        for offset in range(0, 10_000, 1_000):
            seen |= {row["uri"] for row in await am.rows("piece", offset=offset)}
        assert len(seen) == 10_000
        await am.step(1)
        await am.change(touch=50)
        cursor = "2026-03-02T08:00:01%2B00:00"
        path = f"/piece/?filter[updated]>={cursor}&sort=updated&page[limit]=200"
        changed = (await am.ask("GET", path)).json()
        assert 45 <= changed["meta"]["count"] <= 50


@pytest.mark.parametrize("pieces", [0, 1, 500])
def test_about_so_many_pieces_as_asked_for(pieces: int) -> None:
    shop, _ = found_shop(AuthentiseOptions(pieces=pieces, frozen=True), 1_772_438_400.0)
    assert len(shop.store.table("piece")) == pieces
