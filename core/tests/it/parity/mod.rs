//! Both runtimes answer alike: one table of requests, through a real server over a socket and through every
//! kind of event that Lambda gets.

pub(crate) mod events;
mod logged;
mod normal;
pub(crate) mod rows;
mod services;

use crate::support::app;
use crate::support::server::Server;
use dualrun::Options;
use dualrun::options::LambdaResponse;
use dualrun::service::HttpService;
use dualrun::testing::Function;
use events::EventKind;
use rows::Row;

/// Drives every row through the server and through each kind of event, answered in one piece and in many,
/// and compares.
async fn check<S: HttpService>(service: S, rows: &[Row]) {
    let options = Options::default()
        .with_body_limit(1000)
        .with_base_path("/base".parse().unwrap());
    let functions = [LambdaResponse::Buffered, LambdaResponse::Streamed].map(|lambda_response| {
        let options = options.clone().with_lambda_response(lambda_response);
        (lambda_response, Function::new(service.clone(), &options))
    });
    let server = Server::start(service, options).await;
    for row in rows {
        let expected = normal::over_a_socket(&server, row).await;
        assert_eq!(expected.status, row.status, "{}: {expected:?}", row.name);
        for kind in EventKind::ALL {
            let event = events::event(kind, row);
            let lost = row.lost.iter().find(|(lossy, _)| *lossy == kind);
            for (mode, function) in &functions {
                let answer = function.call(&event).await;
                let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", row.name));
                let answer = normal::of_lambda(&answer);
                let case = format!("{}, {kind:?}, {mode:?}", row.name);
                match lost {
                    None => assert_eq!(answer, expected, "{case}: {event}"),
                    Some((_, why)) => {
                        assert_ne!(answer, expected, "{case} is not lost any more: {why}");
                    }
                }
            }
        }
    }
    server.end().await;
}

#[tokio::test]
async fn the_example_service_answers_alike() {
    check(app(), rows::MISSION).await;
}

#[tokio::test]
async fn an_axum_router_answers_alike() {
    check(services::router(), rows::ROUTER).await;
}

#[tokio::test]
async fn a_service_that_fails_is_a_500_on_both() {
    check(services::failing(), rows::FAILING).await;
}
