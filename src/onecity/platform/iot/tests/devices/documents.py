"""Documents of types for tests."""

METER: dict[str, object] = {
    "name": "智能水表",
    "silent_after_s": 600,
    "properties": [
        {"code": "flow", "name": "瞬时流量", "unit": "m3/h", "lowest": 0, "highest": 5, "decimals": 2},
        {
            "code": "valve",
            "name": "阀门",
            "kind": "enumeration",
            "choices": [{"value": 0, "name": "关"}, {"value": 1, "name": "开"}],
        },
        {
            "code": "interval",
            "name": "上报间隔",
            "kind": "integer",
            "unit": "s",
            "lowest": 10,
            "highest": 3600,
            "writable": True,
        },
        {"code": "model", "name": "型号", "kind": "text"},
    ],
    "events": [
        {
            "code": "leak",
            "name": "漏水",
            "severity": "major",
            "fields": [{"code": "rate", "name": "漏量", "unit": "m3/h"}],
        }
    ],
    "commands": [
        {
            "code": "turn_valve",
            "name": "开关阀",
            "arguments": [
                {"code": "opening", "name": "开度", "kind": "integer", "unit": "%", "lowest": 0, "highest": 100},
                {"code": "why", "name": "缘由", "kind": "text", "needed": False, "longest": 20},
            ],
            "timeout_s": 30,
            "retries": 2,
        },
        {"code": "blink", "name": "闪灯", "confirmation": "sent"},
        {"code": "read_now", "name": "立即抄读", "confirmation": "accepted"},
    ],
    "mappings": [{"protocol": "mqtt", "fields": [{"name": "f", "property": "flow", "scale": 0.001}]}],
}
