//! What registries say, and what becomes of it: against one that the tests play.

pub(crate) mod fake;
mod layers;

use crate::cli::silence::silent;
use dualrun::app::AppConfig;
use dualrun::contract::Contract;
use ecs::http::Limit;
use ecs::image::{Credentials, ImageConfig, Images, Lookup, Platform, Quota, Reference, Registry};
use fake::{AMD64, ARM64, FakeRegistry, INDEX};
use std::time::Duration;

fn platform(architecture: &str) -> Platform {
    Platform {
        os: "linux".into(),
        architecture: architecture.into(),
    }
}

/// One that has credentials of the registry `of`.
fn registry(of: &str, credentials: Option<(&str, &str)>) -> Registry {
    let credentials = credentials
        .map(|(username, password)| Credentials::of(of, username.into(), password.into()));
    Registry::new(ecs::http::client(Limit::DEFAULT).unwrap(), credentials)
}

async fn look_up(image: &str, credentials: Option<(&str, &str)>) -> (Lookup, Vec<String>) {
    let fake = FakeRegistry::start().await;
    let reference: Reference = format!("{}/{image}", fake.addr).parse().unwrap();
    let lookup = registry(&fake.addr.to_string(), credentials)
        .look_up(&reference, &platform("arm64"))
        .await;
    (lookup, fake.asked())
}

#[tokio::test]
async fn of_an_index_the_platforms_and_the_ports_of_the_wanted_one_are_known() {
    let (lookup, asked) = look_up("public/app:index", None).await;
    let Lookup::Found(found) = lookup else {
        panic!("{lookup:?}")
    };
    assert_eq!(found.digest, INDEX);
    assert_eq!(found.manifests, [AMD64, ARM64], "the attestation is none");
    assert_eq!(found.platforms, [platform("amd64"), platform("arm64")]);
    assert_eq!(found.exposed, [8000]);
    let quota = Quota {
        remaining: 76,
        limit: Some(100),
    };
    assert_eq!(found.quota, Some(quota));
    assert_eq!(
        asked[0], "HEAD /v2/public/app/manifests/index",
        "which is no pull"
    );
}

#[tokio::test]
async fn of_a_single_manifest_the_platform_is_in_its_configuration() {
    let (lookup, _) = look_up("public/app:single", None).await;
    let Lookup::Found(found) = lookup else {
        panic!("{lookup:?}")
    };
    assert_eq!(
        (found.digest.as_str(), &found.manifests),
        (AMD64, &Vec::new())
    );
    assert_eq!(found.platforms, [platform("amd64")]);
    assert_eq!(found.exposed, [80, 8000]);
}

#[tokio::test]
async fn of_an_index_without_platforms_the_images_tell_theirs() {
    let (lookup, _) = look_up("public/app:unnamed", None).await;
    let Lookup::Found(found) = lookup else {
        panic!("{lookup:?}")
    };
    assert_eq!(found.platforms, [platform("amd64"), platform("arm64")]);
    assert_eq!(found.exposed, [8000], "of the one that is wanted");
    // What was read tells that none is for the wanted one; what was not read tells nothing.
    for (image, platforms) in [
        ("unnamed-amd64", vec![platform("amd64")]),
        ("unnamed-gone", Vec::new()),
        ("unnamed-none", Vec::new()),
    ] {
        let (lookup, _) = look_up(&format!("public/app:{image}"), None).await;
        let Lookup::Found(found) = lookup else {
            panic!("{image}: {lookup:?}")
        };
        assert_eq!(found.platforms, platforms, "{image}");
    }
}

#[tokio::test]
async fn a_digest_is_asked_for_in_the_place_of_the_tag() {
    let (lookup, asked) = look_up(&format!("public/app:gone@{AMD64}"), None).await;
    assert!(matches!(lookup, Lookup::Found(_)), "{lookup:?}");
    assert!(asked[0].ends_with(AMD64));
}

#[tokio::test]
async fn a_missing_tag_is_told_from_a_missing_repository_without_a_pull() {
    let (lookup, _) = look_up("public/app:gone", None).await;
    assert_eq!(lookup, Lookup::NoSuchVersion);
    for repository in ["missing/app", "private/app"] {
        let (lookup, _) = look_up(&format!("{repository}:1"), None).await;
        let expected = Lookup::NoAccess {
            with_credentials: false,
        };
        assert_eq!(lookup, expected, "{repository}");
    }
}

#[tokio::test]
async fn credentials_open_what_is_private_by_token_and_by_password() {
    for image in ["private/app:single", "basic/app:single"] {
        let (lookup, _) = look_up(image, Some(("ann", "right"))).await;
        assert!(matches!(lookup, Lookup::Found(_)), "{image}: {lookup:?}");
        let (lookup, _) = look_up(image, Some(("ann", "wrong"))).await;
        let expected = Lookup::NoAccess {
            with_credentials: true,
        };
        assert_eq!(lookup, expected, "{image}");
    }
}

#[tokio::test]
async fn credentials_of_one_registry_are_not_sent_to_another_whatever_it_asks_for() {
    for of in ["", "ghcr.io"] {
        for image in ["private/app:single", "basic/app:single"] {
            let fake = FakeRegistry::start().await;
            let reference: Reference = format!("{}/{image}", fake.addr).parse().unwrap();
            let registry = registry(of, Some(("ann", "right")));
            let lookup = registry.look_up(&reference, &platform("arm64")).await;
            let expected = Lookup::NoAccess {
                with_credentials: false,
            };
            assert_eq!(lookup, expected, "{of} {image}");
        }
    }
}

#[tokio::test]
async fn a_rate_limit_is_told_with_what_is_left() {
    let (lookup, _) = look_up("limited/app:1", None).await;
    let quota = Quota {
        remaining: 0,
        limit: Some(100),
    };
    assert_eq!(lookup, Lookup::RateLimited(Some(quota)));
}

#[tokio::test]
async fn what_is_no_answer_is_not_taken_for_a_missing_image() {
    for (image, why) in [
        ("broken/app:1", "the registry answers 500"),
        ("garbage/app:1", "does not describe an image"),
        ("endless/app:1", "it is larger than 4 MiB"),
    ] {
        let (lookup, _) = look_up(image, None).await;
        let Lookup::Unreachable(text) = lookup else {
            panic!("{image}: {lookup:?}")
        };
        assert!(text.contains(why), "{text}");
    }
    // A port that was free a moment ago.
    let addr = FakeRegistry::start().await.addr;
    let reference: Reference = format!("{addr}/a/b:1").parse().unwrap();
    let lookup = registry("", None)
        .look_up(&reference, &platform("amd64"))
        .await;
    assert!(matches!(lookup, Lookup::Unreachable(_)), "{lookup:?}");
}

async fn config(image: &str) -> ImageConfig {
    let (lookup, _) = look_up(&format!("public/app:{image}"), None).await;
    let Lookup::Found(found) = lookup else {
        panic!("{lookup:?}")
    };
    found.config
}

#[tokio::test]
async fn a_contract_is_read_from_a_small_layer_and_the_large_ones_are_left() {
    let expected = Contract::of::<AppConfig>().unwrap();
    for image in ["contract-gzip", "contract-plain"] {
        let config = config(image).await;
        assert_eq!(config.contract, Some(Ok(expected.clone())), "{image}");
        assert_eq!(config.entrypoint, ["/bin-fargate"]);
        assert_eq!(config.environment["APP_NAME"], "a=b");
    }
}

#[tokio::test]
async fn a_contract_that_cannot_be_read_says_why_and_is_not_taken_for_none() {
    for (image, why) in [
        (
            "contract-none",
            "no layer of at most 64 KiB has /contract.json",
        ),
        (
            "contract-huge",
            "no layer of at most 64 KiB has /contract.json",
        ),
        (
            "contract-lying",
            "its layer is larger than its manifest says",
        ),
        ("contract-bomb", "has more than 1024 KiB unpacked"),
        ("contract-long", "has more than 1024 KiB unpacked"),
        ("contract-zstd", "compressed by zstd"),
        // The layer that cannot be read is above one with a contract, or above what removes it.
        ("contract-over-another", "compressed by zstd"),
        ("contract-over-a-removed", "invalid layer"),
        ("contract-damaged", "invalid layer"),
        (
            "contract-garbage",
            "invalid contract in /contract.json: missing field",
        ),
        ("contract-newer", "has version 2 of a contract"),
    ] {
        let Some(Err(text)) = config(image).await.contract else {
            panic!("{image}: {:?}", config(image).await.contract)
        };
        assert!(text.contains(why), "{image}: {text}");
    }
}

#[tokio::test]
async fn the_topmost_layer_that_has_the_contract_or_removes_it_counts() {
    let expected = Contract::of::<AppConfig>().unwrap();
    for (image, is_there) in [
        ("removed", false),
        ("emptied", false),
        ("covered", false),
        ("unlabelled", false),
        ("again", true),
        ("moved", true),
        ("replaced", true),
        ("folded", true),
    ] {
        let contract = config(&format!("contract-{image}")).await.contract;
        let expected = is_there.then(|| Ok(expected.clone()));
        assert_eq!(contract, expected, "{image}");
    }
    let overwritten = config("contract-overwritten").await.contract;
    let why = overwritten.unwrap().unwrap_err();
    assert!(why.contains("invalid contract"), "{why}");
}

#[tokio::test]
async fn an_image_without_the_label_has_no_contract() {
    assert_eq!(config("single").await.contract, None);
}

#[tokio::test]
async fn one_that_never_answers_is_given_up_in_the_time_of_a_call() {
    let served = silent().await;
    let reference: Reference = format!("{}/me/shop:1", served.addr).parse().unwrap();
    let limit = Limit(Duration::from_secs(1));
    let registry = Registry::new(ecs::http::client(limit).unwrap(), None).within(limit);
    let lookup = registry.look_up(&reference, &platform("amd64")).await;
    let why = Lookup::Unreachable("timed out; --api-timeout is 1 s".into());
    assert_eq!(lookup, why);
}
