"""HTTP towards vendor servers, written once for all vendors; the one import point of the HTTP client.

An adapter holds one `HttpClient` per server and turns every `Reply` into
values or into a failure:

    reply = await http.send("GET", "/stations", endpoint="lists")
    if not reply.ok:
        raise reply.failure()
    decoded = await reply.json(repair)
"""

from floorgraph.vendors.http.address import BaseUrl, segment
from floorgraph.vendors.http.client import HttpClient, HttpOptions
from floorgraph.vendors.http.form import Form
from floorgraph.vendors.http.outgoing import Auth, Outgoing, basic
from floorgraph.vendors.http.reply import Reply

__all__ = ["Auth", "BaseUrl", "Form", "HttpClient", "HttpOptions", "Outgoing", "Reply", "basic", "segment"]
