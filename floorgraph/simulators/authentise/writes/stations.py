"""Machines, downtimes and machine commands from outside."""

from collections.abc import Callable

from floorgraph.simulators.authentise.errors import invalid, missing
from floorgraph.simulators.authentise.life import machines
from floorgraph.simulators.authentise.life.machines import watch
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.writes.queues import reorder

DOWN_FIELDS = ("printer", "post_processor", "shipping")


def _check_name(ask: Ask, values: Row, row: Row | None) -> None:
    name = values.get("name")
    for other in ask.shop.store.where(ask.resource.name, "name", name) if name else ():
        if row is None or other["uri"] != row["uri"]:
            raise invalid("This name exists already.")


def post_station(ask: Ask, values: Row) -> Ref:
    """A new station, which takes up work at once."""
    _check_name(ask, values, None)
    values.pop("queue", None)
    link: Ref = ask.shop.store.add(ask.resource.name, values)["uri"]
    watch(ask.shop, link)
    return link


def put_station(ask: Ask, row: Row, values: Row) -> None:
    """Change a station or the order of its queue."""
    _check_name(ask, values, row)
    if "queue" in values:
        wanted = values.pop("queue")
        before = list(ask.shop.queues.get(row["uri"], ()))
        reorder(ask.shop, row["uri"], wanted)
        ask.shop.store.note(row["uri"], "queue", before, wanted)
    ask.shop.store.put(row, values)


def delete_station(ask: Ask, row: Row) -> None:
    """Take a station away that has nothing to do."""
    if ask.shop.queues.get(row["uri"]):
        raise invalid("Cannot delete with runs in its queue.")
    if ask.shop.active.get(row["uri"]):
        raise invalid("Cannot delete with active runs.")
    ask.shop.store.remove(row["uri"])


def _delete_type(station: str, field: str) -> Callable[[Ask, Row], None]:
    def delete(ask: Ask, row: Row) -> None:
        if ask.shop.store.where(station, field, row["uri"]):
            raise invalid("Cannot delete while there are stations of this type.")
        ask.shop.store.remove(row["uri"])

    return delete


def put_modeler(ask: Ask, row: Row, values: Row) -> None:
    """Change a twin: when it is not connected it is offline, whatever else it was."""
    if values.get("connected") is False:
        values["status"] = "offline"
    elif values.get("connected") and not row["connected"]:
        values["status"] = "idle"
    ask.shop.store.put(row, values)


def post_downtime(ask: Ask, values: Row) -> Ref:
    """Take one station out of work for a while."""
    if sum(values.get(name) is not None for name in DOWN_FIELDS) != 1:
        raise invalid("Exactly one of printer, post_processor and shipping is required.")
    if any(values.get(name) and ask.shop.store.get(values[name]) is None for name in DOWN_FIELDS):
        raise missing()
    if values["finish"] < values["start"]:
        raise invalid("A downtime cannot finish before it starts.")
    given = {"status": "scheduled", **values}
    link: Ref = ask.shop.store.add("downtime", given)["uri"]
    return link


def post_command(ask: Ask, values: Row) -> Ref:
    """Tell a machine something; it answers a little later."""
    shop = ask.shop
    modeler = shop.store.get(values["modeler"])
    if modeler is None:
        raise missing()
    row = shop.store.add("modeler-command", values, status="new")
    half = shop.options.operation_seconds / 2
    shop.after(half, lambda: shop.store.put(row, status="processing"))

    def carry_out() -> None:
        if not modeler["connected"]:
            shop.store.put(row, status="error", response="The machine does not answer")
            return
        run = _run_at(ask, modeler)
        if row["type"] == "pause_job" and run:
            machines.hold(shop, run)
        elif row["type"] == "resume_job" and run:
            machines.go_on(shop, run)
        shop.store.put(row, status="complete", response="ok")

    shop.after(2 * half, carry_out)
    link: Ref = row["uri"]
    return link


def _run_at(ask: Ask, modeler: Row) -> Row | None:
    """The run in a machine, by its twin."""
    for printer in ask.shop.store.where("printer", "modeler", modeler["uri"]):
        for link in ask.shop.active.get(printer["uri"], ()):
            return ask.shop.store.get(link)
    return None


def post_build(ask: Ask, values: Row) -> Ref:
    """What a machine reports; it belongs to the run whose identifier is its name."""
    run = ask.shop.store.table("run").rows.get(values["name"])
    link: Ref = ask.shop.store.add("build", values, run=run["uri"] if run else None)["uri"]
    return link


POSTS = {
    "printer": post_station,
    "post-processor": post_station,
    "shipping": post_station,
    "downtime": post_downtime,
    "modeler-command": post_command,
    "build": post_build,
}
PUTS = {
    "printer": put_station,
    "post-processor": put_station,
    "shipping": put_station,
    "modeler": put_modeler,
}
DELETES: dict[str, Callable[[Ask, Row], None]] = {
    "printer": delete_station,
    "post-processor": delete_station,
    "shipping": delete_station,
    "printer-type": _delete_type("printer", "printer_type"),
    "post-processor-type": _delete_type("post-processor", "post_processor_type"),
}
