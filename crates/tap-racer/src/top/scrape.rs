//! What a server answers at `/metrics`, read back from Prometheus' text format.

use std::collections::BTreeMap;

use tokio::time::Instant;

/// All its metrics at one moment.
#[derive(Clone, Debug)]
pub struct Scrape {
    at: Instant,
    /// By name and labels, as they are written.
    values: BTreeMap<String, f64>,
}

/// Two of them, one after the other: how fast counters rise, and what histograms were given meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    before: &'a Scrape,
    now: &'a Scrape,
}

impl Scrape {
    /// Reads an answer that came at this time; none if it is no such answer.
    pub fn read(text: &str, at: Instant) -> Option<Scrape> {
        let samples = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let values: Option<BTreeMap<_, _>> = samples.map(read_sample).collect();
        Some(Scrape { at, values: values.filter(|values| !values.is_empty())? })
    }

    /// A metric without labels.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.values.get(name).copied()
    }

    /// The sum over a metric's labels, of those that have this one (all have the empty one).
    pub fn sum(&self, name: &str, label: &str) -> Option<f64> {
        let values: Vec<f64> =
            self.of(name).filter(|(labels, _)| labels.contains(label)).map(|it| it.1).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }

    /// Everything under a name, with its labels.
    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
        let names = self.values.range(name.to_owned()..);
        let same = names.take_while(move |(key, _)| key.starts_with(name));
        same.filter_map(move |(key, value)| {
            let labels = key.strip_prefix(name)?;
            (labels.is_empty() || labels.starts_with('{')).then_some((labels, *value))
        })
    }

    /// How many samples of a histogram were at most so many seconds, in ascending order.
    fn buckets(&self, histogram: &str) -> Vec<(f64, f64)> {
        let name = format!("{histogram}_bucket");
        let bound = |labels: &str| labels.strip_prefix("{le=\"")?.strip_suffix("\"}")?.parse().ok();
        let mut buckets: Vec<(f64, f64)> =
            self.of(&name).filter_map(|(labels, count)| Some((bound(labels)?, count))).collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        buckets
    }
}

/// `name{label="value"} 1.5`, perhaps with a time behind it.
fn read_sample(line: &str) -> Option<(String, f64)> {
    let name_ends = line.rfind('}').map_or_else(|| line.find(' '), |brace| Some(brace + 1))?;
    let (name, value) = line.split_at(name_ends);
    Some((name.to_owned(), value.split_whitespace().next()?.parse().ok()?))
}

impl<'a> Between<'a> {
    /// None if the server was started anew meanwhile: nothing can be compared then.
    pub fn new(before: &'a Scrape, now: &'a Scrape) -> Option<Between<'a>> {
        let began = |scrape: &Scrape| scrape.value("process_start_time_seconds");
        (before.at < now.at && began(before) == began(now)).then_some(Between { before, now })
    }

    /// How much a counter has risen in a second, over all that have this label.
    pub fn rate(&self, counter: &str, label: &str) -> Option<f64> {
        let risen = self.now.sum(counter, label)? - self.before.sum(counter, label).unwrap_or(0.0);
        Some(risen.max(0.0) / (self.now.at - self.before.at).as_secs_f64())
    }

    /// What a share of the samples that a histogram was given meanwhile did not exceed, as Prometheus'
    /// `histogram_quantile` estimates it; none if there were none.
    pub fn quantile(&self, histogram: &str, share: f64) -> Option<f64> {
        let before = self.before.buckets(histogram);
        let earlier = |bound: f64| before.iter().find(|it| it.0 == bound).map_or(0.0, |it| it.1);
        let buckets: Vec<(f64, f64)> = self
            .now
            .buckets(histogram)
            .into_iter()
            .map(|(bound, count)| (bound, count - earlier(bound)))
            .collect();
        let all = buckets.last().filter(|(_, count)| *count > 0.0)?.1;
        let index = buckets.iter().position(|(_, count)| *count >= share * all)?;
        let (bound, count) = buckets[index];
        let (low, fewer) = index.checked_sub(1).map_or((0.0, 0.0), |below| buckets[below]);
        if bound.is_infinite() {
            return Some(low);
        }
        Some(low + (bound - low) * (share * all - fewer) / (count - fewer))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn scrapes(before: &str, now: &str) -> (Scrape, Scrape) {
        let at = Instant::now();
        let read = |text, at| Scrape::read(text, at).expect("metrics");
        (read(before, at), read(now, at + Duration::from_secs(2)))
    }

    #[test]
    fn an_answer_is_read_whatever_labels_and_numbers_are_in_it() {
        let text = "# HELP a Of {a} kind.\n# TYPE a counter\na 3\n\na_b{x=\"1 }\",y=\"2\"} 1.5e3\na{x=\"2\"} NaN 17\nz +Inf\n";
        let scrape = Scrape::read(text, Instant::now()).expect("metrics");
        assert_eq!(scrape.value("a"), Some(3.0));
        assert_eq!(scrape.value("z"), Some(f64::INFINITY));
        assert_eq!(scrape.sum("a_b", "y=\"2\""), Some(1500.0));
        assert_eq!(scrape.sum("a_b", "y=\"3\""), None);
        assert!(scrape.sum("a", "").expect("two").is_nan());
        for other in ["", "<html>not found</html>", "ok\n", "a\n", "a b"] {
            assert!(Scrape::read(other, Instant::now()).is_none(), "{other}");
        }
    }

    #[test]
    fn a_counter_rises_by_so_much_a_second_over_all_its_labels() {
        let (before, now) =
            scrapes("a{x=\"1\"} 10\na{x=\"2\"} 5\nab 1\n", "a{x=\"1\"} 30\na{x=\"2\"} 6\nab 99\n");
        let between = Between::new(&before, &now).expect("comparable");
        assert_eq!(between.rate("a", ""), Some(10.5));
        assert_eq!(between.rate("a", "x=\"2\""), Some(0.5));
        assert_eq!(between.rate("b", ""), None);
    }

    #[test]
    fn nothing_is_compared_over_a_restart_of_the_server() {
        let (before, now) =
            scrapes("process_start_time_seconds 5\na 10\n", "process_start_time_seconds 6\na 1\n");
        assert!(Between::new(&before, &now).is_none());
    }

    #[test]
    fn a_quantile_is_of_what_was_added_meanwhile() {
        let before = "h_bucket{le=\"0.01\"} 1000\nh_bucket{le=\"0.1\"} 1000\nh_bucket{le=\"+Inf\"} 1000\n";
        let now = "h_bucket{le=\"0.01\"} 1050\nh_bucket{le=\"0.1\"} 1090\nh_bucket{le=\"+Inf\"} 1100\n";
        let (before, now) = scrapes(before, now);
        let between = Between::new(&before, &now).expect("comparable");
        let quantile = |share| between.quantile("h", share).expect("samples");
        assert!((quantile(0.25) - 0.005).abs() < 1e-9);
        assert!((quantile(0.7) - 0.055).abs() < 1e-9);
        // Nothing more is known of those in the last one.
        assert!((quantile(0.99) - 0.1).abs() < 1e-9);
        let (same, later) = scrapes("h_bucket{le=\"+Inf\"} 3\n", "h_bucket{le=\"+Inf\"} 3\n");
        assert_eq!(Between::new(&same, &later).expect("comparable").quantile("h", 0.5), None);
    }
}
