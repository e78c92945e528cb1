//! Plots as SVG: lines over a logarithmic axis of sizes, readable on light and dark pages.

use std::fmt::Write;

/// A plot with its axes.
#[derive(Clone, Debug)]
pub struct Plot {
    /// That of its file.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// What stands on the logarithmic axis.
    pub x: &'static str,
    /// The unit of the other one, which begins with zero.
    pub y: &'static str,
    /// The lines.
    pub series: Vec<Series>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// Of points in any order; those that no axis has are left out.
    pub fn new(name: String, points: impl Iterator<Item = (f64, f64)>) -> Series {
        let mut points: Vec<_> = points.filter(|(x, y)| *x > 0.0 && y.is_finite()).collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        Series { name, points }
    }
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// Left, right, top and bottom of the axes.
const FRAME: (f64, f64, f64, f64) = (64.0, 696.0, 88.0, 350.0);

/// A line is told by its colour, and by its mark where colours are not seen. The colours are three to one at
/// least on white and on the dark ground.
const STYLE: &str = "
svg { background: #fff; font: 13px system-ui, sans-serif; --ink: #1f2328; --faint: #d0d7de; }
text { fill: var(--ink); } .title { font-size: 16px; font-weight: 600; }
.grid { stroke: var(--faint); } .line { fill: none; stroke-width: 2; }
.s0 { --c: #0969da; } .s1 { --c: #bc4c00; } .s2 { --c: #1a7f37; } .s3 { --c: #8250df; } .s4 { --c: #57606a; }
.line { stroke: var(--c); } .mark { fill: var(--c); }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; --ink: #e6edf3; --faint: #30363d; }
.s0 { --c: #58a6ff; } .s1 { --c: #f0883e; } .s2 { --c: #3fb950; } .s3 { --c: #bc8cff; } .s4 { --c: #8b949e; }
}
";

impl Plot {
    /// The name of its file.
    pub fn file(&self) -> String {
        format!("{}.svg", self.name)
    }

    /// The drawing.
    pub fn draw(&self) -> String {
        let (left, right, top, bottom) = FRAME;
        let points = || self.series.iter().flat_map(|series| &series.points);
        let (from, to) = points().fold((f64::MAX, 1.0_f64), |(from, to), (x, _)| (from.min(*x), to.max(*x)));
        // Half as much and twice as much again, so that no point lies on the frame.
        let (from, to) = ((from.min(to) / 1.5).log10(), (to * 1.5).log10());
        let step = nice_step(points().map(|(_, y)| *y).fold(0.0, f64::max) / 5.0);
        let steps = (points().map(|(_, y)| *y).fold(step, f64::max) / step).ceil();
        let across = |x: f64| left + (x.log10() - from) / (to - from) * (right - left);
        let up = |y: f64| bottom - y / (step * steps) * (bottom - top);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-label=\"{title}\">\n<style>{STYLE}</style>\n\
             <text class=\"title\" x=\"{left}\" y=\"26\">{title}</text>\n",
            title = escaped(&self.title)
        );
        // Writing to a string does not fail.
        for number in 0..=steps as u32 {
            let y = step * f64::from(number);
            let at = up(y);
            let _ = writeln!(svg, "<path class=\"grid\" d=\"M{left} {at:.1}H{right}\"/>");
            let _ = writeln!(svg, "{}", text(left - 8.0, at + 4.0, "end", &number_text(y)));
        }
        let _ = writeln!(svg, "{}", text(8.0, top - 10.0, "start", self.y));
        for decade in from.floor() as i32..=to.ceil() as i32 {
            for x in [1.0, 2.0, 5.0].map(|part| part * 10_f64.powi(decade)) {
                if (from..=to).contains(&x.log10()) {
                    let at = across(x);
                    let _ = writeln!(svg, "<path class=\"grid\" d=\"M{at:.1} {bottom}v5\"/>");
                    let _ = writeln!(svg, "{}", text(at, bottom + 20.0, "middle", &number_text(x)));
                }
            }
        }
        let _ = writeln!(svg, "{}", text(f64::midpoint(left, right), HEIGHT - 10.0, "middle", self.x));
        let mut legend = left + 10.0;
        for (number, Series { name, points }) in self.series.iter().enumerate() {
            let class = number % 5;
            let line: Vec<String> =
                points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), up(*y))).collect();
            let _ = writeln!(svg, "<g class=\"s{class}\">");
            let _ = writeln!(svg, "<polyline class=\"line\" points=\"{}\"/>", line.join(" "));
            for (x, y) in points {
                let _ = writeln!(svg, "{}", mark(class, across(*x), up(*y)));
            }
            let _ = writeln!(svg, "{}", mark(class, legend, 48.0));
            let _ = writeln!(svg, "{}\n</g>", text(legend + 10.0, 52.0, "start", name));
            legend += 34.0 + 7.0 * name.chars().count() as f64;
        }
        svg + "</svg>\n"
    }
}

/// One, two or five times a power of ten, at least `least`.
fn nice_step(least: f64) -> f64 {
    let decade = 10_f64.powf(least.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|part| part * decade).into_iter().find(|step| *step >= least).unwrap_or(decade)
}

/// Ten thousand is `10,000`, a half is `0.5`.
fn number_text(number: f64) -> String {
    if number != 0.0 && number.abs() < 1.0 {
        let text = format!("{number:.3}");
        return text.trim_end_matches('0').to_owned();
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn text(x: f64, y: f64, anchor: &str, what: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escaped(what))
}

/// A circle, a square, a diamond, a triangle, a triangle that stands on its head.
fn mark(kind: usize, x: f64, y: f64) -> String {
    let shape = match kind {
        0 => return format!("<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"),
        1 => "m-4 -4h8v8h-8z",
        2 => "m0 -5l5 5l-5 5l-5 -5z",
        3 => "m0 -5l5 9h-10z",
        _ => "m0 5l5 -9h-10z",
    };
    format!("<path class=\"mark\" d=\"M{x:.1} {y:.1}{shape}\"/>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(points: &[(f64, f64)]) -> String {
        let series = vec![Series::new("a & b".to_owned(), points.iter().copied())];
        Plot { name: "cost", title: "Cost".to_owned(), x: "clients", y: "µs", series }.draw()
    }

    /// The points of the line, as they are drawn.
    fn line(svg: &str) -> Vec<(f64, f64)> {
        let points = svg.split("points=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a line");
        let point = |point: &str| {
            let (x, y) = point.split_once(',').expect("a point");
            (x.parse().expect("x"), y.parse().expect("y"))
        };
        points.split_whitespace().map(point).collect()
    }

    #[test]
    fn ten_times_as_many_clients_are_as_far_to_the_right_again() {
        let drawn = line(&plot(&[(10_000.0, 2.0), (100.0, 4.0), (1_000.0, 3.0)]));
        let [first, second, third] = drawn[..] else { panic!("three points: {drawn:?}") };
        assert!((second.0 - first.0 - (third.0 - second.0)).abs() < 0.2, "{drawn:?}");
        assert!(first.0 > FRAME.0 && third.0 < FRAME.1, "{drawn:?}");
    }

    #[test]
    fn heights_are_in_proportion_from_zero_on_and_within_the_frame() {
        let drawn = line(&plot(&[(100.0, 0.0), (200.0, 1.0), (400.0, 2.0)]));
        assert!((drawn[0].1 - FRAME.3).abs() < 0.1, "{drawn:?}");
        assert!((drawn[0].1 - drawn[2].1 - 2.0 * (drawn[0].1 - drawn[1].1)).abs() < 0.3, "{drawn:?}");
        assert!(drawn.iter().all(|(_, y)| *y >= FRAME.2 - 0.1), "{drawn:?}");
    }

    #[test]
    fn a_single_point_and_one_of_nothing_are_drawn_within_the_frame() {
        for points in [&[(1_000.0, 5.0)][..], &[(1_000.0, 0.0)]] {
            let (x, y) = line(&plot(points))[0];
            assert!((FRAME.0..=FRAME.1).contains(&x) && (FRAME.2 - 0.1..=FRAME.3).contains(&y), "{x} {y}");
        }
    }

    #[test]
    fn names_are_text_and_axes_have_units() {
        let svg = plot(&[(1_000.0, 5.0)]);
        for text in ["a &amp; b", ">clients<", ">µs<", ">1,000<", "prefers-color-scheme: dark"] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
    }
}
