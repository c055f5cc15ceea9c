//! A walk that is killed takes its emulator with it.

use crate::{IMAGE, alone, containers, folder, in_the_page};
use e2e::cargo_ecs::binary;
use e2e::local::wait_for;
use std::process::Stdio;

#[test]
fn nothing_is_left_when_it_is_killed_halfway() {
    let _alone = alone();
    let folder = folder();
    let mut walk = in_the_page(binary().to_str().expect("a path in UTF-8"), &folder);
    walk.args(["try", "--image", IMAGE]);
    let mut walk = walk
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it was built");
    wait_for("a task's container", || !containers().is_empty());
    walk.kill().expect("it runs");
    walk.wait().expect("it ended");
    wait_for("nothing", || containers().is_empty());
}
