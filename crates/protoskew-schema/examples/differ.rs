//! Compares what we and protoc read in a folder of `.proto` files: `differ FOLDER [FURTHER_IMPORT_ROOT]…`
#![allow(clippy::print_stdout)] // a tool for the terminal

#[path = "../tests/oracle/mod.rs"]
mod oracle;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use protoskew_schema::Schema;

fn main() {
    let roots: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some(folder) = roots.first() else {
        println!("usage: differ FOLDER [FURTHER_IMPORT_ROOT]...");
        std::process::exit(2);
    };
    let Some(python) = oracle::python() else {
        println!("no protoc: see tests/protoc.rs for how to get one");
        std::process::exit(2);
    };
    let paths = oracle::protos_under(folder);
    let start = Instant::now();
    let schema = oracle::read(&roots, &paths);
    let ours = start.elapsed();
    let oracle = oracle::ask(&python, &roots, &paths);
    let differences = oracle::differences(&schema, &oracle);
    for difference in &differences {
        println!("{difference}");
    }
    let (options, compared) = oracle::options_differences(&schema, &oracle, &paths);
    for difference in &options {
        println!("{difference}");
    }
    println!(
        "options of {compared} elements; {} differences",
        options.len()
    );
    for path in missed(&schema, &oracle) {
        println!("protoc refuses, we don't: {path}");
    }
    println!(
        "{} files, of which protoc refuses {}; {} facts; {} differences; read in {ours:?}",
        paths.len(),
        oracle.rejected.len(),
        oracle
            .facts
            .values()
            .map(|facts| facts.len())
            .sum::<usize>(),
        differences.len()
    );
    std::process::exit(i32::from(!(differences.is_empty() && options.is_empty())));
}

/// The files that protoc refuses and we say nothing of.
fn missed<'o>(schema: &Schema, oracle: &'o oracle::Oracle) -> Vec<&'o str> {
    let ours: BTreeSet<&str> = schema
        .diagnostics
        .iter()
        .map(|d| schema.file(d.file).path.as_str())
        .collect();
    let rejected = oracle.rejected.iter().map(String::as_str);
    rejected.filter(|p| !ours.contains(p)).collect()
}
