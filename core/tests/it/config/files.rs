//! A secret may come from a file that another variable names.

use super::report;
use dualrun::config::{Secret, load_from};
use serde::Deserialize;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use tempfile::TempDir;

#[derive(Deserialize, Debug)]
struct Config {
    api_key: Secret<String>,
    pin: Option<Secret<u16>>,
    hosts: Option<Secret<Vec<String>>>,
    name: Option<String>,
    database: Option<Database>,
}

#[derive(Deserialize, Debug)]
struct Database {
    password: Secret<String>,
}

/// A file with this in it.
fn file(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hunter2");
    fs::write(&path, content).unwrap();
    (folder, path)
}

#[track_caller]
fn check_bad(name: &str, content: impl AsRef<[u8]>, said: &str) {
    let (_folder, path) = file(content);
    let variables = [
        (name, path.as_os_str()),
        ("API_KEY", "k".as_ref()),
        ("DATABASE_PASSWORD", "k".as_ref()),
    ];
    let own = name.trim_end_matches("_FILE");
    let variables = variables.into_iter().filter(|(other, _)| *other != own);
    let error = load_from::<Config, _, _>(variables).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{name} names a file that {said}")
    );
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn a_secret_is_read_from_the_file_without_one_newline_at_its_end() {
    for (content, value) in [
        ("key", "key"),
        ("key\n", "key"),
        ("key\r\n", "key"),
        ("key\n\n", "key\n"),
        (" key \n", " key "),
    ] {
        let (_folder, path) = file(content);
        let config: Config = load_from([("API_KEY_FILE", &path)]).unwrap();
        assert_eq!(config.api_key.expose(), value, "{content:?}");
    }
}

#[test]
fn secrets_of_other_types_and_in_groups_come_from_files_too() {
    let (_pin, pin) = file("1234\n");
    let (_hosts, hosts) = file("a, b\n");
    let (_password, password) = file("p\n");
    let config: Config = load_from([
        ("API_KEY_FILE", &pin),
        ("PIN_FILE", &pin),
        ("HOSTS_FILE", &hosts),
        ("DATABASE_PASSWORD_FILE", &password),
    ])
    .unwrap();
    assert_eq!(config.pin.unwrap().expose(), &1234);
    assert_eq!(config.hosts.unwrap().expose(), &["a", "b"]);
    assert_eq!(config.database.unwrap().password.expose(), "p");
}

#[test]
fn a_file_that_gives_no_value_is_told_without_its_path_or_content() {
    check_bad("API_KEY_FILE", "", "is blank");
    check_bad("API_KEY_FILE", " \n", "is blank");
    check_bad("API_KEY_FILE", b"hunter2\xff", "is not valid UTF-8");
    check_bad(
        "API_KEY_FILE",
        "x".repeat(65 * 1024),
        "is larger than 64 KiB",
    );
    check_bad(
        "PIN_FILE",
        "hunter2",
        "does not hold a whole number from 0 to 65535",
    );
    check_bad(
        "HOSTS_FILE",
        "hunter2,,b",
        "has nothing as item 2 of its list",
    );
    check_bad("DATABASE_PASSWORD_FILE", "\n", "is blank");
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("hunter2").into_os_string();
    let in_no_folder = OsString::from_vec(b"/dev/null/\xff".to_vec());
    for (path, reason) in [
        (missing, "No such file or directory (os error 2)"),
        (folder.path().into(), "Is a directory (os error 21)"),
        (in_no_folder, "Not a directory (os error 20)"),
    ] {
        let error = load_from::<Config, _, _>([("API_KEY_FILE", path)]).unwrap_err();
        let said = format!("API_KEY_FILE names a file that cannot be read: {reason}");
        assert_eq!(error.to_string(), said);
    }
    let endless = load_from::<Config, _, _>([("API_KEY_FILE", "/dev/zero")]).unwrap_err();
    assert!(endless.to_string().contains("is larger than 64 KiB"));
}

#[test]
fn the_largest_file_is_read_whole() {
    let (_folder, path) = file("x".repeat(64 * 1024));
    let config: Config = load_from([("API_KEY_FILE", path)]).unwrap();
    assert_eq!(config.api_key.expose().len(), 64 * 1024);
}

#[test]
fn a_blank_name_of_a_file_and_one_beside_the_value_are_problems() {
    assert_eq!(
        report::<Config>(&[("API_KEY_FILE", " ")]),
        "API_KEY_FILE is blank: give it a value, or unset it"
    );
    let both = [("API_KEY", "hunter2"), ("API_KEY_FILE", "/hunter2")];
    assert_eq!(
        report::<Config>(&both),
        "API_KEY and API_KEY_FILE are both set: unset one of them"
    );
    assert_eq!(
        report::<Config>(&[]),
        "Missing required environment variables: API_KEY"
    );
}

#[test]
fn only_secrets_come_from_files() {
    let config: Config = load_from([("API_KEY", "k"), ("NAME_FILE", "/no/file")]).unwrap();
    assert_eq!(config.name, None);
}

#[test]
fn a_field_with_the_name_of_the_file_keeps_it() {
    #[derive(Deserialize)]
    struct Own {
        key: Secret<String>,
        key_file: String,
    }
    let own: Own = load_from([("KEY", "k"), ("KEY_FILE", "/no/file")]).unwrap();
    assert_eq!(
        (own.key.expose().as_str(), own.key_file.as_str()),
        ("k", "/no/file")
    );
}
