//! The resources that a plan makes or keeps, each with its values, its configuration, and the module that it is in.

use serde_json::Value;

/// One instance of a module.
pub(super) struct Module<'a> {
    /// Such as `module.service["a"]`; empty of the root.
    address: String,
    /// Its configuration: resources, outputs, and calls of other modules.
    config: &'a Value,
    /// What it is called with.
    pub(super) inputs: &'a Value,
    /// What `each` goes through in those.
    pub(super) each: &'a Value,
    /// The module that calls it, by its number.
    pub(super) caller: usize,
}

/// One instance of a resource.
pub(super) struct Planned<'a> {
    /// Such as `module.service.aws_lb.this[0]`.
    pub(super) address: &'a str,
    pub(super) kind: &'a str,
    /// What `count` or `for_each` calls it.
    pub(super) index: &'a Value,
    /// The attributes that are known before it is made.
    pub(super) values: &'a Value,
    /// Its configuration.
    pub(super) config: &'a Value,
    /// Its module, by its number.
    pub(super) module: usize,
}

/// All that a plan has.
pub(super) struct Resources<'a> {
    modules: Vec<Module<'a>>,
    pub(super) all: Vec<Planned<'a>>,
}

impl<'a> Resources<'a> {
    pub(super) fn of(plan: &'a Value) -> Self {
        let mut resources = Self {
            modules: Vec::new(),
            all: Vec::new(),
        };
        let root = Module {
            address: String::new(),
            config: &plan["configuration"]["root_module"],
            inputs: &Value::Null,
            each: &Value::Null,
            caller: 0,
        };
        resources.add(&plan["planned_values"]["root_module"], root);
        resources
    }

    fn add(&mut self, planned: &'a Value, module: Module<'a>) {
        let number = self.modules.len();
        let (config, own) = (module.config, module.address.clone());
        self.modules.push(module);
        let managed = items(&planned["resources"]).filter(|it| it["mode"] == "managed");
        for resource in managed {
            let is_same = |it: &&Value| {
                ["mode", "type", "name"]
                    .iter()
                    .all(|key| it[*key] == resource[*key])
            };
            self.all.push(Planned {
                address: text(&resource["address"]),
                kind: text(&resource["type"]),
                index: &resource["index"],
                values: &resource["values"],
                config: items(&config["resources"])
                    .find(is_same)
                    .unwrap_or(&Value::Null),
                module: number,
            });
        }
        for child in items(&planned["child_modules"]) {
            let address = text(&child["address"]);
            let call = call(address, &own);
            let call = &config["module_calls"][call];
            let module = Module {
                address: address.to_owned(),
                config: &call["module"],
                inputs: &call["expressions"],
                each: &call["for_each_expression"],
                caller: number,
            };
            self.add(child, module);
        }
    }

    pub(super) fn module(&self, number: usize) -> &Module<'a> {
        &self.modules[number]
    }

    /// The resources of this type.
    pub(super) fn of_kind(&self, kinds: &[&str]) -> impl Iterator<Item = &Planned<'a>> {
        self.all.iter().filter(move |it| kinds.contains(&it.kind))
    }

    /// The resources of a module whose addresses in it are this or begin with it: `aws_lb.this` has `aws_lb.this[0]`.
    pub(super) fn named(&self, module: usize, name: &str) -> Vec<&Planned<'a>> {
        let address = &self.modules[module].address;
        let all = self.all.iter().filter(|it| {
            let own = it.address.strip_prefix(address.as_str());
            let own = own.map(|own| own.strip_prefix('.').unwrap_or(own));
            let rest = own.and_then(|own| own.strip_prefix(name));
            it.module == module && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        });
        all.collect()
    }

    /// The instances of a module that this one calls, by its name there with or without an index.
    pub(super) fn called<'s>(
        &'s self,
        caller: usize,
        name: &'s str,
    ) -> impl Iterator<Item = usize> {
        let address = &self.modules[caller].address;
        let all = self.modules.iter().enumerate();
        let own = all.filter(move |(number, it)| {
            let own = it
                .address
                .strip_prefix(address.as_str())
                .unwrap_or_default();
            let own = own.strip_prefix('.').unwrap_or(own);
            let rest = own
                .strip_prefix("module.")
                .and_then(|own| own.strip_prefix(name));
            let is_it = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
            *number != 0 && it.caller == caller && is_it
        });
        own.map(|(number, _)| number)
    }
}

impl<'a> Module<'a> {
    /// What an output is made of.
    pub(super) fn output(&self, name: &str) -> &'a Value {
        &self.config["outputs"][name]["expression"]
    }
}

/// The name of a call, of the address of a module that is called.
fn call<'a>(address: &'a str, caller: &str) -> &'a str {
    let own = address.strip_prefix(caller).unwrap_or(address);
    let own = own.strip_prefix('.').unwrap_or(own);
    let own = own.strip_prefix("module.").unwrap_or(own);
    own.split('[').next().unwrap_or(own)
}

pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
