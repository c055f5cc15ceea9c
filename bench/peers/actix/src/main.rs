//! The mission's two routes with actix-web, one worker.

use actix_web::http::header::ContentType;
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

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let app = || {
        App::new()
            .route("/", web::get().to(greeting))
            .route("/health", web::get().to(health))
    };
    HttpServer::new(app)
        .workers(1)
        .bind("127.0.0.1:8080")?
        .run()
        .await
}
