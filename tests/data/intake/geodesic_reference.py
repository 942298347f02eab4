"""Reference areas and perimeters on WGS 84 by GeographicLib (PyPI geographiclib, C. F. F. Karney).

Run: pip install geographiclib && python geodesic_reference.py > geodesic_reference.json
The outlines are given as GeoJSON polygons; area is in square metres, perimeter (holes included) in metres.
"""

import json
import math

import geographiclib
from geographiclib.geodesic import Geodesic


def ring(lon, lat, east_m, north_m, corners, phase=0.0):
    """A closed ellipse-like ring of `corners` vertices, counter-clockwise, sizes in metres."""
    metres = 111_320.0
    points = []
    for corner in range(corners):
        angle = 2 * math.pi * corner / corners + phase
        wobble = 1.0 + 0.2 * math.cos(3 * angle)
        points.append([
            round(lon + wobble * east_m * math.cos(angle) / (metres * math.cos(math.radians(lat))), 9),
            round(lat + wobble * north_m * math.sin(angle) / metres, 9),
        ])
    return points + points[:1]


def measure(points):
    polygon = Geodesic.WGS84.Polygon()
    for lon, lat in points[:-1]:
        polygon.AddPoint(lat, lon)
    _, perimeter, area = polygon.Compute(False, True)
    return perimeter, abs(area)


CASES = {
    "smallholding on the equator": [ring(35.1, 0.02, 30, 22, 5)],
    "square in Kansas": [ring(-98.5, 38.4, 500, 500, 4, math.pi / 4)],
    "rice terrace in Luzon": [ring(121.05, 16.93, 60, 8, 40)],
    "southern wheat": [ring(-62.3, -37.9, 900, 400, 24)],
    "pivot with a pond": [ring(46.2, 24.1, 400, 400, 64), ring(46.2, 24.1, 60, 40, 12)[::-1]],
    "under the Arctic circle": [ring(24.7, 65.9, 250, 120, 9)],
    "west of Greenwich, over the meridian": [ring(0.0005, 51.6, 300, 200, 11)],
    "beside the 180th meridian": [ring(179.95, -16.6, 200, 200, 8)],
    "estate of 8,400 ha": [ring(-51.9, -14.2, 5000, 5300, 300)],
    "walked track of 2,000 fixes": [ring(3.4, 6.5, 150, 110, 2000)],
}

cases = []
for name, rings in CASES.items():
    measured = [measure(points) for points in rings]
    cases.append({
        "name": name,
        "coordinates": rings,
        "area_m2": measured[0][1] - sum(area for _, area in measured[1:]),
        "perimeter_m": sum(perimeter for perimeter, _ in measured),
    })
print(json.dumps({"geographiclib": geographiclib.__version__, "cases": cases}, separators=(",", ":")))
