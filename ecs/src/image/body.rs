//! Bodies of responses, up to a bound.

use reqwest::Response;

/// Why there is no body.
pub(super) enum Unread {
    /// The connection failed.
    Request(reqwest::Error),
    /// It goes on beyond the bound.
    TooLarge,
}

/// The whole body, if it has at most so many bytes, whatever length the response or a manifest gives.
pub(super) async fn read(mut response: Response, most: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Request)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > most {
            return Err(Unread::TooLarge);
        }
    }
    Ok(bytes)
}
