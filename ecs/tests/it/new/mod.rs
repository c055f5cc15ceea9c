//! `cargo ecs new`: what it makes for each choice (`files`), and the command as it is called (`command`).

mod command;
mod files;
