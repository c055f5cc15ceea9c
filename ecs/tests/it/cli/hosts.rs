//! Where requests go: to AWS, and nowhere else that a proxy or a file names.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_on, run_with, stderr};
use crate::support::served::Served;
use dualrun::{Body, BoxError};
use http::{Request, Response};
use std::net::SocketAddr;
use tower::service_fn;

#[tokio::test]
async fn a_redirect_is_a_refusal_and_not_followed() {
    let elsewhere = FakeAws::start(Answers::default()).await;
    let [(_, place), _] = elsewhere.place();
    let service = service_fn(move |_: Request<Body>| {
        let response = Response::builder().status(307).header("location", &place);
        let response = response.body(Body::empty());
        async { Ok::<_, BoxError>(response?) }
    });
    let proxy = Served::start(|_: SocketAddr| service).await;
    let mut status = command(&["status", "--service", "shop"]);
    status.env("AWS_SESSION_TOKEN", "secret");
    let variables = [
        ("AWS_ENDPOINT_URL", format!("http://{}", proxy.addr)),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "testing".into()),
        ("AWS_SECRET_ACCESS_KEY", "testing".into()),
    ];
    let output = run_with(variables, status).await;
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("was refused: 307 Temporary Redirect"),
        "{told}"
    );
    assert_eq!(elsewhere.asked("DescribeServices"), 0);
}

#[tokio::test]
async fn a_region_that_would_be_another_host_is_refused() {
    let aws = FakeAws::start(Answers::default()).await;
    for region in ["us east", "us-east-1.example/", "eu/x#"] {
        let status = command(&["status", "--service", "shop", "--region", region]);
        let output = run_on(&aws, status).await;
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(
            told.contains(&format!("invalid region {region:?}")),
            "{told}"
        );
        assert_eq!(aws.asked("DescribeServices"), 0);
    }
}
