//! A catalog on disk: an ItemCollection, a folder of items, or a static `catalog.json` with its links.
//!
//! Nothing outside the folder that the user named is opened, by link or by symbolic link.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::collect::{Collector, Listing};
use super::href::{Origin, has_scheme, plain};
use super::item::Raw;
use super::skip::SkipReason;
use super::{Error, Search};

/// Most bytes of one JSON file. An ItemCollection of 10,000 Earth Search items has some 280 MB.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// Most JSON files read in one walk.
const MAX_FILES: usize = 200_000;

/// Deepest folder below the one named.
const MAX_DEPTH: usize = 32;

/// Items on disk.
#[derive(Clone, Debug)]
pub struct LocalItems {
    start: PathBuf,
    folder: PathBuf,
}

/// What a JSON file says it is.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    links: Option<Vec<Value>>,
    #[serde(borrow)]
    assets: Option<&'a RawValue>,
}

impl LocalItems {
    /// The catalog at a path. Nothing but the path itself is looked at.
    ///
    /// # Errors
    /// A path that does not exist or cannot be entered.
    pub fn open(path: &Path) -> Result<LocalItems, Error> {
        let read = |source| Error::Read { path: path.to_owned(), source };
        let start = path.canonicalize().map_err(read)?;
        let is_folder = start.metadata().map_err(read)?.is_dir();
        let folder = if is_folder { start.clone() } else { start.parent().unwrap_or(&start).to_owned() };
        Ok(LocalItems { start, folder })
    }

    /// The folder that nothing may leave.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) async fn list(&self, search: &Search) -> Result<Listing, Error> {
        let (items, search) = (self.clone(), search.clone());
        let walk = tokio::task::spawn_blocking(move || items.walk(&search)).await;
        walk.unwrap_or_else(|stopped| {
            Err(Error::Read { path: self.start.clone(), source: std::io::Error::other(stopped) })
        })
    }

    fn walk(&self, search: &Search) -> Result<Listing, Error> {
        let mut walk =
            Walk { folder: &self.folder, listing: Listing::new(Collector::new(search)?), others: 0 };
        let index = self.start.join("catalog.json");
        if self.start.is_file() {
            walk.file(&self.start, true)?;
        } else if index.is_file() {
            walk.file(&index, true)?;
        } else {
            let mut files = Vec::new();
            self.json_files(&self.start, 0, &mut files)?;
            files.sort();
            for file in &files {
                walk.file(file, false)?;
            }
        }
        if walk.others > 0 {
            let note =
                format!("{} JSON files beside the items are no STAC items and were passed by", walk.others);
            walk.listing.warnings.push(note);
        }
        Ok(walk.listing)
    }

    fn json_files(&self, folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
        let read = |source| Error::Read { path: folder.to_owned(), source };
        let too_much = |what, limit| Error::TooMuch { place: folder.display().to_string(), what, limit };
        if depth > MAX_DEPTH {
            return Err(too_much("folders within folders", MAX_DEPTH as u64));
        }
        for entry in folder.read_dir().map_err(read)? {
            let entry = entry.map_err(read)?;
            let (kind, path) = (entry.file_type().map_err(read)?, entry.path());
            if kind.is_dir() {
                self.json_files(&path, depth + 1, files)?;
            } else if is_json(&path) {
                files.push(path);
            }
            if files.len() > MAX_FILES {
                return Err(too_much("JSON files", MAX_FILES as u64));
            }
        }
        Ok(())
    }
}

fn is_json(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "json" | "geojson")
}

/// One walk through the files.
struct Walk<'a> {
    folder: &'a Path,
    listing: Listing,
    /// JSON files that are something else.
    others: u32,
}

impl Walk<'_> {
    /// Reads one file. The file that the user named must be STAC and readable; of the others, what is not
    /// an item is passed by, and what cannot be read is skipped with its reason.
    fn file(&mut self, path: &Path, named: bool) -> Result<(), Error> {
        let text = match self.text(path) {
            Ok(text) => text,
            Err(source) if named => return Err(Error::Read { path: path.to_owned(), source }),
            Err(e) => {
                self.refuse(path, SkipReason::Unreadable(e.to_string()));
                return Ok(());
            }
        };
        let head: Head<'_> = match serde_json::from_str(&text) {
            Ok(head) => head,
            Err(e) if named => {
                return Err(Error::NotStac { place: path.display().to_string(), why: e.to_string() });
            }
            Err(e) => {
                self.refuse(path, SkipReason::Unreadable(format!("the text is not JSON ({e})")));
                return Ok(());
            }
        };
        match head {
            Head { kind: Some(kind), assets: Some(_), .. } if kind == "Feature" => {
                self.item(&text, path, path)
            }
            Head { kind: Some(kind), features: Some(features), .. } if kind == "FeatureCollection" => {
                for feature in features {
                    self.item(feature.get(), path, path);
                }
            }
            Head { kind: Some(kind), links: Some(_), .. }
                if named && matches!(kind.as_str(), "Catalog" | "Collection") =>
            {
                return self.tree(path);
            }
            _ if named => {
                let why = "neither an item, nor an ItemCollection, nor a catalog".to_owned();
                return Err(Error::NotStac { place: path.display().to_string(), why });
            }
            _ => self.others += 1,
        }
        Ok(())
    }

    /// Follows the child and item links of a static catalog, in the order they are written.
    fn tree(&mut self, root: &Path) -> Result<(), Error> {
        let mut open = vec![root.to_owned()];
        let mut seen: BTreeSet<PathBuf> = BTreeSet::from([root.to_owned()]);
        while let Some(path) = open.pop() {
            let text = match self.text(&path) {
                Ok(text) => text,
                Err(e) => {
                    self.refuse(&path, SkipReason::Unreadable(e.to_string()));
                    continue;
                }
            };
            let value: Value = match serde_json::from_str(&text) {
                Ok(value) => value,
                Err(e) => {
                    self.refuse(&path, SkipReason::Unreadable(format!("the text is not JSON ({e})")));
                    continue;
                }
            };
            if value.get("assets").is_some() && value.get("properties").is_some() {
                self.item(&text, &path, &path);
                continue;
            }
            let links = value.get("links").and_then(Value::as_array).cloned().unwrap_or_default();
            for link in links.iter().rev() {
                let part = |key| link.get(key).and_then(Value::as_str);
                let (Some("child" | "item"), Some(href)) = (part("rel"), part("href")) else { continue };
                match self.linked(&path, href) {
                    Ok(target) if seen.insert(target.clone()) => open.push(target),
                    Ok(_) => {}
                    Err(why) => self.refuse(Path::new(href), SkipReason::Unreadable(why.to_owned())),
                }
            }
            if seen.len() > MAX_FILES {
                let (place, limit) = (root.display().to_string(), MAX_FILES as u64);
                return Err(Error::TooMuch { place, what: "linked files", limit });
            }
        }
        Ok(())
    }

    fn linked(&self, from: &Path, href: &str) -> Result<PathBuf, &'static str> {
        if has_scheme(href) {
            return Err("a catalog on disk links to its items by relative paths");
        }
        let target = plain(&from.parent().unwrap_or(self.folder).join(href));
        if target.starts_with(self.folder) {
            Ok(target)
        } else {
            Err("the link leaves the folder of the catalog")
        }
    }

    fn item(&mut self, text: &str, file: &Path, name: &Path) {
        match Raw::read(text) {
            Ok(raw) => self.listing.collector.offer(raw, Origin::Local { file, folder: self.folder }),
            Err(reason) => self.refuse(name, reason),
        }
    }

    fn refuse(&mut self, path: &Path, reason: SkipReason) {
        let name = path.strip_prefix(self.folder).unwrap_or(path);
        self.listing.collector.refuse(&name.to_string_lossy(), reason);
    }

    /// The text of a file that, with all symbolic links followed, lies in the folder.
    fn text(&mut self, path: &Path) -> Result<String, std::io::Error> {
        let real = path.canonicalize()?;
        if !real.starts_with(self.folder) {
            return Err(std::io::Error::other("it leads out of the folder of the catalog"));
        }
        let mut text = String::new();
        let file = std::fs::File::open(&real)?;
        let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text)? as u64;
        if read > MAX_FILE_BYTES {
            return Err(std::io::Error::other(format!("it is larger than {} MB", MAX_FILE_BYTES >> 20)));
        }
        self.listing.bytes = self.listing.bytes.saturating_add(read);
        self.listing.pages = self.listing.pages.saturating_add(1);
        Ok(text)
    }
}
