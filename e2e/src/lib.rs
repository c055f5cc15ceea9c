//! What the end-to-end tests stand on: the image, containers started as Fargate starts them, a load balancer, load,
//! foreign clients, a registry, and AWS on this machine, with tasks that run and without. Everything that is started is
//! removed when its value is dropped.

pub mod aws;
pub mod balancer;
pub mod cargo_ecs;
pub mod container;
pub mod crowd;
pub mod docker;
pub mod emulator;
pub mod example;
pub mod front;
pub mod function;
pub mod image;
pub mod load;
pub mod local;
pub mod memory;
pub mod moto;
pub mod network;
pub mod registry;
pub mod sockets;
pub mod terraform;
mod venv;
