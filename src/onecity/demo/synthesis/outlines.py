"""Is a point inside an outline: asked for many points of few outlines."""

from collections.abc import Callable, Sequence

from onecity.demo.synthesis.plane import Point, Ring


def inside_any(rings: Sequence[Ring]) -> Callable[[Point], bool]:
    """Return a test for points: inside one of the rings (even number of crossings is outside)."""
    boxed = [(ring, _box(ring)) for ring in rings]

    def test(point: Point) -> bool:
        return any(_in_box(point, box) and _inside(point, ring) for ring, box in boxed)

    return test


def _box(ring: Ring) -> tuple[float, float, float, float]:
    easts, norths = [point[0] for point in ring], [point[1] for point in ring]
    return min(easts), min(norths), max(easts), max(norths)


def _in_box(point: Point, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _inside(point: Point, ring: Ring) -> bool:
    east, north = point
    found = False
    before = ring[-1]
    for corner in ring:
        if (corner[1] > north) != (before[1] > north):
            crossing = (before[0] - corner[0]) * (north - corner[1]) / (before[1] - corner[1]) + corner[0]
            found = found != (east < crossing)
        before = corner
    return found
