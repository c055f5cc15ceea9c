//! Charts in the dark: plotters draws for a light page, and has no styles.

const STYLE: &str = "\
<style>
@media (prefers-color-scheme: dark) {
  rect[fill=\"#FFFFFF\"] { fill: #161b22; }
  text { fill: #e6edf3; }
  line[stroke=\"#F2F2F2\"] { stroke: #21262d; }
  line[stroke=\"#D8D8D8\"], rect[stroke=\"#D8D8D8\"] { stroke: #3d444d; }
  polyline[stroke=\"#000000\"] { stroke: #9ea7b3; }
  polyline[stroke=\"#666666\"] { stroke: #b1bac4; }
  polyline[stroke=\"#7570B3\"] { stroke: #a5a0e8; }
}
</style>
";

/// `svg` with other colours where the reader prefers them dark.
#[must_use]
pub fn themed(svg: &str) -> String {
    svg.replacen(">\n", &format!(">\n{STYLE}"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_the_first_of_the_drawing() {
        let svg = themed("<svg width=\"1\">\n<rect/>\n</svg>\n");
        assert_eq!(svg, format!("<svg width=\"1\">\n{STYLE}<rect/>\n</svg>\n"));
    }
}
