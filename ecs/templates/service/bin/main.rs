//! The program: which runtime serves the service.

use std::process::ExitCode;

fn main() -> ExitCode {
#% if is_function
    dualrun::lambda::run(<%= library_crate %>::build)
#% elif has_lambda
    dualrun::run(<%= library_crate %>::build)
#% else
    dualrun::server::run(<%= library_crate %>::build)
#% endif
}
