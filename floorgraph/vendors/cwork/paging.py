"""Paging: all pages of a list, as CWork pages documents and tops (vendor document, "Pagination")."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import Question
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import Malformed, SourceFailure
from floorgraph.vendors.gate import Freshness, Observed

MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that could be had; `failure` says why these are not all of them or not fresh."""

    answers: Sequence[Observed[Payload]]
    complete: bool
    failure: SourceFailure | None

    @property
    def elements(self) -> list[Any]:
        """The elements of all pages; as pages shift while data changes, some may come twice."""
        return [element for answer in self.answers for element in answer.value.elements()]

    @property
    def lost(self) -> list[str]:
        """Texts of elements whose JSON could not be read."""
        return [text for answer in self.answers for text in answer.value.lost]


async def all_pages(
    server: Server, question: Callable[[int], Question], freshness: Freshness, identity: Callable[[Any], Any]
) -> Pages:
    """Read page after page until the server says that there is none, or sends an empty one.

    A page that brings nothing new and still announces more would go on for
    ever: that ends with a `Malformed` as failure beside what was had, as does
    a list of more than 500 pages. Raises `SourceFailure` when the first page fails.
    """
    answers: list[Observed[Payload]] = []
    seen: set[Any] = set()
    for page in range(1, MOST_PAGES + 1):
        try:
            observed = await server.read(question(page), freshness)
        except SourceFailure as failure:
            if not answers:
                raise
            return Pages(answers, complete=False, failure=failure)
        answers.append(observed)
        identities = {identity(element) for element in observed.value.elements()}
        if not observed.value.has_more or not identities:
            stale = next((one.failure for one in answers if one.failure), None)
            return Pages(answers, complete=True, failure=stale)
        if identities <= seen:
            return Pages(answers, False, _loop(server, question(page), f"page {page} brings nothing new"))
        seen |= identities
    return Pages(answers, False, _loop(server, question(1), f"there are more than {MOST_PAGES} pages"))


def _loop(server: Server, question: Question, why: str) -> SourceFailure:
    server.diagnostics.drift(question.function, "Has_more", "pagination_loop")
    return Malformed(
        source=server.settings.key,
        endpoint=question.function,
        detail=f"pagination_loop: {why}, and the server still announces more",
    )
