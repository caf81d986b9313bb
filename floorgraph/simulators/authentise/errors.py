"""Errors as the server words them: a list of codes and titles, or a page of the router."""

from collections.abc import Iterable

from floorgraph.simulators.contract import Reply

CHALLENGE = {"WWW-Authenticate": 'Custom realm="Authentise"'}


class Problem:
    """One entry of an error body."""

    __slots__ = ("code", "title")

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        self.title = title


class VendorError(Exception):
    """The request is answered with errors."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *,
        headers: dict[str, str] | None = None,
        others: Iterable[Problem] = (),
    ) -> None:
        super().__init__(code)
        self.status = status
        self.problems = [Problem(code, title), *others]
        self.headers = headers or {}

    @classmethod
    def of(cls, problems: list[Problem], status: int = 400) -> "VendorError":
        """All that is wrong with a request at once."""
        first, *others = problems
        return cls(status, first.code, first.title, others=others)

    def reply(self) -> Reply:
        """The answer."""
        ordered = sorted(self.problems, key=lambda one: one.code + one.title)
        body = {"errors": [{"code": one.code, "title": one.title} for one in ordered]}
        return Reply(self.status, body, headers=dict(self.headers))


class PageError(Exception):
    """The request is answered with a page of the router or of the server in front."""

    def __init__(self, status: int, title: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.headers = headers or {}

    def reply(self) -> Reply:
        """The answer: HTML, not JSON."""
        page = f"<!doctype html>\n<title>{self.status} {self.title}</title>\n<h1>{self.title}</h1>\n"
        return Reply(
            self.status, content=page.encode(), content_type="text/html; charset=utf-8", headers=self.headers
        )


def invalid(title: str) -> VendorError:
    """400: a resource does not take what it was given."""
    return VendorError(400, "InvalidPayload", title)


def forbidden(title: str = "You are not authorized to complete the request.") -> VendorError:
    """403: known who asks, but not allowed."""
    return VendorError(403, "Unauthorized", title)


def missing() -> VendorError:
    """404: no such record, or none that may be seen."""
    return VendorError(404, "resource-not-found", "The requested resource cannot be found.")


def refused_transition(title: str = "The requested status transformation is not allowed.") -> VendorError:
    """409: the record's status does not lead there."""
    return VendorError(409, "InvalidTransition", title)


def not_allowed() -> PageError:
    """405 from the router."""
    return PageError(405, "Method Not Allowed")


def not_found_page() -> PageError:
    """404 from the router."""
    return PageError(404, "Not Found")
