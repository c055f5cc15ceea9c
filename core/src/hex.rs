//! Bytes as hexadecimal digits, and back.

/// The two digits of each byte.
pub(crate) const DIGITS: [[u8; 2]; 256] = {
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        let digits = b"0123456789abcdef";
        table[byte] = [digits[byte >> 4], digits[byte & 0xf]];
        byte += 1;
    }
    table
};

/// The bytes that these digits stand for; `None` if they are others, or more or fewer.
pub(crate) fn decode<const LENGTH: usize>(digits: &[u8]) -> Option<[u8; LENGTH]> {
    if digits.len() != 2 * LENGTH {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let value = |digit: u8| char::from(digit).to_digit(16);
        let (high, low) = (value(pair[0])?, value(pair[1])?);
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(bytes)
}
