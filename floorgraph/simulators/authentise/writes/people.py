"""API tokens from outside."""

from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Row
from floorgraph.simulators.contract import Reply


def post_token(ask: Ask, values: Row) -> Reply:
    """A token of the user who asks; its secret is told here and never again."""
    person = ask.desk.people.get(ask.user.username)
    row = ask.shop.store.add("api_tokens", values, user_uuid=person.uuid if person else None)
    secret = ask.desk.access.add_token(row["uuid"], ask.user)
    shown = {**ask.renderer.item(ask.resource, row), "secret": secret}
    return Reply(201, shown, headers={"Location": ask.base + row["uri"]})


POSTS = {"api_tokens": post_token}
