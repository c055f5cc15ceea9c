//! The mission's two routes with ntex, one worker.

use ntex::web::{self, App, HttpResponse};

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

#[ntex::main]
async fn main() -> std::io::Result<()> {
    let app = async || {
        App::new()
            .route("/", web::get().to(greeting))
            .route("/health", web::get().to(health))
    };
    web::server(app)
        .workers(1)
        .bind("127.0.0.1:8080")?
        .run()
        .await
}
