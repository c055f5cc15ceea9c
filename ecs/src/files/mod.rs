//! The definitions in files, this repository's and other people's, as facts.
//!
//! | file | what it is about |
//! |---|---|
//! | `text`, `read`, `json`, `yaml`, `place` | from a path to values: what is wrong with a file, and where |
//! | `find`, `kind`, `definition` | which kind of file it is, and what a folder has |
//! | `examined` | from what was found to what the checks look at |
//! | `template`, `intrinsics`, `conditions`, `lists`, `subnets`, `values`, `passed_over`, `flaw` | templates with their parameters put in, and what CloudFormation refuses of them |
//! | `keys`, `spelling`, `faults` | misspelled keys, and what else is wrong, for the checks |
//! | `facts` | facts from a template that is known whole |
//! | `plan` | plans of Terraform, as templates |
//! | `outside`, `choice`, `way_in`, `fit`, `unseen` | facts from what other people have, and what is unknown of it |

mod beside;
mod choice;
mod conditions;
mod definition;
mod examined;
mod facts;
mod faults;
mod find;
mod fit;
mod flaw;
mod intrinsics;
mod json;
mod keys;
mod kind;
mod lists;
mod outside;
mod passed_over;
mod place;
mod plan;
mod read;
mod spelling;
mod subnets;
mod template;
mod text;
mod unseen;
mod values;
mod way_in;
mod yaml;

pub use self::definition::{DefinitionFile, definition_file};
pub use self::examined::{Wanted, facts};
pub use self::facts::{FilesError, definition_json, facts_of};
pub use self::find::{FindError, Found, find, find_both, find_plan};
pub use self::plan::{Plan, PlanError};
pub use self::read::{FileError, template_text};
pub use self::template::{Template, TemplateError};
pub(crate) use self::text::{NoText, text};
