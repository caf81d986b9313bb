"""Which resources there are, with which fields and methods: the document as data."""

from collections.abc import Mapping

from floorgraph.simulators.authentise.catalogue import (
    batches,
    context,
    others_a_to_e,
    others_f_to_n,
    others_o_to_z,
    pieces,
    stations,
    work,
)
from floorgraph.simulators.authentise.catalogue.reading import read_table
from floorgraph.simulators.authentise.resource import Resource

_PARTS = (stations, work, pieces, batches, context, others_a_to_e, others_f_to_n, others_o_to_z)

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource for part in _PARTS for resource in read_table(part.TABLE)
}
"""Every resource by its name, which is the first part of its path."""
