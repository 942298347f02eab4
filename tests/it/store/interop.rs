//! DuckDB and GeoPandas open what is written. Needs a Python with both (and pyarrow): `CROPLENS_PYTHON`
//! names it, else `python3` is asked; where they are missing the test says so and is skipped.

use std::process::Command;

use super::gallery;

const SCRIPT: &str = r#"
import json, sys
import duckdb, geopandas, pyarrow.parquet as pq
d = sys.argv[1]
lines = [json.loads(l) for l in open(d + "/records.jsonl", encoding="utf-8")]
g = geopandas.read_parquet(d + "/records.parquet")
assert list(g["id"]) == [l["id"] for l in lines]
assert g.crs.to_authority() == ("OGC", "CRS84") and g.crs.equals("OGC:CRS84"), g.crs
assert list(g.geometry.isna()) == [l["geometry"] is None for l in lines]
assert g.geometry.iloc[0].geom_type == "Polygon" and g.geometry.iloc[0].is_valid
hit = geopandas.read_parquet(d + "/records.parquet", bbox=(8.519, 47.42, 8.525, 47.44))
assert list(hit["id"]) == [lines[1]["id"]], "the bbox column filters"
geojson = geopandas.read_file(d + "/records.geojson")
assert list(geojson["id"]) == list(g["id"]) and geojson.geometry.iloc[0].equals(g.geometry.iloc[0])
tables = {"R": "read_parquet('" + d + "/records.parquet')", "T": "read_parquet('" + d + "/timeseries.parquet')"}
sql = lambda text: duckdb.sql(text.format(**tables)).fetchall()
types = {r[0]: r[1] for r in sql("describe from {R}")}
assert types["as_of"] == "DATE" and types["metrics:area"] == "DOUBLE" and types["clear_obs"] == "BIGINT", types
assert types["issued_at"] == "TIMESTAMP WITH TIME ZONE" and types["reasons"].startswith("STRUCT("), types
assert types["determination:datetime"] == "TIMESTAMP WITH TIME ZONE"
reasons = sql("select id, unnest(reasons_all, recursive := true) from {R}")
assert len(reasons) == sum(len(l["reasons_all"]) for l in lines)
assert sql("select software.name from {R} limit 1") == [("croplens",)]
series = {r[0]: r[1] for r in sql("describe from {T}")}
assert list(series)[:5] == ["plot_id", "date", "ndvi_mean", "valid_fraction", "pixel_count"], series
assert series["date"] == "DATE" and series["used"] == "BOOLEAN"
assert sql("select count(*), count(ndvi_mean), count(reject_reason) from {T}") == [(10, 5, 5)]
print("opened by duckdb", duckdb.__version__, "and geopandas", geopandas.__version__)
"#;

#[test]
fn duckdb_and_geopandas_open_the_tables() {
    let python = std::env::var("CROPLENS_PYTHON").unwrap_or_else(|_| "python3".into());
    let ready = Command::new(&python).args(["-c", "import duckdb, geopandas, pyarrow"]).output();
    if !ready.is_ok_and(|out| out.status.success()) {
        println!("skipped: {python} has no duckdb, geopandas and pyarrow");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    gallery::write(dir.path());
    let out = Command::new(&python).args(["-c", SCRIPT]).arg(dir.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    println!("{}", String::from_utf8_lossy(&out.stdout).trim());
}
