//! The doctor's checks on a stack as it would be, before anything is touched: a stack whose image does not exist takes
//! CloudFormation a quarter of an hour to fail.

use crate::doctor::{Report, examine, look_up_images};
use crate::files::{FilesError, Template, facts_of};
use crate::image::Images;

/// Examines what a template with these parameters would make. None if that would run nothing.
///
/// # Errors
///
/// If the template cannot be understood here; CloudFormation may all the same.
pub async fn preflight(
    template: &str,
    parameters: &[(&str, &str)],
    images: &impl Images,
    subject: &str,
) -> Result<Option<Report>, FilesError> {
    let template = Template::parse(template)?;
    let mut facts = facts_of(&template, parameters)?;
    // It may be another one than this repository's, with a health check of its own.
    facts.is_of_files = false;
    if facts.service.is_parked() {
        return Ok(None);
    }
    look_up_images(&mut facts, Some(images)).await;
    Ok(Some(examine(&[facts], subject)))
}
