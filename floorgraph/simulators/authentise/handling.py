"""What the methods of a resource do."""

from collections.abc import Callable, Mapping

from floorgraph.simulators.authentise.errors import VendorError, forbidden, invalid, missing, not_allowed
from floorgraph.simulators.authentise.listing import conditions, select
from floorgraph.simulators.authentise.rendering import sparse_item
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row, ref
from floorgraph.simulators.authentise.views import MANDATORY, VIEWS
from floorgraph.simulators.authentise.writes import DELETES, POSTS, PUTS
from floorgraph.simulators.contract import Reply


def answer(ask: Ask) -> Reply:
    """Do what the method says.

    Raises:
        VendorError: it cannot be done.
        PageError: 405, the resource does not have the method.
    """
    method = ask.call.method
    if method == "OPTIONS":
        return Reply(200, ask.resource.described())
    table = _COLLECTION if ask.uuid is None else _ITEM
    handler, letter = table.get(method, (None, ""))
    if handler is None or letter not in ask.resource.methods:
        raise not_allowed()
    if method != "GET" and ask.user.rights == "read":
        raise forbidden()
    with ask.acting():
        return handler(ask)


def _list(ask: Ask) -> Reply:
    resource, listing = ask.resource, ask.listing()
    wanted = conditions(resource, listing, ask.reader)
    _check_mandatory(ask, {one.field.name for one in wanted})
    found = select(ask.shop, resource, listing, wanted)
    count = None if ask.desk.options.unknown_counts else found.count
    return Reply(200, ask.renderer.page(resource, found.rows, listing, count))


def _check_mandatory(ask: Ask, filtered: set[str]) -> None:
    name = MANDATORY.get(ask.resource.name)
    if name is not None and (name not in filtered if name else not filtered):
        raise invalid(f"A filter on '{name}' is required" if name else "Filters are required")


def _get(ask: Ask) -> Reply:
    row = _viewed(ask) if ask.resource.name in VIEWS else ask.row
    if row is None:
        raise missing()
    shown = ask.renderer.item(ask.resource, row)
    return Reply(200, sparse_item(ask.resource, shown, ask.listing().fields))


def _viewed(ask: Ask) -> Row | None:
    """A row of a view: by the link it has, or by the run it is about."""
    view = VIEWS[ask.resource.name]
    run = ref("run", ask.uuid or "")
    for row in view(ask.shop, {"run": (run,)} if ask.resource.name == "run-material" else {}):
        link = row.get("uri") or row.get("run")
        if isinstance(link, Ref) and link.uuid == ask.uuid:
            return row
    return None


def _post(ask: Ask) -> Reply:
    values = ask.reader.body(ask.resource, ask.payload(), "POST")
    handler = POSTS.get(ask.resource.name)
    made = handler(ask, values) if handler else ask.shop.store.add(ask.resource.name, values)["uri"]
    if isinstance(made, Reply):
        return made
    headers = {"Location": ask.base + made} if made else {}
    status = ask.desk.options.post_status if made else 204
    return Reply(status, content=b"", content_type="text/plain", headers=headers)


def _put(ask: Ask) -> Reply:
    values = ask.reader.body(ask.resource, ask.payload(), "PUT")
    row = ask.row
    if row is None:
        raise missing()
    handler = PUTS.get(ask.resource.name)
    if handler:
        handler(ask, row, values)
    else:
        ask.shop.store.put(row, values)
    return Reply(204, content=b"", content_type="text/plain")


def _delete(ask: Ask) -> Reply:
    row = ask.row
    if row is None:
        raise missing()
    handler = DELETES.get(ask.resource.name)
    if handler:
        handler(ask, row)
    else:
        ask.shop.store.remove(row["uri"])
    return Reply(204, content=b"", content_type="text/plain")


def _delete_all(ask: Ask) -> Reply:
    title = f"DELETE needs one record: {ask.call.path}<uuid>/"
    raise VendorError(405, "invalid-method", title)


Handler = Callable[[Ask], Reply]
_COLLECTION: Mapping[str, tuple[Handler, str]] = {
    "GET": (_list, "L"), "POST": (_post, "P"), "DELETE": (_delete_all, "D")
}  # fmt: skip
_ITEM: Mapping[str, tuple[Handler, str]] = {
    "GET": (_get, "G"), "PUT": (_put, "U"), "DELETE": (_delete, "D")
}  # fmt: skip
