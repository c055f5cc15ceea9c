//! What a file leaves open of a container, beside its image's contract.

use super::contract::{app, set, shop, told, with};
use super::sound::{files, live};
use super::{report, text};
use ecs::doctor::{CheckId, Status};

#[test]
fn what_a_file_leaves_open_hides_no_wrong_value_beside_it() {
    let mut facts = with(files(), shop());
    app(&mut facts).open.insert("environment".into());
    set(&mut facts, "DUALRUN_DRAIN_TIMEOUT", "soon");
    set(&mut facts, "DUALRUN_READY_PATH", "/health");
    let (status, text) = told(&report(&facts));
    assert_eq!(status, Status::Fail);
    assert!(
        text.contains("DUALRUN_DRAIN_TIMEOUT is not valid"),
        "{text}"
    );
    assert!(!text.contains("the value of DUALRUN_READY_PATH"), "{text}");
}

#[test]
fn braces_stand_for_nothing_in_what_is_in_aws() {
    let mut facts = with(live(), shop());
    set(&mut facts, "RETRIES", "${Retries}");
    let (status, text) = told(&report(&facts));
    assert_eq!(status, Status::Fail, "{text}");
}

#[test]
fn where_the_app_listens_is_unknown_where_its_address_may_be_a_variable_that_is() {
    let mut contract = shop();
    contract.port = 9000;
    let mut facts = with(files(), contract);
    app(&mut facts).open.insert("environment[1]".into());
    let report = report(&facts);
    let text = text(&report);
    assert_eq!(report.check(CheckId::ContainerPort).status, Status::Unknown);
    let said = "where app listens is unknown, since DUALRUN_ADDR may be a variable whose name is not known here";
    assert!(text.contains(said), "{text}");
}
