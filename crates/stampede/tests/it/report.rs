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
    std::fs::write(&measured, [row(1_000, 4.0), row(10_000, 5.0)].join("\n")).expect("a file");
    let output = stampede(&format!("report {measured} --out {0}/report --date 2026-01-02", folder.path()));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(format!("{}/report/{name}", folder.path())).expect(name);
    let page = read("README.md");
    for told in ["2026-01-02", "1.10 × the floor with 10000 | met |", "| not measured |", "(fanout.svg)"] {
        assert!(page.contains(told), "{told}: {page}");
    }
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
