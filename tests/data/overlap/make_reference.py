"""Makes geos.json: 400 outlines with every pair that shares land, cut by GEOS (shapely) in an equal-area projection.

pip install shapely pyproj; python make_reference.py > geos.json
"""

import json
import math
import random

import pyproj
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping

random.seed(41)
CENTRE = (35.0, 0.6)
to_metres = pyproj.Transformer.from_crs(
    "EPSG:4326", f"+proj=laea +lon_0={CENTRE[0]} +lat_0={CENTRE[1]} +datum=WGS84", always_xy=True
)


def star(x, y, size, corners):
    ring = []
    for k in range(corners):
        angle = (k + random.uniform(-0.3, 0.3)) / corners * 2 * math.pi
        radius = size * random.uniform(0.5, 1.0)
        ring.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return Polygon(ring)


def field():
    x, y = random.uniform(-900, 900), random.uniform(-900, 900)
    size = random.choice([15, 30, 60, 120]) * random.uniform(0.7, 1.3)
    kind = random.random()
    if kind < 0.6:
        return star(x, y, size, random.randint(3, 12))
    if kind < 0.8:
        strip = shapely.box(x, y, x + size * 0.3, y + size * 3)
        return shapely.affinity.rotate(strip, random.uniform(0, 90))
    if kind < 0.9:
        return star(x, y, size, 9).difference(star(x, y, size * 0.4, 5))
    return MultiPolygon([star(x, y, size, 7), star(x + 3 * size, y, size, 7)])


def lonlat(geometry):
    return shapely.transform(
        geometry, lambda c: [to_metres.transform(a, b, direction="INVERSE") for a, b in c]
    )


fields = []
while len(fields) < 400:
    made = field()
    if made.is_valid and made.geom_type in ("Polygon", "MultiPolygon"):
        fields.append(shapely.set_precision(lonlat(made), 1e-9))
metres = [shapely.transform(f, lambda c: [to_metres.transform(a, b) for a, b in c]) for f in fields]
tree = shapely.STRtree(metres)
pairs = []
for a, b in zip(*tree.query(metres, predicate="intersects")):
    if a < b:
        shared = metres[a].intersection(metres[b]).area
        if shared > 0:
            pairs.append([int(a), int(b), round(shared / metres[a].area, 6), round(shared / metres[b].area, 6)])
outlines = []
for f in fields:
    shape = mapping(f)
    parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    outlines.append([[[[round(v, 9) for v in p] for p in ring] for ring in part] for part in parts])
print(json.dumps({
    "made_with": f"shapely {shapely.__version__}, GEOS {shapely.geos_version_string}",
    "outlines": outlines,
    "areas_m2": [round(m.area, 3) for m in metres],
    "pairs": sorted(pairs),
}, separators=(",", ":")))
