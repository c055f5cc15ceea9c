//! An image's contract: a file in a small layer, named by a label.

use dualrun::contract::Contract;
use flate2::read::GzDecoder;
use serde::Deserialize;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tar::Archive;

pub(super) use dualrun::contract::LABEL;

/// Bytes of a layer, as it is stored. A contract has a thousandth part of what a program has.
pub(super) const MAX_LAYER: u64 = 64 * 1024;
/// So many small layers are looked into.
pub(super) const MAX_LAYERS: usize = 32;
/// Bytes of a layer, unpacked.
const MAX_UNPACKED: u64 = 1024 * 1024;
/// How gzip begins (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How Zstandard begins (RFC 8878, section 3.1.1).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What a layer does to a file.
pub(super) enum InLayer {
    /// It is the contract, or something that is none.
    File(Result<Contract, String>),
    /// The layers below do not show theirs any more.
    Removed,
    /// Those below count.
    Nothing,
}

/// What the layer does to the contract at `path`.
pub(super) fn in_layer(layer: &[u8], path: &str) -> Result<InLayer, String> {
    if layer.starts_with(&ZSTD) {
        return Err(
            "its layers are compressed by zstd, which is not supported; build it with gzip".into(),
        );
    }
    let unpacked: Box<dyn Read + '_> = match layer.starts_with(&GZIP) {
        true => Box::new(GzDecoder::new(layer)),
        false => Box::new(layer),
    };
    // A byte more tells whether there is more.
    let mut unpacked = unpacked.take(MAX_UNPACKED + 1);
    let looked = look(&mut unpacked, path);
    if unpacked.limit() == 0 {
        let most = MAX_UNPACKED / 1024;
        return Err(format!("its layer has more than {most} KiB unpacked"));
    }
    looked.map_err(|error| format!("invalid layer: {error}"))
}

fn look(archive: impl Read, path: &str) -> io::Result<InLayer> {
    let wanted = relative(Path::new(path));
    let mut is_removed = false;
    for entry in Archive::new(archive).entries()? {
        let mut entry = entry?;
        let own = entry.path()?.into_owned();
        let own = relative(&own);
        let kind = entry.header().entry_type();
        if own == wanted {
            return Ok(InLayer::File(match kind.is_file() {
                true => {
                    let mut text = Vec::new();
                    entry.read_to_end(&mut text)?;
                    contract(&text, path)
                }
                false => Err("invalid layer: it has a link or a folder there".into()),
            }));
        }
        is_removed |= match removed_by(own) {
            Some(removed) => wanted.starts_with(removed),
            // In the place of a folder that it was in.
            None => wanted.starts_with(own) && !kind.is_dir(),
        };
    }
    Ok(match is_removed {
        true => InLayer::Removed,
        false => InLayer::Nothing,
    })
}

/// A path in an image, however its archive writes it.
fn relative(path: &Path) -> &Path {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.strip_prefix("/").unwrap_or(path)
}

/// What an entry removes of the layers below, if it is there for that (OCI, image specification, "Whiteouts").
fn removed_by(entry: &Path) -> Option<PathBuf> {
    let name = entry.file_name()?.to_str()?.strip_prefix(".wh.")?;
    let folder = entry.parent()?;
    Some(match name {
        // All that is in the folder.
        ".wh..opq" => folder.to_owned(),
        name => folder.join(name),
    })
}

fn contract(text: &[u8], path: &str) -> Result<Contract, String> {
    if let Ok(Form { contract: version }) = serde_json::from_slice(text)
        && version != Contract::VERSION
    {
        return Err(format!(
            "{path} has version {version} of a contract, and this tool knows {}; update cargo ecs",
            Contract::VERSION
        ));
    }
    serde_json::from_slice(text).map_err(|error| format!("invalid contract in {path}: {error}"))
}

/// The part that every version has.
#[derive(Deserialize)]
struct Form {
    contract: u32,
}
