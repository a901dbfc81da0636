"""What geo keeps and gives: divisions and unit grids."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset

_PROVIDER: Final = "government_services"

DIVISIONS: Final = Dataset(
    code="geo.divisions",
    name=zh("行政区划"),
    abstract=zh("省、地、县、乡、村五级行政区划的代码、名称、上级和范围（WGS 84）；示意范围另有标注。"),
    provider=_PROVIDER,
    class_code="103001",
    fields=(
        DataField("code", zh("区划代码"), nullable=False, length=12),
        DataField("name", zh("区划名称"), nullable=False, length=60),
        DataField("level", zh("区划级别"), "integer", nullable=False, code_list="division_level"),
        DataField("parent_code", zh("上级区划代码"), length=12),
        DataField("is_synthetic", zh("范围是否示意"), "boolean", nullable=False),
    ),
    key=("code",),
    rows="SELECT code, name, level::bigint AS level, parent_code, is_synthetic, geom FROM geo_division",
    cycle="irregular",
    opening="unconditional",
    geometry=True,
    keywords=("区划", "地名"),
    related=("geo.grid_cells",),
)
GRID_CELLS: Final = Dataset(
    code="geo.grid_cells",
    name=zh("单元网格"),
    abstract=zh("城市管理单元网格的编码、所属社区、面积、用地类型、启用停用日期和范围（WGS 84）。"),
    provider=_PROVIDER,
    class_code="103002",
    fields=(
        DataField("code", zh("网格编码"), nullable=False, length=15),
        DataField("division_code", zh("所属社区代码"), nullable=False, length=12),
        DataField("area_m2", zh("面积（平方米）"), "float", "m²", nullable=False),
        DataField("land_use", zh("用地类型"), length=20),
        DataField("initial_date", zh("启用日期"), "date", nullable=False),
        DataField("end_date", zh("停用日期"), "date"),
        DataField("is_synthetic", zh("是否示意数据"), "boolean", nullable=False),
    ),
    key=("code",),
    rows=(
        "SELECT code, division_code, area_m2, land_use, initial_date, end_date, is_synthetic, geom FROM geo_gridcell"
    ),
    cycle="irregular",
    opening="unconditional",
    geometry=True,
    keywords=("网格",),
    related=("geo.divisions",),
)
DATASETS: Final = (DIVISIONS, GRID_CELLS)
