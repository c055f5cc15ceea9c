//! CloudWatch's metric math, as far as the alarms use it, for one minute (AWS, "Using math expressions with CloudWatch
//! metrics").

use serde_json::Value;
use std::collections::BTreeMap;

/// What was measured in a minute, by the ids of an alarm's metrics. What is not in it has no data.
pub(super) type Minute<'a> = BTreeMap<&'a str, f64>;

/// What an alarm compares with its threshold. A value without data is NaN.
pub(super) fn value(alarm: &Value, minute: &Minute<'_>) -> f64 {
    let queries = alarm["Metrics"].as_array().unwrap();
    let returned = queries.iter().find(|query| query["ReturnData"] == true);
    of_query(returned.unwrap(), queries, minute)
}

fn of_query(query: &Value, queries: &[Value], minute: &Minute<'_>) -> f64 {
    let Some(expression) = query["Expression"].as_str() else {
        let id = query["Id"].as_str().unwrap();
        return minute.get(id).copied().unwrap_or(f64::NAN);
    };
    let mut parser = Parser {
        text: expression,
        queries,
        minute,
    };
    let value = parser.comparison();
    assert_eq!(parser.text.trim(), "", "{expression}");
    value
}

struct Parser<'a> {
    text: &'a str,
    queries: &'a [Value],
    minute: &'a Minute<'a>,
}

impl Parser<'_> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.text.trim_start().strip_prefix(token);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn expects(&mut self, token: &str) {
        assert!(self.takes(token), "{token} before {:?}", self.text);
    }

    fn comparison(&mut self) -> f64 {
        let left = self.sum();
        if self.takes(">=") {
            return f64::from(left >= self.sum());
        }
        if self.takes(">") {
            return f64::from(left > self.sum());
        }
        left
    }

    fn sum(&mut self) -> f64 {
        let mut sum = self.product();
        while self.takes("+") {
            sum += self.product();
        }
        sum
    }

    fn product(&mut self) -> f64 {
        let mut product = self.operand();
        loop {
            if self.takes("*") {
                product *= self.operand();
            } else if self.takes("/") {
                product /= self.operand();
            } else {
                return product;
            }
        }
    }

    fn operand(&mut self) -> f64 {
        let text = self.text.trim_start();
        let end = text.find(|it: char| !it.is_alphanumeric() && it != '_');
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        self.text = rest;
        if let Ok(number) = word.parse() {
            return number;
        }
        match word {
            "FILL" | "IF" | "MAX" => {
                self.expects("(");
                let is_list = word == "MAX";
                if is_list {
                    self.expects("[");
                }
                let mut arguments = vec![self.comparison()];
                while self.takes(",") {
                    arguments.push(self.comparison());
                }
                if is_list {
                    self.expects("]");
                }
                self.expects(")");
                called(word, &arguments)
            }
            id => {
                let query = self.queries.iter().find(|query| query["Id"] == id);
                let query = query.unwrap_or_else(|| panic!("no metric {id:?}"));
                of_query(query, self.queries, self.minute)
            }
        }
    }
}

fn called(name: &str, arguments: &[f64]) -> f64 {
    match (name, arguments) {
        ("FILL", [value, other]) if value.is_nan() => *other,
        ("FILL", [value, _]) => *value,
        ("IF", [condition, then, _]) if *condition != 0.0 => *then,
        ("IF", [_, _, otherwise]) => *otherwise,
        ("MAX", values) => values.iter().copied().fold(f64::NAN, f64::max),
        _ => panic!("{name} of {}", arguments.len()),
    }
}
