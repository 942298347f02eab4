//! Where a plot's files lie: an id made safe as a folder name.

use crate::record::sha256_hex;

/// Most characters of an id that are kept in a changed name.
const KEPT_CHARS: usize = 60;
/// Hex digits of the hash that keeps changed names apart.
const HASH_DIGITS: usize = 12;
/// Names that Windows keeps for devices, whatever follows the first dot.
const RESERVED: [&str; 8] = ["con", "prn", "aux", "nul", "com", "lpt", "conin$", "conout$"];

/// The folder of a plot under `plots/`.
///
/// An id of at most 60 letters, digits, `-`, `_` and inner dots is its own folder. Any other id keeps
/// its harmless characters, `_` for the rest, and gets `-` and the first 12 hex digits of its SHA-256,
/// so two ids never share a folder and none leaves `plots/`. A plain id that looks like such a name is
/// changed as well, so nobody can choose an id that lands on another plot's folder.
pub fn plot_folder(id: &str) -> String {
    if is_plain(id) {
        return id.to_owned();
    }
    let kept: String =
        id.chars().take(KEPT_CHARS).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{kept}-{}", &sha256_hex(id.as_bytes())[..HASH_DIGITS])
}

fn is_plain(id: &str) -> bool {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let stem = id.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let device = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    !id.is_empty()
        && id.len() <= KEPT_CHARS
        && id.chars().all(harmless)
        && !id.starts_with(['.', '-'])
        && !id.ends_with('.')
        && !RESERVED.contains(&device)
        && !looks_changed(id)
}

fn looks_changed(id: &str) -> bool {
    id.rsplit_once('-').is_some_and(|(_, tail)| {
        tail.len() == HASH_DIGITS && tail.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_are_their_own_folder_and_others_cannot_leave_or_collide() {
        for plain in ["KIT-0417", "7", "a.b_c"] {
            assert_eq!(plot_folder(plain), plain);
        }
        let hostile =
            ["..", ".", "../x", "a/b", "a\\b", "<script>", "CON", "com1.txt", "x.", ".x", "-rf", "地块 12"];
        for id in hostile {
            let folder = plot_folder(id);
            assert!(looks_changed(&folder), "{id} -> {folder}");
            assert!(
                folder.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
                "{id} -> {folder}"
            );
            assert!(!folder.starts_with('-'), "{id} -> {folder}");
        }
        // The name made for a hostile id cannot be claimed by a plain one.
        let made = plot_folder("a/b");
        assert_ne!(plot_folder(&made), made);
        assert_ne!(plot_folder("a/b"), plot_folder("a\\b"));
    }
}
