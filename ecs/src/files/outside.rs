//! Facts from files of other people: what a template or a task definition says, and what has to be known besides.

use super::choice::choose;
use super::definition::DefinitionFile;
use super::examined::Wanted;
use super::facts::{FilesError, Resources, balancer, target_group};
use super::faults::{self, Looked, OF_DEFINITION, OF_SERVICE};
use super::find::FindError;
use super::fit::{Fit, Open};
use super::template::{Nested, Template};
use super::unseen::{Unseen, of_definition, of_service};
use super::{subnets, way_in};
use crate::aws::without_nulls;
use crate::doctor::CheckId::{
    self, Attachment, ContainerPort, ImageExists, ImageName, SecurityGroups, Tasks,
};
use crate::facts::{Container, Extent, Facts, Service, TaskDefinition, Unknown};
use crate::placeholder::{self, mark};
use crate::typed::{Misfit, typed as read};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What is said of a task definition without its service.
const NO_SERVICE: &str = "there is no service, so this was not checked";

/// Lists and fields whose braces may be a program's own: a shell's variables, a greeting, the tags of a log driver.
const TEXTS: [(&str, &str); 6] = [
    (".command[", ""),
    (".entryPoint[", ""),
    (".environment[", ".value"),
    (".options.", "tag"),
    (".options.", "labels"),
    (".options.", "pattern"),
];

/// What a task definition says, if there is nothing else.
///
/// # Errors
///
/// If a field is of another type than ECS's.
pub(super) fn of_definition_alone(file: &DefinitionFile) -> Result<Facts, FindError> {
    let mut facts = of_definition_itself(file)?;
    without_service(&mut facts);
    Ok(facts)
}

/// What it says, whatever runs it.
fn of_definition_itself(file: &DefinitionFile) -> Result<Facts, FindError> {
    let given = file.definition.as_given();
    let (mut definition, Fit { open, converted }) =
        fitted::<TaskDefinition>(given).map_err(|misfit| file.error(misfit))?;
    definition.leave_open(open.iter().map(|it| it.path.as_str()));
    let mut facts = Facts {
        definition,
        ..Facts::default()
    };
    let is_text = |path: &str| {
        let mut texts = TEXTS.iter();
        texts.any(|(list, field)| path.contains(list) && path.ends_with(field))
    };
    let open = open.into_iter().filter(|it| !is_text(&it.path));
    let open: Vec<Open> = open.collect();
    facts.lack_fields("the task definition", &open, of_definition);
    faults::of_definition_file(&mut facts, file, &converted);
    if file.is_part {
        let why = "the file has containers alone, so the size, the network and the roles of their task are unknown";
        facts.lack(Tasks, why);
        facts.definition.execution_role_arn = Some(mark(&format!("because {why}")));
    }
    Ok(facts)
}

/// What a template says of a service, or of a task definition alone, with these parameters. What cannot be known of it is
/// unknown, and the rest is there.
///
/// # Errors
///
/// If the template cannot be understood, has nothing to check, or several.
pub(super) fn look(
    template: &Template,
    parameters: &[(&str, &str)],
    wanted: Wanted<'_>,
) -> Result<Facts, FilesError> {
    let made = template.opened(parameters)?;
    let resources = Resources(made.resources.clone());
    let choice = choose(&resources, &made.absent, wanted.resource)?;
    let mut misspelled = Facts::default();
    let mut corrected = |name: &Option<String>, looked: &Looked| {
        let name = name.clone()?;
        let given = (template, name.as_str(), properties(&resources, &name));
        let given = faults::without_misspelled(&mut misspelled, given, looked);
        Some((name, given))
    };
    let seen = Seen {
        definition: corrected(&choice.definition, &OF_DEFINITION),
        service: corrected(&choice.service, &OF_SERVICE),
        resources: &resources,
    };
    let mut facts = look_at(seen, &made)?;
    facts.faults.splice(0..0, misspelled.faults);
    for (name, condition) in &made.perhaps {
        let kind = resources.0[name]["Type"].as_str().unwrap_or_default();
        let is_chosen = [&choice.service, &choice.definition].contains(&&Some(name.clone()));
        if let Some(check) = check_of(kind, is_chosen) {
            let why = format!(
                "{name} is taken as made, which the condition {condition} decides by what is unknown"
            );
            match check {
                // Without it, the others may let nobody in.
                SecurityGroups => facts.lack(check, why),
                _ => facts.assume(check, why),
            }
        }
    }
    for flaw in made.flaws {
        let flaw = flaw.said_in(wanted.places);
        faults::of_flaw(&mut facts, flaw, (&resources, &choice));
    }
    for (stack, file) in &made.absent {
        let why = format!(
            "the nested stack {stack} was not looked at: its template is not at {}",
            file.display()
        );
        facts.assume(Tasks, why);
    }
    if let Some(names) = transforms(template) {
        let why = format!(
            "the template has the transform {names}, which AWS carries out: what that makes or changes was not seen"
        );
        facts.assume(Tasks, why);
    }
    Ok(facts)
}

/// What is looked at, with the properties of the two that count as ECS's API writes them.
pub(super) struct Seen<'a> {
    pub(super) resources: &'a Resources,
    pub(super) definition: Option<(String, Value)>,
    pub(super) service: Option<(String, Value)>,
}

/// What resources say of a service, or of a task definition alone.
pub(super) fn look_at(seen: Seen<'_>, made: &Nested) -> Result<Facts, FilesError> {
    let resources = seen.resources;
    let mut facts = Facts::default();
    match seen.definition {
        Some((name, given)) => {
            let (definition, open) = typed(&name, given)?;
            facts.definition = definition;
            let paths = open.iter().map(|it| it.path.as_str());
            facts.definition.leave_open(paths);
            for container in &mut facts.definition.container_definitions {
                container.name = placeholder::plain(&container.name);
            }
            facts.lack_fields(&name, &looked_at(open), of_definition);
        }
        None => {
            let service = seen.service.as_ref().map(|(name, _)| name.as_str());
            lack_definition(&mut facts, resources, service);
        }
    }
    match seen.service {
        Some((name, given)) => {
            facts.groups = way_in::known_groups(resources, &made.perhaps);
            add_service(&mut facts, resources, (&name, given))?;
        }
        None => without_service(&mut facts),
    }
    Ok(facts)
}

fn properties<'a>(resources: &'a Resources, name: &str) -> &'a Value {
    &resources.0[name]["Properties"]
}

/// The check that looks at resources of a type.
pub(super) fn check_of(kind: &str, is_chosen: bool) -> Option<CheckId> {
    let kind = kind.strip_prefix("AWS::")?;
    if kind.starts_with("ElasticLoadBalancingV2::") {
        Some(Attachment)
    } else if kind.starts_with("EC2::SecurityGroup") {
        Some(SecurityGroups)
    } else {
        is_chosen.then_some(Tasks)
    }
}

fn transforms(template: &Template) -> Option<String> {
    let all = match &template.as_json()["Transform"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several
            .iter()
            .filter_map(|it| it.as_str().or(it["Name"].as_str()))
            .collect(),
        Value::Object(one) => one
            .get("Name")
            .and_then(Value::as_str)
            .into_iter()
            .collect(),
        _ => Vec::new(),
    };
    (!all.is_empty()).then(|| all.join(" and "))
}

/// Of templates, what a program reads from its environment is mostly the name of something that AWS makes up.
fn looked_at(open: Vec<Open>) -> Vec<Open> {
    let is_shown = |it: &Open| {
        let field = it.path.rsplit('.').next().unwrap_or_default();
        let is_text = matches!(
            field,
            "value" | "valueFrom" | "name" | "family" | "executionRoleArn" | "protocol"
        );
        let of_list = [".command", ".options", "logConfiguration."];
        !is_text && !of_list.iter().any(|list| it.path.contains(list))
    };
    open.into_iter().filter(is_shown).collect()
}

fn lack_definition(facts: &mut Facts, resources: &Resources, service: Option<&str>) {
    let named =
        service.and_then(|service| properties(resources, service)["TaskDefinition"].as_str());
    let what = match named {
        Some(name) => placeholder::described(name)
            .unwrap_or_else(|| format!("{name}, which is not in the template")),
        None => "not named".into(),
    };
    facts.lack_definition(&format!("the task definition is {what}"));
}

fn without_service(facts: &mut Facts) {
    facts.lack_all(Attachment, NO_SERVICE);
    facts.lack_all(SecurityGroups, NO_SERVICE);
    lack_ports(facts);
}

/// What nobody sends requests to needs no port.
fn lack_ports(facts: &mut Facts) {
    let main = facts.main_container();
    let maps_none = |it: &&Container| it.port_mappings.is_empty() && !it.may_have_more_ports();
    if let Some(container) = main.filter(maps_none) {
        let why = format!(
            "{} maps no port, which is right if nobody sends it requests",
            container.name
        );
        facts.lack_all(ContainerPort, why);
    }
}

fn add_service(
    facts: &mut Facts,
    resources: &Resources,
    (name, mut given): (&str, Value),
) -> Result<(), FilesError> {
    // Where it is named after something that AWS makes up, its name in the template serves.
    let own = given["serviceName"].as_str();
    if own.is_none_or(|own| placeholder::first(own).is_some()) {
        given["serviceName"] = name.into();
    }
    let (service, open) = typed::<Service>(name, given)?;
    let has_open_attachments = open.iter().any(|it| it.path.starts_with("loadBalancers"));
    facts.service = service;
    for attachment in &mut facts.service.load_balancers {
        if let Some(name) = &mut attachment.container_name {
            *name = placeholder::plain(name);
        }
    }
    let is_shown = |it: &Open| it.path != "taskDefinition";
    let shown: Vec<Open> = open.into_iter().filter(is_shown).collect();
    facts.lack_fields(name, &shown, of_service);
    let has_open_subnets = facts.is_open("networkConfiguration");
    facts.free_addresses =
        subnets::addresses(resources, &facts.service).filter(|_| !has_open_subnets);
    let groups = resources.of("AWS::ElasticLoadBalancingV2::TargetGroup");
    facts.target_groups = groups.map(|(name, it)| target_group(name, it)).collect();
    let balancers = resources.of("AWS::ElasticLoadBalancingV2::LoadBalancer");
    facts.balancers = balancers
        .map(|(name, it)| balancer(name, it, resources.listeners(name)))
        .collect();
    if facts.service.load_balancers.is_empty() {
        way_in::leave_others(facts, resources);
    }
    let has_any = !facts.target_groups.is_empty() || !facts.balancers.is_empty();
    let is_parked = facts.service.is_parked() && has_any && !has_open_attachments;
    if facts.service.load_balancers.is_empty() && !is_parked {
        if has_open_attachments || !has_any {
            let why = if has_open_attachments {
                "if the service has a load balancer is decided by what is unknown, so this was not checked"
            } else {
                "the service has no load balancer in this template, so this was not checked"
            };
            facts.lack_all(Attachment, why);
            facts.lack_all(SecurityGroups, why);
            if !has_open_attachments {
                lack_ports(facts);
            }
            return Ok(());
        }
        let balancers = facts.balancers.iter();
        facts.other_balancers = balancers.map(|it| it.name.clone()).collect();
    }
    way_in::follow(facts, resources);
    Ok(())
}

fn typed<T: DeserializeOwned>(resource: &str, value: Value) -> Result<(T, Vec<Open>), FilesError> {
    let fitted = fitted(value).map_err(|why| FilesError::Field {
        resource: resource.to_owned(),
        why,
    });
    fitted.map(|(value, fit)| (value, fit.open))
}

/// A value in ECS's types, what of it is not known, and what was written in other types.
fn fitted<T: DeserializeOwned>(value: Value) -> Result<(T, Fit), Misfit> {
    let object = match without_nulls(value) {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let mut fit = Fit::default();
    let value = fit.object(object, "");
    Ok((read(&value)?, fit))
}

/// A task definition in the place of the template's own.
///
/// # Errors
///
/// If the definition's file has a field of another type than ECS's.
pub(super) fn with_definition(facts: &Facts, file: &DefinitionFile) -> Result<Facts, FindError> {
    let of_file = of_definition_itself(file)?;
    let own = [ImageExists, ImageName, ContainerPort, Tasks];
    let mut facts = facts.clone();
    facts.definition = of_file.definition;
    facts.lacks_definition = false;
    facts.faults = of_file.faults;
    facts.open.extend(of_file.open);
    let is_own = |it: &Unknown| own.contains(&it.check) && it.extent != Extent::Assumed;
    facts.unknown.retain(|it| !is_own(it));
    facts
        .unknown
        .extend(of_file.unknown.into_iter().filter(is_own));
    Ok(facts)
}
