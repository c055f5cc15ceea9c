//! Images with a contract in one of their layers, and with what may be in its place.

use dualrun::app::AppConfig;
use dualrun::contract::Contract;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

/// The layers of each image, from the first to the last: their names, and the sizes that the manifest gives.
fn layers(image: &str) -> &'static [(&'static str, u64)] {
    match image {
        "gzip" => &[("program", 1_300_000), ("gzip", 700), ("other", 200)],
        "plain" => &[("plain", 4_000)],
        "huge" => &[("gzip", 1_000_000)],
        "lying" => &[("endless", 700)],
        "bomb" => &[("bomb", 60_000)],
        "zstd" => &[("zstd", 700)],
        "damaged" => &[("damaged", 700)],
        "garbage" => &[("garbage", 700)],
        "newer" => &[("newer", 700)],
        "removed" => &[("gzip", 700), ("removed", 100), ("other", 200)],
        "emptied" => &[("gzip", 700), ("emptied", 100)],
        "covered" => &[("folded", 700), ("covered", 100)],
        "again" => &[("gzip", 700), ("removed", 100), ("again", 700)],
        "moved" => &[("gzip", 700), ("elsewhere", 100)],
        "overwritten" => &[("gzip", 700), ("garbage", 700)],
        "replaced" => &[("newer", 700), ("gzip", 700)],
        "folded" => &[("folded", 700)],
        "over-another" => &[("gzip", 700), ("zstd", 700)],
        "over-a-removed" => &[("gzip", 700), ("removed", 100), ("damaged", 700)],
        "long" => &[("gzip", 700), ("long", 2_000)],
        _ => &[],
    }
}

pub(super) fn manifest(image: &str) -> Value {
    let layers = layers(image).iter();
    let layers =
        layers.map(|(name, size)| json!({ "digest": format!("layer-{name}"), "size": size }));
    let layers: Vec<Value> = layers.collect();
    let configuration = match image {
        "covered" | "folded" => "in-folder",
        "unlabelled" => "without-label",
        _ => "with-contract",
    };
    json!({ "config": { "digest": configuration }, "layers": layers })
}

pub(super) fn configuration(path: &str) -> Value {
    json!({ "os": "linux", "architecture": "amd64", "config": {
        "Entrypoint": ["/bin-fargate"],
        "Env": ["PATH=/bin", "APP_NAME=a=b"],
        "Labels": { "dualrun.contract": path },
    }})
}

/// A layer's bytes.
pub(super) fn blob(name: &str) -> Vec<u8> {
    let contract = Contract::of::<AppConfig>().unwrap();
    let mut newer = serde_json::to_value(&contract).unwrap();
    newer["contract"] = 2.into();
    let text = serde_json::to_string(&contract).unwrap();
    match name {
        "gzip" => gzip(&archive("contract.json", &text)),
        "plain" => archive("./contract.json", &text),
        "folded" => gzip(&archive("app/contract.json", &text)),
        "removed" => gzip(&archive(".wh.contract.json", "")),
        "emptied" => gzip(&archive("./.wh..wh..opq", "")),
        "covered" => gzip(&archive("app", "a file in the place of the folder")),
        "elsewhere" => gzip(&archive("etc/.wh.contract.json", "")),
        // What a layer takes away is of those below, whatever it brings itself.
        "again" => gzip(&archive_of(&[
            (".wh.contract.json", ""),
            ("contract.json", &text),
        ])),
        "other" => gzip(&archive("etc/hosts", "127.0.0.1 localhost")),
        "newer" => gzip(&archive("contract.json", &newer.to_string())),
        "garbage" => gzip(&archive("contract.json", "{\"contract\": 1}")),
        "damaged" => gzip(&archive("contract.json", &text))[..100].to_vec(),
        "zstd" => vec![0x28, 0xb5, 0x2f, 0xfd, 0],
        "endless" => vec![0; 1 << 20],
        // The file begins where a mebibyte ends.
        "long" => {
            let padding = "x".repeat((1 << 20) - 512);
            gzip(&archive_of(&[
                ("padding", &padding),
                ("contract.json", &text),
            ]))
        }
        "bomb" => gzip(&archive("contract.json", &" ".repeat(16 << 20))),
        name => panic!("{name} is asked for"),
    }
}

fn archive(path: &str, text: &str) -> Vec<u8> {
    archive_of(&[(path, text)])
}

fn archive_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, path, text.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
