//! The tests of the tool, in one program: it is linked once.
//!
//! | module | what it tests |
//! |---|---|
//! | `cli` | the command as it is called |
//! | `deploy` | deployments, rollbacks and one-off tasks, with time in the tests' hands |
//! | `doctor` | the checks on facts |
//! | `drill`, `stack` | the drill, and stacks |
//! | `foreign` | the doctor on files of other people |
//! | `init` | what is added to repositories of other services |
//! | `new` | what is made for a new service |
//! | `registry` | what registries say |
//! | `release` | the scripts that make a release and install it |
//! | `errors` | every error of the tool: what it says of its cause |
//! | `patience` | what AWS may do before a call is given up |
//! | `definitions` | the files in this repository |
//! | `parameters` | what `stack.yaml` takes of a service by its parameters, alone and together, and what `docs/stack.md` says of them |
//! | `roles` | the roles of a workflow: what they may do, and to nobody else's stack |
//! | `strategies` | the strategies of `stack.yaml`, and what `docs/strategies.md` says of them |
//! | `try_it` | `cargo ecs try` where something is missing, and where the environment is about an account |
//! | `watching` | the alarms, the dashboard, the metrics and the collector of `stack.yaml` |
//! | `schemas`, `enumerations` | what is committed beside the code, held to it |
//! | `terraform` | the modules of Terraform against the templates |
//! | `support` | what plays AWS and registries |

mod cli;
mod definitions;
mod deploy;
mod doctor;
mod drill;
mod enumerations;
mod errors;
mod foreign;
mod init;
mod new;
mod parameters;
mod patience;
mod registry;
mod release;
mod roles;
mod schemas;
mod stack;
mod strategies;
mod support;
mod terraform;
mod try_it;
mod watching;
