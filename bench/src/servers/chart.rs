//! Charts of bars, a group for each server.

use crate::dark::themed;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;

const COLOURS: [RGBColor; 3] = [
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0xd9, 0x5f, 0x02),
    RGBColor(0x75, 0x70, 0xb3),
];
/// Narrow, so that letters stay readable on a phone.
const WIDTH: i32 = 560;
const LEFT: i32 = 130;
const RIGHT: i32 = 50;
const TOP: i32 = 76;
const BAR: i32 = 16;
const GAP: i32 = 12;

/// A label, and a value for each series; a value that is missing has no bar.
pub type Group<'a> = (&'a str, Vec<Option<f64>>);

/// Draws horizontal bars on one scale from zero.
///
/// # Errors
///
/// If the drawing fails.
pub fn bars(
    title: &str,
    series: &[&str],
    groups: &[Group<'_>],
    number: impl Fn(f64) -> String,
) -> Result<String, Box<dyn Error>> {
    let rows: i32 = groups.iter().map(|(_, values)| height(values)).sum();
    let largest = groups
        .iter()
        .flat_map(|(_, values)| values.iter().flatten());
    let largest = largest.copied().fold(f64::MIN_POSITIVE, f64::max);
    let mut svg = String::new();
    {
        let size = (WIDTH as u32, (TOP + rows) as u32);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        let font = |size: i32| ("sans-serif", size).into_font().color(&BLACK);
        let centred = |position| font(16).pos(Pos::new(position, VPos::Center));
        area.draw_text(title, &font(20), (16, 14))?;
        for (index, (name, colour)) in series.iter().zip(COLOURS).enumerate() {
            let x = LEFT + 140 * index as i32;
            area.draw(&Rectangle::new([(x, 48), (x + 12, 60)], colour.filled()))?;
            area.draw_text(name, &centred(HPos::Left), (x + 18, 54))?;
        }
        let mut y = TOP;
        for (label, values) in groups {
            let middle = y + (height(values) - GAP) / 2;
            area.draw_text(label, &centred(HPos::Right), (LEFT - 8, middle))?;
            for (value, colour) in values.iter().zip(COLOURS) {
                let Some(value) = value else { continue };
                let length = f64::from(WIDTH - LEFT - RIGHT) * value / largest;
                let end = LEFT + (length.round() as i32).max(1);
                let corners = [(LEFT, y), (end, y + BAR - 2)];
                area.draw(&Rectangle::new(corners, colour.filled()))?;
                let place = (end + 6, y + BAR / 2 - 1);
                area.draw_text(&number(*value), &centred(HPos::Left), place)?;
                y += BAR;
            }
            y += GAP;
        }
        area.present()?;
    }
    Ok(themed(&svg))
}

fn height(values: &[Option<f64>]) -> i32 {
    values.iter().flatten().count() as i32 * BAR + GAP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_the_largest_value() {
        let groups = [
            ("a", vec![Some(1.0), Some(2.0)]),
            ("b", vec![None, Some(4.0)]),
        ];
        let svg = bars("rates", &["quiet", "logged"], &groups, |it| it.to_string()).unwrap();
        let widths = svg.lines().filter(|line| line.contains("<rect")).skip(3);
        let widths: Vec<f64> = widths
            .map(|line| line.split("width=\"").nth(1).unwrap())
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(widths, [95.0, 190.0, 380.0]);
    }
}
