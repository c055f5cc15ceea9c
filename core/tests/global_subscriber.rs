//! A log where the program has set a subscriber before. A process of its own, since it can be set once in each.

#[path = "it/support/levels.rs"]
mod levels;

use dualrun::log::{self, Delivery};
use dualrun::options::LogFormat;
use levels::Levels;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::prelude::*;

#[test]
fn where_a_subscriber_is_set_it_stays_and_the_log_is_refused() {
    let first = Levels::default();
    let subscriber = tracing_subscriber::registry().with(first.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let refused = log::try_init(LogFormat::Json, LevelFilter::INFO, Delivery::Batched);
    let error = refused.unwrap_err().to_string();
    assert!(
        error.contains("already set") && error.contains("in `main`, before `run`"),
        "{error}"
    );
    tracing::info!("for the first");
    assert_eq!(first.take(), ["INFO"]);
}
