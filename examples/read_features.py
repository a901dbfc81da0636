"""Read a layer of the one map by OGC API Features, as GeoJSON. Standard library only.

python examples/read_features.py http://127.0.0.1:8000                              lists the layers
python examples/read_features.py http://127.0.0.1:8000 geo.divisions 10             ten features
"""

import json
import sys
import urllib.request
from typing import Any


def read(url: str) -> Any:
    """Return the JSON at `url`."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def main(base: str, layer: str = "", limit: str = "10") -> None:
    """Print the layers, or a layer's first features with their properties."""
    if not layer:
        for collection in read(f"{base}/ogc/collections")["collections"]:
            print(collection["id"], collection["title"])
        return
    found = read(f"{base}/ogc/collections/{layer}/items?limit={limit}")
    for feature in found["features"]:
        print(feature["id"], feature["geometry"]["type"], json.dumps(feature["properties"], ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
