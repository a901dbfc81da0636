"""A block on the wire between node and hub: length of the head, head as JSON, rows as an Arrow stream."""

import struct

import msgspec
import pyarrow as pa

from onecity.platform.exchange.contracts.blocks import Block
from onecity.platform.exchange.contracts.nodes import BlockHead

_LENGTH = struct.Struct(">I")
LONGEST_HEAD = 1 << 20


class BadFrame(Exception):
    """The bytes are no block."""


def frame(block: Block) -> bytes:
    """Return a block's bytes. Rows that could not be cut into columns do not travel: whoever read them reports them."""
    head = msgspec.json.encode(BlockHead(block.number, block.after))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, block.rows.schema) as stream:
        stream.write_batch(block.rows)
    return b"".join((_LENGTH.pack(len(head)), head, sink.getvalue()))


def unframe(body: bytes) -> Block:
    """Return the block. Raises: BadFrame."""
    try:
        (length,) = _LENGTH.unpack_from(body)
        if length > LONGEST_HEAD:
            raise BadFrame("head too long")
        head = msgspec.json.decode(body[_LENGTH.size : _LENGTH.size + length], type=BlockHead)
        with pa.ipc.open_stream(pa.py_buffer(body)[_LENGTH.size + length :]) as stream:
            batches = list(stream)
    except (struct.error, msgspec.DecodeError, pa.ArrowInvalid, OSError) as fault:
        raise BadFrame(str(fault)) from fault
    if len(batches) != 1:
        raise BadFrame("not one batch")
    return Block(head.number, batches[0], head.after)
