"""Reference sets: the values of a column elsewhere, named `connection/table/column`, for checks of kind REFERENCE."""

import pyarrow as pa

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import ReadRequest
from onecity.platform.exchange.models import Connection, FlowVersion
from onecity.platform.exchange.services.flows.connections import place_of


class NoReference(Invalid):
    """The name leads to no set of values that this flow may use."""

    code = "exchange.no_reference"
    message = zh("没有参照数据“{name}”，应写成“连接编码/表/字段”，且连接属于同一机构")


def reference(version: FlowVersion, name: str) -> pa.Array:
    """Return the values of a reference set. Its connection belongs to the flow's own organisation.

    Raises: NoReference; Unreachable; NotUnderstood.
    """
    parts = name.split("/")
    found = None
    if len(parts) == 3:
        found = Connection.objects.filter(
            code=parts[0], organisation_id=version.flow.organisation_id, is_active=True
        ).first()
    if found is None:
        raise NoReference(params={"name": name})
    request = ReadRequest(table=parts[1], columns=(parts[2],))
    blocks = [block.rows.column(0) for block in connector(found.kind).read(place_of(found), request)]
    return pa.chunked_array(blocks, type=None if blocks else pa.string()).combine_chunks()
