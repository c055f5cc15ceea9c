//! What the checks look at, of a template, of a task definition, or of both.

use super::beside::differences;
use super::find::{FindError, Found};
use super::outside::{look, of_definition_alone, with_definition};
use crate::doctor::CheckId;
use crate::facts::{Facts, Home, TaskDefinition};
use crate::placeholder;
use crate::stand_in::with_commit;

/// What is wanted of files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Values of the template's parameters.
    pub parameters: &'a [(String, String)],
    /// Who says so, of those that were given: an option, or a file with its line.
    pub places: &'a [(String, String)],
    /// The service or task definition, by its name in the template.
    pub resource: Option<&'a str>,
    /// The repository that the image should be in.
    pub repository: Option<&'a str>,
    /// The tag that the image should have, which takes the place of `COMMIT` in a task definition.
    pub tag: Option<&'a str>,
    /// The region of the tasks, whatever their file says.
    pub region: Option<&'a str>,
    /// The region where their file says none.
    pub usual_region: Option<&'a str>,
}

/// What the files say: each as it would be deployed. Of a template and a task definition of the same family, the second
/// takes the place of the template's own too, if the service suits both.
///
/// # Errors
///
/// If one of them cannot be understood.
pub fn facts(found: &Found, wanted: Wanted<'_>) -> Result<Vec<Facts>, FindError> {
    if let Some((file, plan)) = &found.plan {
        let planned = plan.facts(wanted.resource);
        let mut planned = planned.map_err(|source| FindError::Plan {
            place: file.clone(),
            source: Box::new(source),
        })?;
        planned.home = Home::stated_by(&planned.definition);
        expect(&mut planned, wanted);
        return Ok(vec![planned]);
    }
    let alone = definition_alone(found, wanted)?;
    let Some((file, template)) = &found.template else {
        return Ok(alone.into_iter().collect());
    };
    let image = alone.as_ref().and_then(Facts::main_container);
    let image = image.map(|container| container.image.as_str());
    let own = wanted.parameters.iter();
    let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
    let has_image = wanted.parameters.iter().any(|(name, _)| name == "Image");
    let image = image.filter(|_| !has_image).map(|image| ("Image", image));
    let parameters: Vec<(&str, &str)> = own.chain(image).collect();
    let stack = look(template, &parameters, wanted);
    let mut stack = stack.map_err(|source| FindError::Template {
        place: source.place_in(template, file),
        source,
    })?;
    stack.home = Home::stated_by(&stack.definition);
    expect(&mut stack, wanted);
    let Some((mut alone, (file, definition))) = alone.zip(found.definition.as_ref()) else {
        return Ok(vec![stack]);
    };
    if !is_same_family(&stack, &alone) {
        return Ok(vec![stack, alone]);
    }
    let differences = differences(&stack, &alone, file);
    if !differences.is_empty() {
        alone.faults.extend(differences);
        alone.left_out = vec![CheckId::Attachment, CheckId::SecurityGroups];
        return Ok(vec![stack, alone]);
    }
    let mut both = with_definition(&stack, definition)?;
    put_in(&mut both.definition, wanted.tag);
    both.home = Home::stated_by(&both.definition);
    settle(&mut both, wanted);
    Ok(vec![stack, both])
}

fn definition_alone(found: &Found, wanted: Wanted<'_>) -> Result<Option<Facts>, FindError> {
    let Some((_, definition)) = &found.definition else {
        return Ok(None);
    };
    let mut facts = of_definition_alone(definition)?;
    put_in(&mut facts.definition, wanted.tag);
    facts.home = Home::stated_by(&facts.definition);
    expect(&mut facts, wanted);
    Ok(Some(facts))
}

/// What is said of the tasks' region counts before what their file says.
fn settle(facts: &mut Facts, wanted: Wanted<'_>) {
    let region = &mut facts.home.region;
    let said = wanted.region.map(str::to_owned);
    let usual = wanted.usual_region.map(str::to_owned);
    *region = said.or(region.take()).or(usual);
}

fn expect(facts: &mut Facts, wanted: Wanted<'_>) {
    settle(facts, wanted);
    facts.expected_repository = wanted.repository.map(str::to_owned);
    facts.expected_tag = wanted.tag.map(str::to_owned);
}

/// A commit in the place of the word for it.
fn put_in(definition: &mut TaskDefinition, tag: Option<&str>) {
    for container in &mut definition.container_definitions {
        if let Some(tag) = tag
            && let Some(image) = with_commit(&container.image, tag)
        {
            container.image = image;
        }
    }
}

/// If a task definition may be the one that the template's service runs.
fn is_same_family(stack: &Facts, alone: &Facts) -> bool {
    let (own, other) = (&stack.definition.family, &alone.definition.family);
    let is_open = |family: &str| family.is_empty() || placeholder::first(family).is_some();
    stack.lacks_definition || is_open(own) || is_open(other) || own == other
}
