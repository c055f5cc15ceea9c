//! The definitions in files, this repository's and other people's, as facts.
//!
//! | file | what it is about |
//! |---|---|
//! | `read`, `yaml`, `find` | from a path to values: which kind of file it is, and what is wrong with it |
//! | `examined` | from what was found to what the checks look at |
//! | `template`, `intrinsics`, `lists`, `subnets` | templates with their parameters put in |
//! | `facts` | facts from a template that is known whole |
//! | `outside`, `choice`, `way_in`, `fit`, `unseen` | facts from what other people have, and what is unknown of it |

mod choice;
mod examined;
mod facts;
mod find;
mod fit;
mod intrinsics;
mod lists;
mod outside;
mod read;
mod subnets;
mod template;
mod unseen;
mod way_in;
mod yaml;

pub use self::examined::{Wanted, facts};
pub use self::facts::{FilesError, definition_json, facts_of, task_definition};
pub use self::find::{FindError, Found, definition_file, find, find_both};
pub use self::outside::{look, of_definition_alone};
pub use self::read::FileError;
pub use self::template::{Template, TemplateError};
