//! The configuration of the example service, complete.

pub(crate) const COMPLETE: [(&str, &str); 3] = [
    ("APP_NAME", "shop"),
    ("ENVIRONMENT", "test"),
    ("SECRET_KEY", "hunter2"),
];
