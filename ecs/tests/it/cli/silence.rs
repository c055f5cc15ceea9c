//! Who accepts connections and never answers: a call to it is over in its time.

use super::{command, run_with, stderr};
use crate::support::served::Served;
use dualrun::{Body, BoxError};
use http::{Request, Response};
use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tower::service_fn;

pub(crate) async fn silent() -> Served {
    let never = service_fn(|_: Request<Body>| async {
        std::future::pending::<()>().await;
        Ok::<_, BoxError>(Response::new(Body::empty()))
    });
    Served::start(|_: SocketAddr| never).await
}

#[tokio::test]
async fn of_aws_it_is_an_error_that_names_the_option() {
    let served = silent().await;
    let variables = [
        ("AWS_ENDPOINT_URL", format!("http://{}", served.addr)),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "testing".into()),
        ("AWS_SECRET_ACCESS_KEY", "testing".into()),
    ];
    let start = Instant::now();
    // In both places where such an option may stand.
    for arguments in [
        ["--api-timeout", "1", "status", "--service", "shop"],
        ["status", "--service", "shop", "--api-timeout", "1"],
    ] {
        let output = run_with(variables.clone(), command(&arguments)).await;
        assert_eq!(output.status.code(), Some(1));
        let told = stderr(&output);
        assert!(told.contains("timed out; --api-timeout is 1 s"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn of_who_gives_credentials_it_is_one_too() {
    let served = silent().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let profile = "[default]\nrole_arn = arn:aws:iam::111122223333:role/deploy\nsource_profile = own\n\
        [profile own]\naws_access_key_id = testing\naws_secret_access_key = testing\n";
    fs::write(&config, profile).unwrap();
    let variables = [
        ("AWS_ENDPOINT_URL", format!("http://{}", served.addr)),
        ("AWS_REGION", "us-east-1".into()),
    ];
    let mut status = command(&["status", "--service", "shop", "--api-timeout", "1"]);
    status.env("AWS_CONFIG_FILE", &config);
    let start = Instant::now();
    let output = run_with(variables, status).await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(
        told.starts_with("no credentials") && told.contains("timed out"),
        "{told}"
    );
    assert!(start.elapsed() < Duration::from_secs(10));
}
