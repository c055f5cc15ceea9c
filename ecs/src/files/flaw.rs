//! What CloudFormation refuses of a template, with its place. Of other people's templates it is told, and the rest is checked.

use super::intrinsics::Scope;
use super::template::TemplateError;
use crate::placeholder::mark;
use crate::typed::{Step, path};
use serde_json::Value;

/// So many are told. More are of one cause.
const MOST: usize = 20;

/// Something that CloudFormation refuses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Flaw {
    /// The resource that has it, if one has.
    pub(super) resource: Option<String>,
    /// The property. Of no resource, the parameter of the whole template.
    pub(super) field: String,
    /// File, line and column.
    pub(super) place: String,
    pub(super) what: String,
    pub(super) fix: String,
}

impl Flaw {
    /// With the place of who has given the parameter, if it is one's value.
    pub(super) fn said_in(self, places: &[(String, String)]) -> Self {
        let of_parameter = self.resource.is_none();
        let mut places = places.iter().filter(|_| of_parameter);
        match places.find(|(name, _)| *name == self.field) {
            Some((_, place)) => Self {
                place: place.clone(),
                ..self
            },
            None => self,
        }
    }
}

/// The error that is a flaw of a template that is whole.
pub(super) fn wrong(what: impl Into<String>, fix: impl Into<String>) -> TemplateError {
    TemplateError::Function {
        what: what.into(),
        fix: fix.into(),
    }
}

/// The same of a name that is not in the template.
pub(super) fn absent(what: impl Into<String>, fix: impl Into<String>) -> TemplateError {
    TemplateError::Absent {
        what: what.into(),
        fix: fix.into(),
    }
}

/// The same of a function that has not what it needs.
pub(super) fn misused(name: &str) -> TemplateError {
    let form = match name {
        "Fn::FindInMap" => "the name of a mapping and two keys",
        "Fn::GetAtt" => "a resource and an attribute",
        "Fn::If" => "the name of a condition and two values",
        "Fn::Join" => "a separator and a list",
        "Fn::Select" => "the number of an item and a list that has it",
        "Fn::Split" => "a separator and a string",
        "Fn::Sub" => "a string, or a list of a string and values for its variables",
        "Ref" => "the name of a parameter or a resource",
        _ => {
            return wrong(
                format!("{name} is not understood"),
                "put in what it stands for",
            );
        }
    };
    wrong(
        format!("{name} does not have what it takes: {form}"),
        format!("give {name} {form}"),
    )
}

/// Names, for a fix.
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    // Whether values keep the order of their file is decided by what else is built.
    names.sort_unstable();
    match names.as_slice() {
        [] => None,
        [only] => Some((*only).to_owned()),
        several => Some(format!("one of {}", several.join(", "))),
    }
}

impl Scope<'_> {
    /// With a step deeper on the way to what is evaluated.
    pub(super) fn at<T>(&self, step: Step, inner: impl FnOnce() -> T) -> T {
        self.steps.borrow_mut().push(step);
        let result = inner();
        self.steps.borrow_mut().pop();
        result
    }

    /// From another place of the template.
    pub(super) fn elsewhere<T>(&self, steps: &[&str], inner: impl FnOnce() -> T) -> T {
        let steps = steps.iter().map(|step| Step::Key((*step).to_owned()));
        let before = self.steps.replace(steps.collect());
        let result = inner();
        self.steps.replace(before);
        result
    }

    /// What takes the place of a value that CloudFormation refuses: of a template that is open, a mark.
    pub(super) fn marked<T: From<Marked>>(
        &self,
        result: Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        match result {
            Err(TemplateError::Absent { what, .. }) if self.is_open && self.template.is_part() => {
                Ok(T::from(Marked(mark(&format!("because {what}")))))
            }
            Err(TemplateError::Function { what, fix } | TemplateError::Absent { what, fix })
                if self.is_open =>
            {
                Ok(T::from(Marked(self.note(what, fix))))
            }
            result => result,
        }
    }

    /// The mark for what is wrong here.
    fn note(&self, what: String, fix: String) -> String {
        let steps = self.steps.borrow();
        let place = self.template.place_of(&steps);
        let (resource, field) = match steps.as_slice() {
            [Step::Key(section), Step::Key(name), field @ ..] if section == "Resources" => {
                let is_property = |step: &Step| *step == Step::Key("Properties".into());
                let field = match field {
                    [first, field @ ..] if is_property(first) => field,
                    field => field,
                };
                (Some(format!("{}{name}", self.prefix)), path(field))
            }
            _ => (None, String::new()),
        };
        let flaw = Flaw {
            resource,
            field,
            place,
            what,
            fix,
        };
        let mut flaws = self.flaws.borrow_mut();
        if flaws.len() < MOST && !flaws.contains(&flaw) {
            flaws.push(flaw);
        }
        mark("flaw")
    }
}

/// The mark for something wrong.
pub(super) struct Marked(String);

impl From<Marked> for Option<Value> {
    fn from(Marked(mark): Marked) -> Self {
        Some(mark.into())
    }
}

/// A condition of which something is wrong is undecided.
impl From<Marked> for Option<bool> {
    fn from(_: Marked) -> Self {
        None
    }
}
