//! The dashboard: its JSON, its layout, and the metrics that it shows.

use super::*;

fn widgets(parameters: &Parameters<'_>) -> Vec<Value> {
    let body = &properties("ServiceDashboard", parameters)["DashboardBody"];
    let body: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
    body["widgets"].as_array().unwrap().clone()
}

/// A metric as a widget names it: namespace, name, and dimensions with their values. A dot stands for what the row before
/// has in this place, three dots for all of it (AWS, "Dashboard body structure and syntax").
fn named(row: &Value, before: &[String]) -> Vec<String> {
    let row = row.as_array().unwrap().iter().filter_map(Value::as_str);
    let mut parts = Vec::new();
    for part in row {
        match part {
            "..." => parts = before.to_vec(),
            "." => parts.push(before[parts.len()].clone()),
            part => parts.push(part.to_owned()),
        }
    }
    parts
}

/// Namespace, name and dimensions of a search, such as `SEARCH('{a,b} MetricName="c" b="d"', 'Sum', 60)`.
fn searched(expression: &str) -> (String, String, Vec<String>) {
    let inner = expression.strip_prefix("SEARCH('{").unwrap();
    let (schema, rest) = inner.split_once("} ").unwrap();
    let mut schema = schema.split(',').map(str::to_owned);
    let name = rest.strip_prefix("MetricName=\"").unwrap();
    let name = name.split('"').next().unwrap();
    (schema.next().unwrap(), name.to_owned(), schema.collect())
}

#[test]
fn every_metric_of_it_exists() {
    let mut seen = 0;
    for strategy in [ROLLING, CANARY] {
        let widgets = widgets(&[&[strategy], &ALL[..]].concat());
        for widget in widgets.iter().filter(|it| it["type"] == "metric") {
            let mut before = Vec::new();
            for row in widget["properties"]["metrics"].as_array().unwrap() {
                seen += 1;
                if let Some(expression) = row[0]["expression"].as_str() {
                    let (namespace, name, dimensions) = searched(expression);
                    let dimensions: Vec<&str> = dimensions.iter().map(String::as_str).collect();
                    assert_exists(&namespace, &name, &dimensions);
                    continue;
                }
                let parts = named(row, &before);
                let dimensions: Vec<&str> =
                    parts[2..].iter().step_by(2).map(String::as_str).collect();
                assert_exists(&parts[0], &parts[1], &dimensions);
                assert_eq!(parts.len() % 2, 0, "{parts:?}");
                before = parts;
            }
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn all_of_our_metrics_in_the_list_are_on_it() {
    let text = properties("ServiceDashboard", &[DASHBOARD, METRICS]).to_string();
    // Its table is held to the metrics that the server records.
    let page = include_str!("../../../../docs/telemetry.md");
    for (name, _) in OURS {
        assert!(text.contains(name), "{name}");
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn it_shows_the_services_metrics_and_the_alarms_where_there_are_some() {
    let count = |with: &Parameters<'_>| {
        let widgets = widgets(&[&[DASHBOARD], with].concat());
        let alarms = widgets.iter().filter(|it| it["type"] == "alarm");
        let alarms: Vec<Value> = alarms
            .map(|it| it["properties"]["alarms"].clone())
            .collect();
        (widgets.len(), alarms)
    };
    assert_eq!(count(&[]), (6, vec![]));
    assert_eq!(count(&[METRICS]), (9, vec![]));
    let one = serde_json::json!(["UnhealthyTargetAlarm"]);
    assert_eq!(count(&[UNHEALTHY]), (7, vec![one]));
    let all: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
    let all = serde_json::json!(all);
    assert_eq!(count(&[&[METRICS], &ALARMS[..]].concat()), (10, vec![all]));
}

/// CloudWatch's grid has 24 columns.
#[test]
fn widgets_are_side_by_side_on_the_grid() {
    for chosen in combinations() {
        let widgets = widgets(&[&[DASHBOARD], chosen.as_slice()].concat());
        let mut taken = std::collections::BTreeSet::new();
        for widget in &widgets {
            let number = |key: &str| widget[key].as_u64().unwrap();
            assert!(number("x") + number("width") <= 24);
            for x in number("x")..number("x") + number("width") {
                for y in number("y")..number("y") + number("height") {
                    assert!(taken.insert((x, y)), "{widget}");
                }
            }
            let title = widget["properties"]["title"].as_str();
            assert!(title.is_some_and(|title| !title.is_empty()));
        }
    }
}

#[test]
fn it_is_named_like_the_stack() {
    let name = &properties("ServiceDashboard", &[DASHBOARD])["DashboardName"];
    assert_eq!(name, "dualrun");
}

#[test]
fn its_picture_in_the_docs_has_its_parts_in_their_order() {
    let page = include_str!("../../../../docs/observe.md");
    let picture = page.split("┌").nth(1).unwrap().split("└").next().unwrap();
    let mut widgets = widgets(&[&[DASHBOARD, METRICS], &ALARMS[..]].concat());
    widgets.sort_by_key(|it| (it["y"].as_u64(), it["x"].as_u64()));
    let mut rest = picture;
    for widget in &widgets {
        let title = widget["properties"]["title"].as_str().unwrap();
        let at = rest.find(title).unwrap_or_else(|| panic!("{title}"));
        rest = &rest[at + title.len()..];
    }
}
