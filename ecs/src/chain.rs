//! An error with its causes, in one line.

use std::error::Error;

/// The texts of `error` and all that it comes from, each once: errors of others may have their cause's text in their own.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text += &format!(": {cause}");
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Of(&'static str, #[source] Option<Box<Of>>);

    #[test]
    fn what_was_said_is_not_said_again() {
        let of = |text, cause| Some(Box::new(Of(text, cause)));
        let refused = || of("connection refused", None);
        for (error, said) in [
            (of("no answer", refused()), "no answer: connection refused"),
            (
                of("no answer: connection refused", refused()),
                "no answer: connection refused",
            ),
            (
                of("no login", of("cannot load", of("cannot load", refused()))),
                "no login: cannot load: connection refused",
            ),
            (of("no answer", of("", None)), "no answer"),
        ] {
            assert_eq!(chain(&error.unwrap()), said);
        }
    }
}
