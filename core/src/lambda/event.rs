//! The JSON that Lambda hands over, as it stands.
//!
//! Nothing is required, and `null` is the same as nothing: what a gateway leaves out differs by kind and by
//! year. Objects keep the order of their members, and members of the same name.

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// An event of any of the kinds that carry a request, or of none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Event<'a> {
    pub(super) http_method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) raw_path: Option<String>,
    pub(super) raw_query_string: Option<String>,
    pub(super) headers: Option<Members<String>>,
    pub(super) multi_value_headers: Option<Members<Vec<String>>>,
    pub(super) query_string_parameters: Option<Members<String>>,
    pub(super) multi_value_query_string_parameters: Option<Members<Vec<String>>>,
    pub(super) cookies: Option<Vec<String>>,
    #[serde(borrow)]
    pub(super) body: Option<std::borrow::Cow<'a, str>>,
    pub(super) is_base64_encoded: Option<bool>,
    pub(super) request_context: Option<RequestContext>,
}

/// What the gateway says of the request beside its content.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RequestContext {
    pub(super) stage: Option<String>,
    pub(super) domain_name: Option<String>,
    pub(super) elb: Option<IgnoredAny>,
    pub(super) http: Option<Http>,
    pub(super) identity: Option<Source>,
}

/// The request line and the client, of an HTTP API or a function URL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Http {
    pub(super) method: Option<String>,
    pub(super) source_ip: Option<String>,
}

/// The client, of a REST API.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Source {
    pub(super) source_ip: Option<String>,
}

/// The members of an object, in their order. One whose value is `null` is left out.
#[derive(Debug)]
pub(super) struct Members<T>(pub(super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<T>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Option<T>>()? {
                    members.extend(value.map(|value| (name, value)));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder(PhantomData))
    }
}
