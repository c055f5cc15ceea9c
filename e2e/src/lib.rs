//! What the end-to-end tests stand on: the image, containers started as Fargate starts them, a load
//! balancer, load, foreign clients, and an AWS on this machine. Everything that is started is removed when its value is dropped.

pub mod balancer;
pub mod container;
pub mod crowd;
pub mod docker;
pub mod example;
pub mod image;
pub mod load;
pub mod memory;
pub mod moto;
pub mod network;
pub mod sockets;
mod venv;
