"""The vendor's error codes.

Codes and texts are the document's ("Error codes", its spelling included). It neither shows an error body nor
names the HTTP status of a code: both are options of the simulator.
"""

from html import escape

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.cwork.options import CWorkOptions

MESSAGES = {
    1001: "Function is not Allowed",
    1002: "Version %s is not available",
    1003: "No version selected. Please request a specific version",
    1004: "Bad Request",
    1005: "Paramaters must be a handle",
    1006: "A function name is required",
    1007: "A handle is required for this function.",
    1008: "Method Not Allowed.",
    1009: "Missing required parameter",
    1010: "Error in parameters",
    1011: "A provided date-and-time value does not respect the ISO8601 date-and-time format",
    1012: "Impossible to join RemoteDNC engine on the network",
    1013: "The specified station is not assigned to monitor mode",
    2001: "No JPG image is associated with this station",
    2002: "No PNG image is associated with this station",
    2003: "This station is not available or does not exist",
    2004: "Ressource not found.",
    2005: "This state does not exist",
    2006: "This state is archived",
    2007: "This station is not in MDC mode",
    2008: "There is no document found with this ID",
    2009: "There is no version found with this document ID",
    2010: "Required fields have been omitted in your POST request body",
    2011: "The Reference field for a document cannot be empty",
    2012: "Document already exists",
    2013: "There is no version found with this version ID",
    2014: "The version identified by the verid provided does not belong to the document identified by the "
    "provided docid",
    2015: "The specified file has not been found in the exchange folder",
    2016: "An internal error occured while submitting the version",
    2017: "The provided MD5 differs from the server-side processed MD5 hash. "
    "There might be an issue with the file integrity",
    2018: "Document not found",
    2019: "Extension not supported by the station",
    2020: "This status is already assigned to the station",
    2021: "The state is not included in the station scenario",
    2022: "Timeout error appears during the change of state process",
    2023: "Conflict detected during the change of state process. "
    "The state may have changed despite the error",
    2024: "Send ressource returned an error",
    2025: "Remote deletion ressource returned an error",
    3001: "No license activate",
    4000: "Unexpected Error",
}

STATUSES = {
    1001: 403, 1002: 406, 1003: 406, 1006: 404, 1008: 405, 1012: 503, 2003: 404, 2004: 404, 2005: 404,
    2008: 404, 2009: 404, 2012: 409, 2013: 404, 2016: 500, 2018: 404, 2020: 409, 2022: 504, 2023: 409,
    2024: 500, 2025: 500, 3001: 403, 4000: 500,
}  # fmt: skip
"""Inferred: 4xx for what the request is to blame for, 5xx for the server; 400 when not listed."""


class VendorError(Exception):
    """The request is answered with an error code; `detail` fills the placeholder of the text."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def error_reply(error: VendorError, options: CWorkOptions) -> Reply:
    """The answer to a request that failed, in the configured shape."""
    if error.code == 404:
        page = f"<html><head><title>404</title></head><body>{escape(MESSAGES[2004])}</body></html>"
        return Reply(404, content=page.encode(), content_type="text/html")
    message = MESSAGES[error.code].replace("%s", error.detail)
    fixed = {"always-400": 400, "always-500": 500}
    status = fixed.get(options.error_status) or STATUSES.get(error.code, 400)
    match options.error_body:
        case "object":
            return Reply(status, {"ErrorCode": error.code, "Message": message})
        case "code-field":
            return Reply(status, {"code": str(error.code), "message": message})
        case "text":
            return Reply(status, content=f"{error.code}: {message}".encode(), content_type="text/plain")
        case "message-only":
            return Reply(status, content=message.encode(), content_type="text/plain")
        case _:
            return Reply(status, content=b"", content_type="text/plain")


def unauthorized() -> Reply:
    """The answer to a missing or unknown API key; the document has no code for it."""
    headers = {"WWW-Authenticate": 'Basic realm="CWork API"'}
    return Reply(401, content=b"Unauthorized", content_type="text/plain", headers=headers)
