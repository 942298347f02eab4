"""Makes exactextract.json: a small scene, plots, and what exactextract says about them.

    pip install exactextract==0.3.0 numpy shapely && python make_reference.py

Two definitions: `peers` is the plain one (valid: both numbers non-zero, class 4 or 5, nir + red > 0;
signed reflectance); `weighted` clips reflectance, drops dark land and weights pixels by class, with
no dilation.
"""
import json
import math
import pathlib

import exactextract
import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

W, H, PX = 60, 50, 10.0
X0, Y0 = 600_000.0, 5_300_000.0
SCALE, OFFSET = 0.0001, -0.1
WEIGHT = {0: 0, 1: 0, 2: 0.3, 3: 0, 4: 1, 5: 1, 6: 1, 7: 0.5, 8: 0, 9: 0, 10: 0, 11: 0}
QUANTILES = [0.10, 0.25, 0.50, 0.75, 0.90]

rng = np.random.default_rng(20240517)
yy, xx = np.mgrid[0:H, 0:W]
green = 0.5 + 0.35 * np.sin(xx / 7.0) * np.cos(yy / 5.0)
red = np.round(1000 + 10000 * (0.22 - 0.18 * green) + rng.normal(0, 120, (H, W))).astype(int)
nir = np.round(1000 + 10000 * (0.18 + 0.30 * green) + rng.normal(0, 200, (H, W))).astype(int)
red[4:9, 40:47] = rng.integers(880, 1010, (5, 7))  # negative and dark reflectance, water and land
nir[4:6, 40:47] = rng.integers(985, 1250, (2, 7))
nir[8, 42:45] = rng.integers(985, 1250, 3)
red[30, 10:14] = 0
nir[31, 20] = 0
red, nir = (np.clip(a, 0, 65535).astype(np.uint16) for a in (red, nir))
scl = np.where(rng.random((H // 2, W // 2)) < 0.6, 4, 5)
scl[0:6, 0:7] = 9
scl[6, 0:8] = 3
scl[12:15, 12:15] = 7
scl[18:20, 22:28] = 6
scl[2:4, 20:24] = 6
scl[20:25, 0:3] = 0
scl[10, 25:28] = 2
scl[22, 12:16] = 10
scl[8, 20] = 11


def star(cx, cy, radii, turn=0.0):
    n = len(radii)
    a = [2 * math.pi * i / n + turn for i in range(n)]
    return [(X0 + cx + r * math.cos(t), Y0 - cy + r * math.sin(t)) for r, t in zip(radii, a)]


def poly(ring, *holes):
    return shapely.Polygon(ring, holes)


plots = {
    "aligned": shapely.box(X0 + 200, Y0 - 160, X0 + 260, Y0 - 100),
    "irregular": poly(star(330, 240, [95, 60, 110, 80, 70, 120, 65, 90, 100])),
    "large": poly(star(300, 250, list(rng.uniform(150, 235, 40)), 0.1)),
    "hole": poly(star(150, 300, [100] * 24), star(155, 295, [45, 30, 40, 35, 42])),
    "parts": shapely.MultiPolygon([poly(star(420, 120, [38, 50, 41, 47])), poly(star(520, 180, [30, 60, 33], 0.4))]),
    "small": poly(star(413, 317, [14, 19, 16, 15, 18], 0.3)),
    "within_one_pixel": poly(star(335, 255, [3, 2, 4])),
    "strip": poly([(X0 + 33, Y0 - 203), (X0 + 571, Y0 - 388), (X0 + 574, Y0 - 381), (X0 + 36, Y0 - 196)]),
    "under_cloud": shapely.box(X0 + 13, Y0 - 97, X0 + 101, Y0 - 12),
    "cloud_edge": poly(star(120, 110, [80, 70, 90, 60, 85, 75])),
    "negative": poly(star(435, 60, [45, 40, 50, 38, 42])),
    "zeros": shapely.box(X0 + 92, Y0 - 325, X0 + 223, Y0 - 286),
    "swath_edge": shapely.box(X0 + 22, Y0 - 477, X0 + 158, Y0 - 391),
    "across_the_edge": poly(star(595, 480, [60, 45, 70, 50, 66])),
}

r, n = red * SCALE + OFFSET, nir * SCALE + OFFSET
scl10 = np.repeat(np.repeat(scl, 2, 0), 2, 1)
measured = (red != 0) & (nir != 0)
with np.errstate(all="ignore"):
    peers = np.where(measured & np.isin(scl10, [4, 5]) & (n + r > 0), (n - r) / (n + r), np.nan)
    cr, cn = np.clip(r, 0.001, 1.2), np.clip(n, 0.001, 1.2)
    weight = np.vectorize(WEIGHT.get, otypes=[float])(scl10)
    bright = (r + n >= 0.03) | (scl10 == 6)
    weighted = np.where(measured & (weight > 0) & bright, (cn - cr) / (cn + cr), np.nan)


def source(a, name):
    return NumPyRasterSource(a.astype(np.float64), X0, Y0 - H * PX, X0 + W * PX, Y0, nodata=np.nan, name=name)


features = [
    {"type": "Feature", "id": k, "properties": {}, "geometry": shapely.geometry.mapping(g)} for k, g in plots.items()
]


def run(raster, ops, weights=None):
    kw = {"weights": source(weights, "w")} if weights is not None else {}
    got = exact_extract(source(raster, "v"), features, ops, output="geojson", **kw)
    return [f["properties"] for f in got]


def number(x):
    return None if x is None or (isinstance(x, float) and math.isnan(x)) else float(x)


total = run(np.ones((H, W)), ["count"])
quantile_ops = [f"quantile(q={q})" for q in QUANTILES]
plain = run(peers, ["mean", "stdev", "count"] + quantile_ops)
heavy = run(weighted, ["weighted_mean", "weighted_stdev", "count"], weight)

out = {
    "made_by": f"make_reference.py, exactextract {exactextract.__version__}",
    "width": W, "height": H, "pixel_m": PX, "x0": X0, "y0": Y0, "scale": SCALE, "offset": OFFSET,
    "red": red.ravel().tolist(), "nir": nir.ravel().tolist(), "scl": scl.ravel().tolist(),
    "plots": [
        {
            "name": name,
            "geometry": shapely.geometry.mapping(shapely.MultiPolygon([g]) if g.geom_type == "Polygon" else g),
            "pixel_count": number(t["count"]),
            "peers": {
                "mean": number(p["mean"]), "std": number(p["stdev"]),
                "valid_fraction": number(p["count"] / t["count"]),
                "quantiles": [number(p[f"quantile_{round(q * 100)}"]) for q in QUANTILES],
            },
            "weighted": {
                "mean": number(h["weighted_mean"]), "std": number(h["weighted_stdev"]),
                "valid_fraction": number(h["count"] / t["count"]),
            },
        }
        for (name, g), t, p, h in zip(plots.items(), total, plain, heavy)
    ],
}
path = pathlib.Path(__file__).with_name("exactextract.json")
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(path.name, path.stat().st_size, "bytes")
