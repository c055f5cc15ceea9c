//! What a program needs to start, and where it then listens: printed by the program, put into its image, read by tools.
//!
//! `PROGRAM contract` prints a [`Contract`] as JSON, if it is one for containers. It is made by the code that loads the configuration, so it is true of
//! that program. The Dockerfile writes it into a file of the image and names that file in the label [`LABEL`], so that
//! `cargo ecs doctor` reads it from the registry and tells what a task definition lacks before anything is deployed.

mod kind;
mod needs;

pub use self::kind::Kind;

use crate::config::{ConfigError, Layout};
use crate::options::{Options, PREFIX, VARIABLES};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The label of an image whose value is the path of the contract in that image.
pub const LABEL: &str = "dualrun.contract";

/// What a program needs, and where it listens.
///
/// Fields that a later version adds are ignored by an earlier one.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Contract {
    /// The version of this form. It changes when a field goes or changes its meaning.
    pub contract: u32,
    /// The version of dualrun that the program is built with.
    pub dualrun: String,
    /// The port that it listens on, unless `DUALRUN_ADDR` says otherwise.
    pub port: u16,
    /// The path that health checks ask, unless `DUALRUN_HEALTH_PATH` says otherwise.
    pub health_path: String,
    /// The variables of the service's configuration.
    pub variables: Vec<Variable>,
    /// The options of the runtime. The program does not start with another variable of their prefix.
    pub options: Vec<Variable>,
}

/// A variable that the program reads.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Variable {
    /// The variable's whole name.
    pub name: String,
    /// Whether the program starts without it. Nothing, where that cannot be told from the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The others of its optional group, if this one is required as soon as one of them is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_with: Vec<String>,
    /// Other names of the same field, one of which will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Variables that name a file with the value instead, one of which will do: those of a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The value that stands for it when it is not set, if that is a text that is known: an option's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What its value must be.
    #[serde(default, skip_serializing_if = "Kind::is_text")]
    pub kind: Kind,
    /// The same in words, if the type tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expects: Option<String>,
}

impl Contract {
    /// The version of the form that is written here.
    pub const VERSION: u32 = 1;

    /// Of a program whose service has the configuration `T`. Nothing is read from the environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], if `T` cannot be loaded from variables at all.
    ///
    /// ```
    /// use dualrun::contract::Contract;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Config { greeting: String, retries: Option<u8> }
    ///
    /// let contract = Contract::of::<Config>()?;
    /// assert_eq!(contract.port, 8000);
    /// let required = contract.variables.iter().filter(|it| it.required == Some(true));
    /// assert_eq!(required.map(|it| it.name.as_str()).collect::<Vec<_>>(), ["GREETING"]);
    /// # Ok::<(), dualrun::config::ConfigError>(())
    /// ```
    pub fn of<T: DeserializeOwned>() -> Result<Self, ConfigError> {
        let defaults = Options::default();
        let layout = Layout::of::<Options>(PREFIX)?;
        let mut options = Vec::new();
        for row in VARIABLES {
            let kind = match layout.position(row.name) {
                // The others are refused at start.
                _ if row.name == "DUALRUN_METRICS" && cfg!(not(feature = "metrics")) => {
                    Kind::choice(&["off"])
                }
                Some(index) => needs::kind(&layout, index).0,
                None => Kind::Text,
            };
            options.push(Variable {
                name: row.name.to_owned(),
                required: Some(false),
                required_with: Vec::new(),
                aliases: Vec::new(),
                files: Vec::new(),
                default: Some(row.default.to_owned()),
                kind,
                expects: None,
            });
        }
        Ok(Self {
            contract: Self::VERSION,
            dualrun: crate::VERSION.to_owned(),
            port: defaults.addr.port(),
            health_path: defaults.health_path.to_string(),
            options,
            variables: needs::needs(&Layout::of::<T>("")?),
        })
    }
}
