//! A service of one's own, from its folder to an answered request: what `cargo ecs new` and `cargo ecs init` promise.
//!
//! | file | what it is |
//! |---|---|
//! | `new` | a service that the tool makes |
//! | `init` | one that is there already, and not ours |
//! | `account` | an account with a service, a registry, and a load balancer |
//! | `folder` | the new service's folder, and commands in it |
//! | `steps` | what each step takes, for docs/new.md |
//!
//! What a stack has around the service is made by AWS's APIs; `tests/try_it` makes the stack.

mod account;
mod folder;
mod init;
mod new;
mod steps;
