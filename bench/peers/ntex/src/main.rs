//! The mission's two routes and an upload with ntex, one worker.

use ntex::util::Bytes;
use ntex::web::types::PayloadConfig;
use ntex::web::{self, App, HttpResponse, middleware::Logger};

async fn greeting() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("shop running in bench\n")
}

async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(r#"{"status":"ok"}"#)
}

async fn upload(body: Bytes) -> HttpResponse {
    HttpResponse::Ok().body(body.len().to_string())
}

macro_rules! serve {
    ($app:expr) => {
        web::server(async || {
            $app.state(PayloadConfig::new(2 << 20))
                .route("/", web::get().to(greeting))
                .route("/health", web::get().to(health))
                .route("/upload", web::post().to(upload))
        })
        .workers(1)
        .bind("127.0.0.1:8080")?
        .run()
        .await
    };
}

#[allow(
    clippy::disallowed_methods,
    reason = "a peer reads its variables as such programs do"
)]
#[ntex::main]
async fn main() -> std::io::Result<()> {
    if std::env::var("ACCESS_LOG").is_ok_and(|log| log == "on") {
        env_logger::builder()
            .filter_level(log::LevelFilter::Info)
            .target(env_logger::Target::Stdout)
            .init();
        serve!(App::new().middleware(Logger::default()))
    } else {
        serve!(App::new())
    }
}
