//! What the end-to-end tests stand on: the image, containers started as Fargate starts them, a load
//! balancer, and load. Everything that is started is removed when its value is dropped.

pub mod balancer;
pub mod container;
pub mod docker;
pub mod image;
pub mod load;
pub mod network;
