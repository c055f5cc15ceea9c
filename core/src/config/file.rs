//! A value from a file, as containers get secrets: `SECRET_KEY_FILE=/run/secrets/key`.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

/// The largest file that is read, in bytes: the longest secret of AWS Secrets Manager.
const LARGEST: usize = 64 * 1024;

/// What is in the file, without the newline at its end. If it cannot be had, what the file does.
#[inline(never)]
pub(super) fn read(path: &OsStr) -> Result<String, String> {
    let mut bytes = vec![0; LARGEST + 1];
    let length = fill(path, &mut bytes);
    bytes.truncate(length.map_err(|error| format!("cannot be read: {error}"))?);
    if bytes.len() > LARGEST {
        return Err("is larger than 64 KiB".to_owned());
    }
    let mut text = String::from_utf8(bytes).map_err(|_| "is not valid UTF-8".to_owned())?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    match text.trim().is_empty() {
        true => Err("is blank".to_owned()),
        false => Ok(text),
    }
}

/// Reads until the end of the file, or of the room for it. One read may give less than there is, as of a pipe.
fn fill(path: &OsStr, room: &mut [u8]) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut length = 0;
    while length < room.len() {
        match file.read(&mut room[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
