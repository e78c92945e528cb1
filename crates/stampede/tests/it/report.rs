//! What was measured becomes a page.

use crate::{game::Folder, stampede, text};

#[test]
fn a_page_tells_targets_plots_and_all_numbers() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).expect("a folder");
    let measured = format!("{}/measured.jsonl", folder.path());
    let row = |clients: usize, cpu: f64| {
        format!(
            r#"{{"server":"reference","scenario":"fanout","clients":{clients},"unit":"delivery","count":1000000,"seconds":10,"cpu":{cpu},"rss":9000000,"rss_per_client":null,"latency":null,"of_floor":1.1,"faults":[]}}"#
        )
    };
    let of_phones = |own: f64| {
        let latency = |p99: f64| format!(r#"{{"p50":1,"p99":{p99},"p999":{p99},"max":{p99}}}"#);
        let (all, own) = (latency(20.0), latency(own));
        format!(
            r#"{{"scenario":"overflow, 9 stalled","clients":20,"unit":"delivery","count":1000,"seconds":10,"cpu":1,"rss":9000000,"rss_most":12500000,"let_go":8,"rss_per_client":null,"latency":{all},"generator_late":{own},"faults":[]}}"#
        )
    };
    let rows = [row(1_000, 4.0), row(10_000, 5.0), of_phones(4.5), of_phones(5.5)];
    std::fs::write(&measured, rows.join("\n")).expect("a file");
    let output = stampede(&format!("report {measured} --out {0}/report --date 2026-01-02", folder.path()));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(format!("{}/report/{name}", folder.path())).expect(name);
    let page = read("README.md");
    for told in ["2026-01-02", "1.10 × the floor with 10000 | met |", "| not measured |", "(fanout.svg)"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let slow = ["overflow, 9 stalled, 8 let go", "9.0 MB (at most 12.5)", "| 4.5 ms |", "| **5.5 ms** |"];
    assert!(slow.iter().all(|told| page.contains(told)), "{page}");
    assert!(!page.contains("(memory.svg)"), "{page}");
    assert!(read("fanout.svg").contains("Phoenix"));
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).expect("JSON");
    assert_eq!(report["measured"][1]["cpu"], 5.0);
}

#[test]
fn measurements_that_are_not_there_are_told() {
    let output = stampede("report /nowhere/measured.jsonl --out /nowhere");
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("cannot read /nowhere/measured.jsonl"), "{}", text(&output.stderr));
}
