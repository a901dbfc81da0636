"""The topics of devices, and which message came on which."""

from typing import Final

ROOT: Final = "onecity/v1/devices"
GROUP: Final = "onecity"
TELEMETRY: Final = "telemetry"
EVENTS: Final = "events"
ATTRIBUTES: Final = "attributes"
ANSWERS: Final = "answers"
COMMANDS: Final = "commands"
LEAVES: Final = (TELEMETRY, EVENTS, ATTRIBUTES, ANSWERS)


def filters(*, shared: bool) -> list[str]:
    """Return what gateways subscribe to. shared: the work is divided among several gateways.

    Mosquitto 2.0 forgets shared subscriptions when it restarts, until their subscriber is back; plain ones stay in its
    persistent session. So a gateway that is alone does not share.
    Source: MQTT 5.0, 4.8.2 (Mosquitto knows shared subscriptions for 3.1.1 too).
    """
    before = f"$share/{GROUP}/" if shared else ""
    return [f"{before}{ROOT}/+/{leaf}" for leaf in LEAVES]


def parted(topic: bytes) -> tuple[str, str]:
    """Return device key and leaf of a topic; two empty texts for a topic that is none of ours."""
    try:
        parts = topic.decode().split("/")
    except UnicodeDecodeError:
        return "", ""
    if len(parts) != 5 or "/".join(parts[:3]) != ROOT or not parts[3] or parts[4] not in LEAVES:
        return "", ""
    return parts[3], parts[4]


def commands_topic(key: str) -> str:
    """Return the topic on which a device hears its orders."""
    return f"{ROOT}/{key}/{COMMANDS}"
