"""What a place of kind `rest` says."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.places import OptionField

OPTIONS: Final = (
    OptionField("url", zh("接口地址"), required=True, help=zh("如 https://10.0.0.9/api")),
    OptionField("resources", zh("资源"), help=zh("接口地址之下的路径，用逗号分开；供发现表结构使用")),
    OptionField("rows_path", zh("数据所在路径"), help=zh("如 data.list；不填则整个应答就是数据")),
    OptionField("paging", zh("翻页方式"), type="choice", default="none",
                choices=("none", "next_link", "page", "offset", "cursor"),
                help=zh("none：不翻页；next_link：应答给出下一页地址；page：页码；offset：起始行；cursor：应答给出下一页标记")),
    OptionField("next_path", zh("下一页所在路径"), default="next", help=zh("用于 next_link 和 cursor")),
    OptionField("page_parameter", zh("翻页参数名"), default="page", help=zh("页码、起始行或标记的参数名")),
    OptionField("first_page", zh("首页页码"), type="integer", default=1),
    OptionField("size_parameter", zh("每页行数参数名"), default="size"),
    OptionField("page_size", zh("每页行数"), type="integer", default=100),
    OptionField("since_parameter", zh("增量参数名"), help=zh("只要此值之后的数据；不填则读回后再筛选")),
    OptionField("auth", zh("认证方式"), type="choice", default="none",
                choices=("none", "bearer", "header", "basic", "query"),
                help=zh("bearer：令牌；header：密钥放在请求头；basic：用户名和密码；query：密钥放在地址参数")),
    OptionField("auth_name", zh("认证名称"), help=zh("请求头名、参数名或用户名")),
    OptionField("rate", zh("每秒最多请求数"), type="integer", default=5),
    OptionField("ca_file", zh("证书颁发机构文件"), help=zh("核对服务器证书时使用")),
)  # fmt: skip
