//! A snapshot of environment variables: the only place that reads the process's own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// Environment variables as the kernel has them: names and values need not be UTF-8.
#[derive(Clone, Default)]
pub(crate) struct Variables(BTreeMap<OsString, OsString>);

impl Variables {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place where configuration is read"
    )]
    pub(crate) fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.0.keys().map(OsString::as_os_str)
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let pairs = iter.into_iter().map(|(k, v)| (k.into(), v.into()));
        Self(pairs.collect())
    }
}
