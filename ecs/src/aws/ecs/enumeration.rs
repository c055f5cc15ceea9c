//! Enumerations of an API that grows: a value that is newer than this tool is kept as it is, and is none of the others.

/// An enumeration with its values as the API spells them, and `Unknown` for all others.
macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident, $shape:literal { $($(#[$about:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize)]
        #[serde(from = "String")]
        pub enum $name {
            $($(#[$about])* $variant,)+
            /// A value that this tool does not know.
            Unknown(String),
        }

        impl $name {
            /// The API's name for the enumeration, and its values.
            pub(super) const VALUES: (&'static str, &'static [&'static str]) = ($shape, &[$($text),+]);

            /// As the API spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(super) use enumeration;

/// Each enumeration by the name that the API's model gives it, with the values that are known here.
pub fn enumerations() -> Vec<(&'static str, &'static [&'static str])> {
    use super::{configuration, deployment, service, task};
    vec![
        configuration::Strategy::VALUES,
        deployment::HookAction::VALUES,
        deployment::HookStatus::VALUES,
        deployment::HookTarget::VALUES,
        deployment::MonitorStatus::VALUES,
        deployment::ServiceDeploymentStatus::VALUES,
        deployment::Stage::VALUES,
        service::Controller::VALUES,
        service::ResourceManagement::VALUES,
        service::RolloutState::VALUES,
        service::ServiceStatus::VALUES,
        task::StopCode::VALUES,
    ]
}

#[cfg(test)]
mod tests {
    use crate::aws::ecs::Strategy;

    #[test]
    fn a_value_that_is_newer_than_the_tool_is_kept_as_it_is() {
        let read = |text: &str| serde_json::from_str::<Strategy>(text).unwrap();
        assert_eq!(read("\"CANARY\""), Strategy::Canary);
        let newer = read("\"RAINBOW\"");
        assert_eq!(newer, Strategy::Unknown("RAINBOW".into()));
        assert_eq!(newer.to_string(), "RAINBOW");
    }
}
