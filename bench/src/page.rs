//! Pages with parts that programs write.

/// `page` with what is between the two markers of this name replaced.
///
/// # Errors
///
/// If the page has no such place.
pub fn replace(page: &str, name: &str, by: &str) -> Result<String, String> {
    let begin = format!("<!-- {name}: written by a program -->\n");
    let end = format!("<!-- end of {name} -->");
    let parts = page.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some(format!("{before}{begin}\n{by}\n{end}{after}"))
    });
    parts.ok_or_else(|| format!("the page has no place for {name}"))
}
