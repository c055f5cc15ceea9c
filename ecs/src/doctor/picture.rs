//! The way from the clients to the image, drawn: what there is, by its names and ports, and what the checks say of it.

use super::check::Part;
use super::mermaid::{Flowchart, Line, Mark};
use super::service::forwards;
use super::{Check, CheckId, Concern, Finding, Status};
use crate::facts::{Attachment, Facts, TargetGroup, in_words};

/// Where on the way a finding belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place<'a> {
    /// Past the load balancer, by those who should not come in.
    Aside,
    /// From the clients to this load balancer.
    Listeners(&'a str),
    /// This load balancer.
    Balancer(&'a str),
    /// The target group of this ARN, or all of them.
    Group(Option<&'a str>),
    /// From the target groups to the tasks.
    Entry,
    Tasks,
    /// From the tasks to the registry.
    Pull,
    /// The image of this container.
    Image(&'a str),
}

/// The drawing in the making.
struct Picture<'a> {
    facts: &'a Facts,
    checks: &'a [Check],
    chart: Flowchart,
}

/// Draws the way.
pub(super) fn draw(facts: &Facts, checks: &[Check]) -> Flowchart {
    let chart = Flowchart::default();
    let mut picture = Picture {
        facts,
        checks,
        chart,
    };
    picture.chart.people("clients", "clients");
    picture.way_in();
    picture.tasks();
    picture.aside();
    picture.images();
    picture.chart
}

impl Picture<'_> {
    /// From the clients to the tasks.
    fn way_in(&mut self) {
        let facts = self.facts;
        if facts.service.load_balancers.is_empty() {
            return self.no_way_in();
        }
        for (number, balancer) in facts.balancers.iter().enumerate() {
            let id = balancer_id(number);
            let (mark, note) = self.marked(Place::Balancer(&balancer.arn));
            self.chart.node(
                &id,
                mark,
                &with(format!("load balancer {}", balancer.name), note),
            );
            let ports: Vec<String> = balancer
                .listeners
                .iter()
                .map(|listener| listener.port.to_string())
                .collect();
            let (what, line) = match ports.as_slice() {
                [] => ("no listener".into(), Line::Dotted),
                [port] => (format!("port {port}"), Line::Solid),
                ports => (format!("ports {}", ports.join(", ")), Line::Solid),
            };
            let (mark, note) = self.marked(Place::Listeners(&balancer.arn));
            self.chart
                .link(("clients", &id), line, mark, &with(what, note));
        }
        for (number, attachment) in facts.service.load_balancers.iter().enumerate() {
            self.group(&format!("group{number}"), attachment);
        }
    }

    /// Of a service that is attached to nothing.
    fn no_way_in(&mut self) {
        let (mark, note) = self.marked(Place::Group(None));
        let what = match self.facts.other_balancers.as_slice() {
            [] => "no load balancer".to_owned(),
            names => format!("load balancer {}, not attached", names.join(", ")),
        };
        self.chart.node("balancer0", mark, &with(what, note));
        for ends in [("clients", "balancer0"), ("balancer0", "tasks")] {
            self.chart
                .link(ends, Line::Dotted, mark, &["no requests".to_owned()]);
        }
    }

    /// A target group, and its links.
    fn group(&mut self, id: &str, attachment: &Attachment) {
        let facts = self.facts;
        let arn = attachment.target_group_arn.as_deref().unwrap_or_default();
        let found = facts.target_groups.iter().find(|group| group.arn == arn);
        let named = TargetGroup {
            arn: arn.to_owned(),
            ..TargetGroup::default()
        };
        let group = found.unwrap_or(&named);
        let (mark, note) = self.marked(Place::Group(Some(arn)));
        let mut lines = vec![format!("target group {}", group.name())];
        lines.extend(health_check(group));
        lines.extend(healthy(group));
        lines.extend(note);
        self.chart.node(id, mark, &lines);

        let balancers = facts.balancers.iter().enumerate();
        let forwarding: Vec<String> = balancers
            .filter(|(_, balancer)| forwards(balancer, group))
            .map(|(number, _)| balancer_id(number))
            .collect();
        for balancer in &forwarding {
            self.chart.link(
                (balancer, id),
                Line::Solid,
                Mark::Ok,
                &["forwards".to_owned()],
            );
        }
        if forwarding.is_empty() {
            let (from, what) = match facts.balancers.is_empty() {
                true if mark == Mark::Unknown => ("clients".to_owned(), "not known"),
                true => ("clients".to_owned(), "no load balancer"),
                false => (balancer_id(0), "does not forward"),
            };
            self.chart
                .link((&from, id), Line::Dotted, mark, &[what.to_owned()]);
        }
        let port = attachment.container_port;
        let port = port.map_or("no port".to_owned(), |port| format!("port {port}"));
        let (mark, note) = self.marked(Place::Entry);
        self.chart
            .link((id, "tasks"), Line::Solid, mark, &with(port, note));
    }

    fn tasks(&mut self) {
        let service = &self.facts.service;
        let mut lines = vec![format!("tasks of {}", service.name)];
        if let Some(container) = self.facts.main_container() {
            let ports = in_words(&container.ports());
            lines.push(match ports.as_str() {
                "" => format!("container {}, no port", container.name),
                ports => format!("container {}, port {ports}", container.name),
            });
        }
        lines.extend(match (service.running_count, service.desired_count) {
            (_, Some(0)) => Some("parked".to_owned()),
            (Some(running), Some(desired)) => Some(format!("{running} of {desired} running")),
            _ => None,
        });
        let (mark, note) = self.marked(Place::Tasks);
        lines.extend(note);
        self.chart.node("tasks", mark, &lines);
    }

    /// Those who come in past the load balancer.
    fn aside(&mut self) {
        let (mark, note) = self.marked(Place::Aside);
        if mark < Mark::Warned || note.is_none() {
            return;
        }
        self.chart.people("others", "others");
        let lines = with("past the load balancer".to_owned(), note);
        self.chart
            .link(("others", "tasks"), Line::Solid, mark, &lines);
    }

    fn images(&mut self) {
        let containers = &self.facts.definition.container_definitions;
        for (number, container) in containers.iter().enumerate() {
            let id = format!("image{number}");
            let (mark, note) = self.marked(Place::Image(&container.name));
            self.chart
                .node(&id, mark, &with(format!("image {}", container.image), note));
            let (mark, note) = self.marked(Place::Pull);
            let lines = with(format!("{} runs", container.name), note);
            self.chart.link(("tasks", &id), Line::Solid, mark, &lines);
        }
    }

    /// The worst that the checks say of a place, and which of them.
    fn marked(&self, place: Place<'_>) -> (Mark, Option<String>) {
        let marks = self.checks.iter().map(|check| {
            let findings = check.findings.iter();
            let of_place = findings.filter(|finding| is_at(check.id, finding, place));
            let skipped = check.status == Status::Skipped && looks_at(check.id, place);
            let skipped = skipped.then_some(Mark::Unknown);
            let worst = of_place.map(mark_of).chain(skipped).max();
            (worst.unwrap_or_default(), check.id.number().to_string())
        });
        let marks: Vec<(Mark, String)> = marks.collect();
        let worst = marks.iter().map(|(mark, _)| *mark).max();
        let worst = worst.unwrap_or_default();
        let word = match worst {
            Mark::Ok => return (worst, None),
            Mark::Warned => "WARN",
            Mark::Unknown => "unknown",
            Mark::Failed => "FAIL",
        };
        let numbers = marks.into_iter().filter(|(mark, _)| *mark == worst);
        let numbers: Vec<String> = numbers.map(|(_, number)| number).collect();
        (worst, Some(format!("{word} {}", numbers.join(", "))))
    }
}

fn is_at(id: CheckId, finding: &Finding, place: Place<'_>) -> bool {
    match (place_of(id, finding), place) {
        (Place::Group(None), Place::Group(_)) => true,
        (own, place) => own == place,
    }
}

fn place_of(id: CheckId, finding: &Finding) -> Place<'_> {
    match &finding.part {
        Some(Part::Listeners(arn)) => return Place::Listeners(arn),
        Some(Part::Balancer(arn)) => return Place::Balancer(arn),
        Some(Part::Tasks) => return Place::Tasks,
        Some(Part::Pull) => return Place::Pull,
        Some(Part::Image(container)) => return Place::Image(container),
        None => {}
    }
    if finding.group.is_some() {
        return Place::Group(finding.group.as_deref());
    }
    match id {
        // What is about no image, such as a definition without containers, is about the tasks.
        CheckId::ImageExists | CheckId::ImageName | CheckId::ContainerPort => Place::Tasks,
        CheckId::Attachment => Place::Group(None),
        CheckId::SecurityGroups if finding.concern == Concern::Exposure => Place::Aside,
        CheckId::SecurityGroups => Place::Entry,
        CheckId::Tasks => Place::Tasks,
    }
}

/// If a place is unknown where this check was skipped.
fn looks_at(id: CheckId, place: Place<'_>) -> bool {
    match id {
        CheckId::ImageExists | CheckId::ImageName => matches!(place, Place::Image(_)),
        CheckId::ContainerPort | CheckId::Tasks => place == Place::Tasks,
        CheckId::Attachment => matches!(place, Place::Group(_) | Place::Balancer(_)),
        CheckId::SecurityGroups => matches!(place, Place::Entry | Place::Listeners(_)),
    }
}

fn mark_of(finding: &Finding) -> Mark {
    match finding.status {
        Status::Pass | Status::Skipped => Mark::Ok,
        Status::Unknown => Mark::Unknown,
        Status::Warn => Mark::Warned,
        Status::Fail => Mark::Failed,
    }
}

fn health_check(group: &TargetGroup) -> Option<String> {
    let path = group.health_path.as_ref()?;
    let port = group.health_port;
    let port = port.map_or(String::new(), |port| format!(" on port {port}"));
    Some(format!("health check {path}{port}"))
}

fn healthy(group: &TargetGroup) -> Option<String> {
    let targets = group.targets.as_ref()?;
    let healthy = targets.iter().filter(|target| target.state == "healthy");
    Some(format!("{} of {} healthy", healthy.count(), targets.len()))
}

fn balancer_id(number: usize) -> String {
    format!("balancer{number}")
}

fn with(what: String, note: Option<String>) -> Vec<String> {
    std::iter::once(what).chain(note).collect()
}
