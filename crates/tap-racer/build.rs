//! In release builds the pages are part of the binary: it is built anew when they are.

use std::{env, path::Path};

fn main() {
    let pages = Path::new("../../web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // A path that is missing counts as changed each time, so pages that are built later are seen.
        println!("cargo::rerun-if-changed={}", pages.display());
    }
}
