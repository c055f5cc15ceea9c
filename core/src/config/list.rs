//! Lists, as one variable holds them: `a, b`.

/// The items without the white space around them, as envy takes them. If one is empty, its number from 1.
#[inline(never)]
pub(super) fn trimmed(text: &str) -> Result<String, usize> {
    let mut items = String::new();
    for (index, item) in text.split(',').enumerate() {
        let item = item.trim();
        if item.is_empty() {
            return Err(index + 1);
        }
        if index > 0 {
            items.push(',');
        }
        items.push_str(item);
    }
    Ok(items)
}
