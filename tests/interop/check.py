"""Checks of an output folder with independent readers. Usage: check.py DIR WORK. Fails with the first wrong thing."""

import copy
import glob
import hashlib
import json
import os
import re
import sys
import zipfile

import duckdb
import geopandas
import jsonschema
import pystac
import pystac.validation
import rasterio

run, work = sys.argv[1], sys.argv[2]
records = [json.loads(line) for line in open(os.path.join(run, "records.jsonl"), encoding="utf-8")]


def said(tool, text):
    print(f"ok: {tool}: {text}")


def query(text):
    return duckdb.connect().execute(text).fetchall()


def schema(name):
    with open(os.path.join("docs", "schema", name), encoding="utf-8") as file:
        loaded = json.load(file)
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded, format_checker=jsonschema.FormatChecker())


def json_schema():
    valid = schema("record.schema.json")
    for record in records:
        valid.validate(record)

    def forged(change):
        record = copy.deepcopy(records[0])
        change(record)
        return record

    wrong = {
        "a status of its own": lambda r: r.update(status="approved"),
        "a member too many": lambda r: r.update(approved=True),
        "a member too few": lambda r: r.pop("record_sha256"),
        "text for a number": lambda r: r.update(clear_obs="many"),
        "a day that is none": lambda r: r.update(as_of="2022-02-31"),
        "a null where none may be": lambda r: r.update(record_id=None),
    }
    for what, change in wrong.items():
        assert not valid.is_valid(forged(change)), f"the schema takes {what}"
    said(f"jsonschema {version('jsonschema')}", f"{len(records)} records valid, {len(wrong)} forged ones refused")
    policy = schema("policy.schema.json")
    files = sorted(glob.glob(os.path.join(work, "*.toml.json")))
    for name in files:
        policy.validate(json.load(open(name, encoding="utf-8"))["resolved"])
    assert files
    said(f"jsonschema {version('jsonschema')}", f"{len(files)} policies valid")


def version(package):
    from importlib.metadata import version as of

    return of(package)


def stac():
    names = sorted(glob.glob(os.path.join(run, "plots", "*", "ndvi.json")))
    assert names
    validator = pystac.validation.JsonSchemaSTACValidator()
    for name in names:
        item = pystac.Item.from_file(name)
        document = json.load(open(name, encoding="utf-8"))
        validator.validate_core(document, pystac.STACObjectType.ITEM, document["stac_version"], name)
        for asset in item.assets.values():
            path = asset.get_absolute_href()
            content = open(path, "rb").read()
            assert asset.extra_fields["file:size"] == len(content), path
            assert asset.extra_fields["file:checksum"] == "1220" + hashlib.sha256(content).hexdigest(), path
    said(f"pystac {version('pystac')}", f"{len(names)} items valid (core schema of STAC 1.1.0), assets as stated")
    print("skipped: interop: schemas of STAC extensions are not in the packages and are not fetched")


# What fiboa 0.3.0 and Vecorel 0.1.0, on which it builds, publish of the boundary part (read on 28 November 2026): required
# members, and of each property its type with its bounds or its words.
FIBOA_REQUIRED = ("id", "collection", "geometry")
FIBOA_METHODS = {"manual", "driven", "surveyed", "auto-operation", "auto-imagery", "unknown"}
FIBOA_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
FIBOA_PROPERTIES = {
    "id": lambda v: isinstance(v, str) and v != "",
    "collection": lambda v: isinstance(v, str) and v != "",
    "geometry": lambda v: v["type"] in ("Polygon", "MultiPolygon"),
    "metrics:area": lambda v: 0 < v <= 1e9,
    "metrics:perimeter": lambda v: 0 < v <= 1.25e9,
    "determination:datetime": lambda v: FIBOA_INSTANT.fullmatch(v) is not None,
    "determination:method": lambda v: v in FIBOA_METHODS,
}


def fiboa_problem(boundary):
    """What is wrong with a boundary; nothing where it is as published. A property that is null counts as left out."""
    for name in FIBOA_REQUIRED:
        if boundary.get(name) is None:
            return f"{name} is required"
    for name, holds in FIBOA_PROPERTIES.items():
        if boundary.get(name) is not None and not holds(boundary[name]):
            return f"{name} is {boundary[name]!r}"
    return None


def fiboa():
    features = json.load(open(os.path.join(run, "records.geojson"), encoding="utf-8"))["features"]
    parts = [{"geometry": f["geometry"], **f["properties"]} for f in features if f["geometry"] is not None]
    assert parts and len({(p["collection"], p["id"]) for p in parts}) == len(parts), "collection and id are unique"
    for feature, part in zip([f for f in features if f["geometry"] is not None], parts):
        assert isinstance(feature["id"], str) and feature["id"] == part["id"], feature["id"]
        assert fiboa_problem(part) is None, (part["id"], fiboa_problem(part))
    given = sum(part["determination:datetime"] is not None for part in parts)
    forged = {"id": 7, "collection": None, "geometry": None, "metrics:area": 0, "metrics:perimeter": 2e9,
              "determination:datetime": "2022-02-01", "determination:method": "drone"}
    for name, value in forged.items():
        assert fiboa_problem({**parts[0], name: value}) is not None, f"{name} {value!r} passes"
    said("fiboa 0.3.0, by hand", f"boundary part of {len(parts)} records as published ({given} with a determination date), {len(forged)} forged ones refused")
    print("skipped: interop: fiboa-cli fetches its schemas from the web, so that validator itself is not run")


def raster():
    names = sorted(glob.glob(os.path.join(run, "plots", "*", "ndvi.tif")))
    for name in names:
        with rasterio.open(name) as tif:
            ndvi = tif.read(1, masked=True)
            item = json.load(open(name.replace("ndvi.tif", "ndvi.json"), encoding="utf-8"))
            assert tif.crs.to_epsg() == int(item["properties"]["proj:code"].split(":")[1]), name
            assert tif.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG", name
            assert tif.dtypes == ("float32",) and -1.0 <= ndvi.min() <= ndvi.max() <= 1.0, name
    said(f"rasterio {version('rasterio')}", f"{len(names)} NDVI rasters are COGs in the item's projection")


def tables():
    path = os.path.join(run, "records.parquet")
    told = dict(query(f"select status, count(*) from read_parquet('{path}') group by status"))
    counted = {}
    for record in records:
        counted[record["status"]] = counted.get(record["status"], 0) + 1
    assert told == counted, (told, counted)
    series = os.path.join(run, "timeseries.parquet")
    text = os.path.join(run, "timeseries.csv")
    parquet = query(f"select plot_id, count(*), count(ndvi_mean) from read_parquet('{series}') group by 1 order by 1")
    csv = query(f"select plot_id, count(*), count(ndvi_mean) from read_csv('{text}', types={{'plot_id': 'VARCHAR'}}) group by 1 order by 1")
    assert parquet == csv
    reasons = query(f"select count(*) from (select unnest(reasons_all) from read_parquet('{path}'))")[0][0]
    assert reasons == sum(len(record["reasons_all"]) for record in records)
    said(f"duckdb {version('duckdb')}", f"records.parquet {told}, {reasons} reasons; timeseries.parquet equals timeseries.csv")
    print("skipped: interop: DuckDB's spatial extension is not a package and is not fetched")

    frame = geopandas.read_parquet(path)
    assert frame.crs is not None and frame.crs.to_string() in ("OGC:CRS84", "EPSG:4326"), frame.crs
    assert list(frame["id"]) == [record["id"] for record in records]
    shapes = frame[frame.geometry.notna()]
    assert shapes.geometry.is_valid.all()
    area = shapes.to_crs(shapes.estimate_utm_crs()).area
    off = ((area - shapes["metrics:area"]) / shapes["metrics:area"]).abs().max()
    assert off < 0.002, off
    layer = geopandas.read_file(os.path.join(run, "records.geojson"), engine="pyogrio")
    assert list(layer["id"]) == list(frame["id"])
    # CRS84 is EPSG:4326 with the longitude first, as GeoJSON has it.
    outlines = layer.geometry.set_crs(frame.crs, allow_override=True)
    assert (outlines.geom_equals_exact(frame.geometry, 1e-9) | frame.geometry.isna()).all()
    said(
        f"geopandas {version('geopandas')}, pyogrio {version('pyogrio')}",
        f"{len(frame)} records, {len(shapes)} valid outlines in {frame.crs.to_string()}, areas within {off:.2%} of UTM",
    )


def bundle():
    with zipfile.ZipFile(os.path.join(work, "bundle.zip")) as archive:
        assert archive.testzip() is None
        sums = archive.read("SHA256SUMS").decode()
        for line in sums.splitlines():
            hash_, name = line.split("  ", 1)
            assert hashlib.sha256(archive.read(name)).hexdigest() == hash_, name
        said("zipfile", f"a bundle of {len(archive.namelist())} files, every checksum right")


json_schema()
stac()
fiboa()
raster()
tables()
bundle()
