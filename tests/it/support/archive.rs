//! Archives on disk: the committed sample, copies of it, and its items as a STAC API would give them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The committed archive in miniature.
pub(crate) fn sample_tiles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_tiles")
}

/// A JSON file.
pub(crate) fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

/// Every file below a folder, as paths from it, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                out.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    out.sort();
    out
}

/// Copies a folder with everything below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(from.join(&file), target).unwrap();
    }
}

/// The items below a folder with the folder each lies in, in order of their paths.
pub(crate) fn items(root: &Path) -> Vec<(PathBuf, Value)> {
    files(root)
        .into_iter()
        .filter(|f| f.extension().is_some_and(|e| e == "json"))
        .map(|f| (f.parent().unwrap().to_owned(), json(&root.join(&f))))
        .filter(|(_, item)| item["type"] == "Feature" && item["assets"].is_object())
        .collect()
}

/// The items of an archive with the addresses that `address` makes of `bucket` and `key` of every asset, as an
/// API gives them.
pub(crate) fn addressed(root: &Path, address: &dyn Fn(&str, &str) -> String) -> Vec<Value> {
    items(root)
        .into_iter()
        .map(|(folder, mut item)| {
            for asset in item["assets"].as_object_mut().unwrap().values_mut() {
                let href = asset["href"].as_str().unwrap();
                let path = folder.join(href.trim_start_matches("./"));
                let (bucket, key) = path.to_str().unwrap().split_once('/').unwrap();
                asset["href"] = Value::String(address(bucket, key));
            }
            item["links"] = Value::Array(Vec::new());
            item
        })
        .collect()
}

/// The public https address of an object in the archive's own buckets.
pub(crate) fn public_https(bucket: &str, key: &str) -> String {
    format!("https://{bucket}.s3.us-west-2.amazonaws.com/{key}")
}

/// Leaves out of a static catalog every item of a day after this one, by its link and by its files.
pub(crate) fn cut_after(root: &Path, as_of: &str) -> usize {
    let mut gone = 0;
    let late: Vec<PathBuf> = items(root)
        .into_iter()
        .filter(|(_, item)| item["properties"]["datetime"].as_str().unwrap()[..10] > *as_of)
        .map(|(folder, _)| folder)
        .collect();
    for folder in &late {
        std::fs::remove_dir_all(root.join(folder)).unwrap();
        gone += 1;
    }
    for file in files(root).into_iter().filter(|f| f.ends_with("collection.json")) {
        let path = root.join(&file);
        let mut collection = json(&path);
        collection["links"].as_array_mut().unwrap().retain(|link| {
            let href = link["href"].as_str().unwrap();
            link["rel"] != "item" || root.join(file.parent().unwrap()).join(href).exists()
        });
        std::fs::write(&path, collection.to_string()).unwrap();
    }
    gone
}
