//! Draws `docs/cost.svg` and writes the table of costs into `docs/fargate-or-lambda.md`, from
//! `docs/prices.toml` and what `bench/lambda` has measured.

use bench::cost::{Overhead, Table, Way};
use bench::dark::themed;
use bench::measured::{Measured, read};
use bench::page::replace;
use bench::process::repository;
use plotters::prelude::*;
use std::error::Error;
use std::fs;

const RATES: [f64; 7] = [0.1, 1.0, 5.0, 10.0, 50.0, 100.0, 1000.0];
const COLOURS: [RGBColor; 4] = [
    RGBColor(0xd9, 0x5f, 0x02),
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0x75, 0x70, 0xb3),
    RGBColor(0x66, 0x66, 0x66),
];

fn main() -> Result<(), Box<dyn Error>> {
    let docs = repository().join("docs");
    let table: Table = toml::from_str(&fs::read_to_string(docs.join("prices.toml"))?)?;
    let measured = read()?;
    let overhead = Overhead {
        server: of(&measured, "bin-fargate, over a socket")?,
        function: of(&measured, "bin-lambda")?,
    };
    fs::write(docs.join("cost.svg"), chart(&table, overhead)?)?;
    let page = docs.join("fargate-or-lambda.md");
    let text = replace(
        &fs::read_to_string(&page)?,
        "cost",
        &costs(&table, overhead),
    )?;
    let text = replace(&text, "measured", &bench::measured::table(&measured))?;
    fs::write(page, text)?;
    Ok(())
}

/// The CPU time of a request, in milliseconds.
fn of(measured: &[Measured], subject: &str) -> Result<f64, String> {
    let row = measured.iter().find(|row| row.subject == subject);
    let row = row.ok_or_else(|| format!("nothing is measured of {subject}"))?;
    Ok(row.cpu_micros.median / 1000.0)
}

fn costs(table: &Table, overhead: Overhead) -> String {
    let mut text = format!(
        "| requests a second | {} |\n",
        Way::ALL.map(Way::name).join(" | ")
    );
    text += &format!("|---:|{}\n", "---:|".repeat(Way::ALL.len()));
    for rate in RATES {
        let prices = Way::ALL.map(|way| format!("{:.2}", table.month(way, rate, overhead)));
        text += &format!("| {rate} | {} |\n", prices.join(" | "));
    }
    text += &format!(
        "\n{} a month, {}, prices of {}.\n\n",
        table.currency, table.region, table.as_of
    );
    for way in Way::ALL.into_iter().filter(|way| *way != Way::Fargate) {
        text += &match table.crossover(way, overhead) {
            Some(rate) => format!(
                "- {}: dearer than Fargate from {rate} requests a second on ({:.1} million a month).\n",
                way.name(),
                table.requests(rate) / 1e6
            ),
            None => format!("- {}: never dearer than Fargate.\n", way.name()),
        };
    }
    text
}

fn chart(table: &Table, overhead: Overhead) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (560, 440)).into_drawing_area();
        area.fill(&WHITE)?;
        let caption = format!(
            "{} a month ({}, {})",
            table.currency, table.region, table.as_of
        );
        let mut chart = ChartBuilder::on(&area)
            .margin(16)
            .caption(caption, ("sans-serif", 20))
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d((0.01..1000.0).log_scale(), (0.1..10_000.0).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("requests a second, around the clock")
            .x_label_formatter(&|rate| format!("{rate}"))
            .y_label_formatter(&|price| format!("{price}"))
            .light_line_style(RGBColor(0xf2, 0xf2, 0xf2))
            .bold_line_style(RGBColor(0xd8, 0xd8, 0xd8))
            .label_style(("sans-serif", 16))
            .draw()?;
        for (way, colour) in Way::ALL.into_iter().zip(COLOURS) {
            let points = (0..=500).map(|step| 10_f64.powf(-2.0 + f64::from(step) / 100.0));
            let line = points.map(|rate| (rate, table.month(way, rate, overhead)));
            chart
                .draw_series(LineSeries::new(
                    line.filter(|(_, price)| *price >= 0.1),
                    colour.stroke_width(3),
                ))?
                .label(way.name())
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(3))
                });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(0xd8, 0xd8, 0xd8))
            .label_font(("sans-serif", 16))
            .draw()?;
        area.present()?;
    }
    Ok(themed(&svg))
}
