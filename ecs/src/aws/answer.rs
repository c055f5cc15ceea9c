//! What an API answers with: an error's code and message, and whether it is AWS that answers at all.

use super::xml;
use serde_json::Value;

/// If it is what such an API answers with, and not the page of a proxy in between, which may be XML too.
pub(super) fn check_answer(text: &str) -> Result<(), String> {
    let why = match roxmltree::Document::parse(text) {
        Ok(document) => {
            let root = document.root_element().tag_name().name();
            if root.ends_with("Response") {
                return Ok(());
            }
            format!("it is a document of {root:?}")
        }
        Err(error) => error.to_string(),
    };
    Err(page(text).unwrap_or(why))
}

/// What a web page in the place of an answer is, in words; none of anything else.
pub(super) fn page(text: &str) -> Option<String> {
    let begin = text.trim_start().get(..200).unwrap_or(text.trim_start());
    let begin = begin.to_lowercase();
    let is_page = ["<!doctype html", "<html"]
        .iter()
        .any(|it| begin.contains(it));
    let title = || {
        // What is lowered may be of another length, so both ends are looked for in both spellings.
        let start = ["<title>", "<TITLE>"]
            .iter()
            .find_map(|it| Some(text.find(it)? + it.len()))?;
        let end = ["</title>", "</TITLE>"]
            .iter()
            .find_map(|it| text[start..].find(it))?;
        let title = text[start..start + end].split_whitespace();
        let title = title.collect::<Vec<_>>().join(" ");
        Some(title.chars().take(80).collect::<String>()).filter(|title| !title.is_empty())
    };
    is_page.then(|| {
        let title = title().map_or(String::new(), |title| format!(" ({title})"));
        format!(
            "a web page{title}, as a proxy or a login sends it, and not AWS's answer; check HTTPS_PROXY and the endpoint"
        )
    })
}

/// Code and message of an error in JSON.
pub(super) fn refusal_in_json(text: &str) -> Option<(String, String)> {
    let body: Value = serde_json::from_str(text).ok()?;
    let code = body["__type"].as_str()?.rsplit('#').next()?.to_owned();
    let message = body["message"].as_str().or(body["Message"].as_str());
    Some((code, message.unwrap_or_default().to_owned()))
}

/// The same in XML.
pub(super) fn refusal_in_xml(text: &str) -> Option<(String, String)> {
    let document = roxmltree::Document::parse(text).ok()?;
    let error = document
        .descendants()
        .find(|node| node.tag_name().name() == "Error")?;
    let message = xml::text(error, "Message").unwrap_or_default();
    Some((xml::text(error, "Code")?, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_proxy_is_no_answer_with_nothing_in_it() {
        assert_eq!(check_answer("<DescribeSubnetsResponse/>"), Ok(()));
        for page in [
            "<html><body>Please log in</body></html>",
            "<!doctype html><p>Bad gateway",
            "<DescribeSubnetsResponse><subnetSet>",
            "",
        ] {
            assert!(check_answer(page).is_err(), "{page}");
        }
    }

    #[test]
    fn a_page_is_named_with_its_title() {
        let page = page("<!DOCTYPE html>\n<html><head><title>\nPlease\n log in</title>").unwrap();
        assert!(page.starts_with("a web page (Please log in), "), "{page}");
        assert_eq!(super::page("<DescribeSubnetsResponse/>"), None);
        assert_eq!(super::page("{}"), None);
    }
}
