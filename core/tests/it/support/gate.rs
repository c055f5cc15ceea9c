//! Requests that are held until the test lets them go.

use dualrun::Body;
use dualrun::service::HttpService;
use http::{Request, Response};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower::service_fn;

/// Where requests for `/slow` wait.
#[derive(Clone)]
pub(crate) struct Gate {
    entered: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let closed = || Arc::new(Semaphore::new(0));
        Self {
            entered: closed(),
            open: closed(),
        }
    }

    /// A service whose `/slow` waits at the gate, and that answers `done`.
    pub(crate) fn service(&self) -> impl HttpService {
        let gate = self.clone();
        service_fn(move |request: Request<Body>| {
            let gate = gate.clone();
            async move {
                if request.uri().path() == "/slow" {
                    gate.entered.add_permits(1);
                    gate.open.acquire().await.unwrap().forget();
                }
                Ok::<_, Infallible>(Response::new(Body::from("done")))
            }
        })
    }

    /// Waits until this many requests wait at the gate.
    pub(crate) async fn entered(&self, count: u32) {
        self.entered.acquire_many(count).await.unwrap().forget();
    }

    /// Lets this many of them pass.
    pub(crate) fn release(&self, count: usize) {
        self.open.add_permits(count);
    }
}
