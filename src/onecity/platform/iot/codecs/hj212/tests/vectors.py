"""Published frames of HJ 212, and frames made from the standard's examples with the check code that those prove.

PUBLISHED and WRONG are recorded from outside and were made by other programs; DERIVED are ours and prove less.
"""

from typing import NamedTuple


class Vector(NamedTuple):
    """A frame without CR LF. lossless: our encoder writes the same bytes."""

    frame: bytes
    lossless: bool
    source: str

    @property
    def segment(self) -> bytes:
        return self.frame[6:-4]

    @property
    def crc(self) -> bytes:
        return self.frame[-4:]


_UNIT = b"PW=123456;MN=010000A8900016F000169DC0"
_QN = b"QN=20160801085857223"

SET_INTERVAL = Vector(
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80",
    True,
    "HJ 212-2017, appendix A",
)
AIR_REAL_TIME = Vector(
    b"##0317QN=20191012133710130;ST=22;CN=2011;PW=123456;MN=Y80110010000010;Flag=4;CP=&&DataTime=20191012133710;"
    b"a21005-Rtd=0.00,a21005-Flag=N;a21004-Rtd=0.00,a21004-Flag=N;a21007-Rtd=0.033,a21007-Flag=N;"
    b"a21006-Rtd=0.036,a21006-Flag=N;a21001-Rtd=25.40,a21001-Flag=N;a21003-Rtd=101.94,a21003-Flag=N;"
    b"a21002-Rtd=49.20,a21002-Flag=N&&cc01",
    False,  # its CRC is in lower case
    "guocay/hj212-protocol (MIT), ApplicationTest.java",
)
WATER_2005 = Vector(
    b"##0178ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;060-Rtd=3.0943,060-Flag=N;"
    b"011-Rtd=18.0412,011-Flag=N;001-Rtd=8.2137,001-Flag=N;B01-Rtd=10.9890,B01-Flag=N&&a9c1",
    False,  # its CRC is in lower case
    "public Java test HJT212FormatValidatorTest",
)
PUBLISHED = (SET_INTERVAL, AIR_REAL_TIME, WATER_2005)

WRONG = (
    (
        Vector(
            b"##0275QN=20190901181526940;ST=32;CN=2011;PW=123456;MN=Y80110010000010;Flag=4;CP=&&"
            b"DataTime=20190901181500;a21005-Rtd=1.760,a21005-Flag=N;a21026-Rtd=106.400,a21026-Flag=N;"
            b"O3-Rtd=63.400,O3-Flag=N;a21004-Rtd=63.200,a21004-Flag=N;a34002-Rtd=9,a34002-Flag=N;"
            b"a34004-Rtd=4,a34004-Flag=N&&1100",
            False,
            "guocay/hj212-protocol (MIT), ApplicationTest.java; the device number was changed afterwards",
        ),
        0x2D00,
    ),
    (
        Vector(
            b"##0136ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817;B01-Rtd=36.91;"
            b"011-Rtd=231.0,011-Flag=N;060-Rtd=1.803,060-Flag=N&&4980",
            False,
            "xiaoyao9184/hj-t212-parser, README; the device number was changed afterwards",
        ),
        0x3C00,
    ),
)
"""Published with a wrong CRC, and the right one."""

DATA_ANSWER = Vector(
    b"##0087" + _QN + b";ST=91;CN=9014;" + _UNIT + b";Flag=4;CP=&&&&3240", True, "HJ 212-2017, appendix C, derived"
)
REQUEST_ANSWER = Vector(
    b"##0094" + _QN + b";ST=91;CN=9011;" + _UNIT + b";Flag=4;CP=&&QnRtn=1&&1B00",
    True,
    "HJ 212-2017, appendix C, derived",
)
EXECUTION_ANSWER = Vector(
    b"##0095" + _QN + b";ST=91;CN=9012;" + _UNIT + b";Flag=4;CP=&&ExeRtn=1&&6240",
    True,
    "HJ 212-2017, appendix C, derived",
)
PART_1 = Vector(
    b"##0260QN=20160801085857534;ST=32;CN=2061;" + _UNIT + b";Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20160801080000;"
    b"w00000-Cou=63.0,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;"
    b"w01001-Min=7.1,w01001-Avg=7.5,w01001-Max=7.8,w01001-Flag=N&&D941",
    True,
    "HJ 212-2017, appendix C, derived",
)
PART_2 = Vector(
    b"##0201QN=20160801085857535;ST=32;CN=2061;" + _UNIT + b";Flag=7;PNUM=2;PNO=2;CP=&&DataTime=20160801080000;"
    b"w01018-Cou=63.0,w01018-Min=40.1,w01018-Avg=40.1,w01018-Max=40.1,w01018-Flag=N&&E2C1",
    True,
    "HJ 212-2017, appendix C, derived",
)
DERIVED = (DATA_ANSWER, REQUEST_ANSWER, EXECUTION_ANSWER, PART_1, PART_2)

RIGHT = PUBLISHED + DERIVED
