"""HJ 212, the language in which pollution sources and air, water and noise stations report (污染物在线监控数据传输).

bytes → Framer → Frame → decode → Packet → readings → Reading      one at a time
                   └───→ BatchDecoder.decode_batch → arrays        thousands at a time
bytes ← encode ← Packet ← answers, downlink
"""

from onecity.platform.iot.codecs.hj212.answers import (
    Head,
    data_answer,
    data_answers,
    execution_answer,
    notice_answer,
    request_answer,
)
from onecity.platform.iot.codecs.hj212.batch import BatchDecoder, ReadingBatch
from onecity.platform.iot.codecs.hj212.checksum import crc16, crc16_batch
from onecity.platform.iot.codecs.hj212.decoding import decode, decode_segment
from onecity.platform.iot.codecs.hj212.editions import Edition, edition_of, flag_meaning
from onecity.platform.iot.codecs.hj212.encoding import NotEncodable, encode
from onecity.platform.iot.codecs.hj212.factors import FACTORS, FACTORS_2005, Factor
from onecity.platform.iot.codecs.hj212.framing import LONGEST_SEGMENT, Frame, Framer
from onecity.platform.iot.codecs.hj212.joining import Joined, Joiner
from onecity.platform.iot.codecs.hj212.learning import Stream
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.readings import Reading, readings
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason

__all__ = [
    "FACTORS",
    "FACTORS_2005",
    "LONGEST_SEGMENT",
    "BadFrame",
    "BatchDecoder",
    "Edition",
    "Factor",
    "Frame",
    "Framer",
    "Head",
    "Item",
    "Joined",
    "Joiner",
    "NotEncodable",
    "Packet",
    "Reading",
    "ReadingBatch",
    "Reason",
    "Stream",
    "SubValue",
    "crc16",
    "crc16_batch",
    "data_answer",
    "data_answers",
    "decode",
    "decode_segment",
    "edition_of",
    "encode",
    "execution_answer",
    "flag_meaning",
    "notice_answer",
    "readings",
    "request_answer",
]
