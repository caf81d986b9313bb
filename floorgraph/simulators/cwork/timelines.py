"""What stations have been through: key figures, programs, alarms and tops over a window."""

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.history import ProgramRun, alarms, finished, open_top, runs
from floorgraph.simulators.cwork.kpis import kpis
from floorgraph.simulators.cwork.request import Ask, Endpoint
from floorgraph.simulators.cwork.stations import Top

TOPS_PER_PAGE = 3000


def get_kpis(ask: Ask) -> Reply:
    """GET /stations/{id}/kpi: numbers as in the document, strings as seen on servers."""
    station = ask.monitored_station()
    found: dict[str, dict[str, object]] = {
        part: dict(values) for part, values in kpis(ask.shop, station, *ask.window()).items()
    }
    if "string-kpi" in ask.desk.options.oddities:
        found["Times"] = {name: str(value) for name, value in found["Times"].items()}
        found["Rates"] = {name: f"{value:.2f}" for name, value in found["Rates"].items()}
    return Reply(data=found)


def get_running_programs(ask: Ask) -> Reply:
    """GET /stations/{id}/runningprograms."""
    station = ask.monitored_station()
    return _programs(ask, runs(ask.shop, station, *ask.window(), running=True))


def get_selected_programs(ask: Ask) -> Reply:
    """GET /stations/{id}/selectedprograms."""
    station = ask.monitored_station()
    return _programs(ask, runs(ask.shop, station, *ask.window(), running=False))


def get_alarms(ask: Ask) -> Reply:
    """GET /stations/{id}/alarms: those that overlap the window; a standing one ends at null (inferred)."""
    station = ask.monitored_station()
    return Reply(
        data=[
            {
                "Code": alarm.code,
                "Message": alarm.message,
                "StartDate": ask.desk.dates.iso(alarm.start),
                "EndDate": ask.desk.dates.iso(alarm.end),
            }
            for alarm in alarms(ask.shop, station, *ask.window())
        ]
    )


def list_tops(ask: Ask) -> Reply:
    """GET /tops: those that begin in the window (unix seconds) and neighbours; the open one has no length."""
    station = ask.seen_station(ask.number("station"))
    start, end = ask.number("startdate"), ask.number("enddate")
    before, after = ask.number("nbtopbefore", 0), ask.number("nbtopafter", 0)
    page = ask.page(TOPS_PER_PAGE)
    if not station.alive:
        raise VendorError(2007)
    running = open_top(ask.shop, station)
    tops = [*finished(ask.shop, station), running._replace(end=running.start)]
    inside = [index for index, top in enumerate(tops) if start <= top.start < end]
    first = inside[0] if inside else sum(top.start < start for top in tops)
    last = inside[-1] + 1 if inside else first
    found = tops[max(0, first - max(0, before)) : last + max(0, after)]
    shown = found[page]
    payload = [_top(ask, station.handle, index, top) for index, top in enumerate(shown)]
    return Reply(data={"Has_more": len(found) > page.stop, "Tops": payload})


def _top(ask: Ask, station: int, index: int, top: Top) -> dict[str, object]:
    return {
        "topidentifier": index,
        "topcnchandlefield": station,
        "topstatehandlefield": top.state,
        "topstartdatefield": ask.desk.dates.iso(top.start),
        "topcommentfield": top.comment,
        "topenddatefield": ask.desk.dates.iso(top.end),
        "topdurationfield": top.end - top.start,
    }


def _programs(ask: Ask, found: list[ProgramRun]) -> Reply:
    return Reply(
        data=[
            {
                "Name": run.name,
                "Context": run.context,
                "StartDate": ask.desk.dates.iso(run.start),
                "EndDate": _end(ask, index, run.end),
            }
            for index, run in enumerate(found)
        ]
    )


def _end(ask: Ask, index: int, when: int | None) -> str | None:
    """The first date is wrong when wrong dates are on, as in the document's example."""
    written = ask.desk.dates.iso(when)
    if written and index == 0 and "wrong-dates" in ask.desk.options.oddities:
        return written.replace("T", "T:")
    return written


ENDPOINTS = (
    Endpoint("GET", "/stations/{id}/kpi", 3, "monitor", get_kpis),
    Endpoint("GET", "/stations/{id}/runningprograms", 11, "monitor", get_running_programs),
    Endpoint("GET", "/stations/{id}/selectedprograms", 11, "monitor", get_selected_programs),
    Endpoint("GET", "/stations/{id}/alarms", 6, "monitor", get_alarms),
    Endpoint("GET", "/tops", 10, "monitor", list_tops),
)
