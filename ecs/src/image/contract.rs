//! An image's contract: a file in a small layer, named by a label.

use dualrun::contract::Contract;
use flate2::read::GzDecoder;
use serde::Deserialize;
use std::io::{self, Read};
use std::path::Path;
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

/// The contract at `path`, if the layer has such a file.
pub(super) fn in_layer(layer: &[u8], path: &str) -> Result<Option<Contract>, String> {
    if layer.starts_with(&ZSTD) {
        return Err(
            "its layers are compressed by zstd, which is not supported; build it with gzip".into(),
        );
    }
    let unpacked: Box<dyn Read + '_> = match layer.starts_with(&GZIP) {
        true => Box::new(GzDecoder::new(layer)),
        false => Box::new(layer),
    };
    let text = file(unpacked.take(MAX_UNPACKED), path)
        .map_err(|error| format!("invalid layer: {error}"))?;
    if let Some(Ok(Form { contract: version })) = text.as_deref().map(serde_json::from_str)
        && version != Contract::VERSION
    {
        return Err(format!(
            "{path} has version {version} of a contract, and this tool knows {}; update cargo ecs",
            Contract::VERSION
        ));
    }
    let contract = text.map(|text| serde_json::from_str::<Contract>(&text));
    let contract = contract
        .transpose()
        .map_err(|error| format!("invalid contract in {path}: {error}"))?;
    Ok(contract)
}

/// The part that every version has.
#[derive(Deserialize)]
struct Form {
    contract: u32,
}

fn file(archive: impl Read, path: &str) -> io::Result<Option<String>> {
    let wanted = Path::new(path.trim_start_matches('/'));
    for entry in Archive::new(archive).entries()? {
        let mut entry = entry?;
        let is_wanted = {
            let path = entry.path()?;
            let path = path.strip_prefix(".").unwrap_or(&path);
            path.strip_prefix("/").unwrap_or(path) == wanted
        };
        if is_wanted && !entry.header().entry_type().is_file() {
            return Err(io::Error::other("it has a link or a folder there"));
        }
        if is_wanted {
            return io::read_to_string(&mut entry).map(Some);
        }
    }
    Ok(None)
}
