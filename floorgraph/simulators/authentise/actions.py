"""Paths below a record: copies and replacements."""

from floorgraph.simulators.authentise.errors import forbidden, invalid, missing, not_allowed
from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Row
from floorgraph.simulators.authentise.writes.orders import post_item
from floorgraph.simulators.contract import Reply

LEFT_OUT = ("uri", "uuid", "created", "updated", "updated_by")


def act(ask: Ask, action: str) -> Reply:
    """Do what the path says.

    Raises:
        VendorError: the record is not there, or the user may only read.
        PageError: 405, only POST is there.
    """
    if ask.call.method != "POST":
        raise not_allowed()
    if ask.user.rights == "read":
        raise forbidden()
    row = ask.row
    if row is None:
        raise missing()
    values: Row = {name: value for name, value in row.items() if name not in LEFT_OUT}
    with ask.acting():
        if ask.resource.name == "line-item":
            given = ask.payload()
            quantity = given.get("quantity") if isinstance(given, dict) else None
            if not isinstance(quantity, int) or isinstance(quantity, bool):
                raise invalid("The quantity is required.")
            made = post_item(ask, {**values, "quantity": quantity, "status": "pending"})
        else:
            values |= {"is_template": False} if "is_template" in values else {}
            if action == "replace":
                values["source_workflow"] = row["uri"]
            made = ask.shop.store.add(ask.resource.name, values, name=f"{row['name']} (copy)")["uri"]
    headers = {"Location": ask.base + made}
    return Reply(ask.desk.options.post_status, content=b"", content_type="text/plain", headers=headers)
