//! One image that is a server in one place and a Lambda function in another (`dualrun::run`).

use dualrun::testing::RuntimeApi;
use e2e::container::Container;
use e2e::example::image_of_example;
use e2e::function::answer_to;
use e2e::network::Network;
use serde_json::Value;

#[tokio::test]
async fn one_image_answers_the_same_as_a_server_and_as_a_function() {
    let image = image_of_example("axum_service");
    let network = Network::create();

    let server = Container::of(&image, &network, &["GREETING=hello"], "0.25");
    server.wait_listening();
    let answer = server.get("/hello/world");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let of_server: Value = serde_json::from_str(body).expect("JSON");

    let mut lambda = RuntimeApi::start((network.host(), 0).into())
        .await
        .expect("an address");
    let variables = lambda
        .variables()
        .map(|(name, value)| format!("{name}={value}"));
    let mut variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    variables.push("GREETING=hello");
    let function = Container::of(&image, &network, &variables, "0.25");
    let answer = answer_to(&mut lambda, "/hello/world").await;
    let body = answer["body"].as_str().expect("a body");
    let of_function: Value = serde_json::from_str(body).expect("JSON");

    assert_eq!(of_server["text"], "hello, world.");
    assert_eq!(of_function["text"], of_server["text"]);
    assert!(function.lines("listening").is_empty(), "it is no server");
}
