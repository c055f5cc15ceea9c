//! What a program gives to a runtime: the function that makes a service of its configuration.

use crate::BoxError;
use crate::context::Lifecycle;
use crate::service::HttpService;
use serde::de::DeserializeOwned;

/// An async function from a configuration to a service, as [`server::run`], [`lambda::run`] and [`run`] take it.
///
/// It has one parameter or two: the configuration, which is any struct that derives
/// [`Deserialize`](serde::Deserialize), and, for a service that has tasks of its own, the [`Lifecycle`].
///
/// ```
/// use dualrun::{Body, BoxError, context::Lifecycle, service::HttpService};
/// # use http::{Request, Response};
///
/// #[derive(serde::Deserialize)]
/// struct Config { greeting: String }
///
/// async fn build(config: Config, lifecycle: Lifecycle) -> Result<impl HttpService, BoxError> {
///     let drain = lifecycle.clone();
///     lifecycle.spawn(async move { drain.drain_begins().await /* and then flush something */ });
/// #   let _ = config.greeting;
///     Ok(tower::service_fn(|_: Request<Body>| async {
///         Ok::<_, BoxError>(Response::new(Body::from("hello")))
///     }))
/// }
/// # fn takes<A>(_: impl dualrun::Build<A>) {}
/// # takes(build);
/// ```
///
/// `run` has set up the log by the time it calls the function. A subscriber of one's own is set in `main`, before `run`; see
/// [`log`](crate::log).
///
/// `Arguments` are the parameters as a tuple. They follow from the function and are never written.
///
/// [`server::run`]: crate::server::run
/// [`lambda::run`]: crate::lambda::run
/// [`run`]: crate::run()
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not build a service from a configuration",
    label = "not an async function that a runtime can call",
    note = "it must be `async fn(C) -> Result<S, E>` or `async fn(C, Lifecycle) -> Result<S, E>`",
    note = "with `C: DeserializeOwned`, `S: HttpService` and `E: Into<BoxError>`"
)]
pub trait Build<Arguments> {
    /// The configuration that is loaded from the environment.
    type Config: DeserializeOwned;
    /// The service.
    type Service: HttpService;

    /// Makes the service.
    fn build(
        self,
        config: Self::Config,
        lifecycle: Lifecycle,
    ) -> impl Future<Output = Result<Self::Service, BoxError>>;
}

impl<F, C, Fut, S, E> Build<(C,)> for F
where
    F: FnOnce(C) -> Fut,
    C: DeserializeOwned,
    Fut: Future<Output = Result<S, E>>,
    S: HttpService,
    E: Into<BoxError>,
{
    type Config = C;
    type Service = S;

    async fn build(self, config: C, _: Lifecycle) -> Result<S, BoxError> {
        self(config).await.map_err(Into::into)
    }
}

impl<F, C, Fut, S, E> Build<(C, Lifecycle)> for F
where
    F: FnOnce(C, Lifecycle) -> Fut,
    C: DeserializeOwned,
    Fut: Future<Output = Result<S, E>>,
    S: HttpService,
    E: Into<BoxError>,
{
    type Config = C;
    type Service = S;

    async fn build(self, config: C, lifecycle: Lifecycle) -> Result<S, BoxError> {
        self(config, lifecycle).await.map_err(Into::into)
    }
}
