//! The example events, for `cargo lambda invoke`.

use crate::support::COMPLETE;
use dualrun::app::AppConfig;
use dualrun::config;
use dualrun::testing::call_lambda;
use serde_json::Value;
use std::fs;

#[tokio::test]
async fn each_example_is_a_health_check_that_passes() {
    let config: AppConfig = config::load_from(COMPLETE).unwrap();
    let service = dualrun::app::app(config);
    let mut count = 0;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/events")).unwrap() {
        let path = entry.unwrap().path();
        let event: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let answer = call_lambda(service.clone(), &event).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{}", path.display());
        assert_eq!(answer["body"], r#"{"status":"ok"}"#, "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 5, "one of each kind");
}
