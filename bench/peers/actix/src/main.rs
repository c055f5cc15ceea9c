//! The mission's two routes and an upload with actix-web, one worker.

use actix_web::http::header::ContentType;
use actix_web::middleware::{Condition, Logger};
use actix_web::web::{Bytes, PayloadConfig};
use actix_web::{App, HttpResponse, HttpServer, web};

async fn greeting() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body("shop running in bench\n")
}

async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(r#"{"status":"ok"}"#)
}

async fn upload(body: Bytes) -> HttpResponse {
    HttpResponse::Ok().body(body.len().to_string())
}

#[allow(
    clippy::disallowed_methods,
    reason = "a peer reads its variables as such programs do"
)]
#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let is_logged = std::env::var("ACCESS_LOG").is_ok_and(|log| log == "on");
    if is_logged {
        env_logger::builder()
            .filter_level(log::LevelFilter::Info)
            .target(env_logger::Target::Stdout)
            .init();
    }
    let app = move || {
        App::new()
            .wrap(Condition::new(is_logged, Logger::default()))
            .app_data(PayloadConfig::new(2 << 20))
            .route("/", web::get().to(greeting))
            .route("/health", web::get().to(health))
            .route("/upload", web::post().to(upload))
    };
    HttpServer::new(app)
        .workers(1)
        .bind_auto_h2c("127.0.0.1:8080")?
        .run()
        .await
}
