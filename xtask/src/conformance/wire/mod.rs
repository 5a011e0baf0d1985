//! `cargo xtask conformance wire`: random pairs of schemas and messages, the outcome that is told against the bytes.

mod evolve;
mod model;
mod property;
mod random;

use std::collections::BTreeSet;

use anyhow::bail;

use property::{Broken, Hits, check};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many pairs of schemas.
    #[arg(long, default_value_t = 100_000)]
    pairs: u64,
    /// The seed of the first pair.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print so many pairs that do not hold, and go on.
    #[arg(long, default_value_t = 5)]
    show: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut hits = Hits::new();
    let mut broken: Vec<Box<Broken>> = Vec::new();
    let mut count = 0u64;
    for seed in arguments.seed..arguments.seed + arguments.pairs {
        if let Err(found) = check(seed, &mut hits) {
            count += 1;
            if broken.len() < arguments.show {
                broken.push(found);
            }
        }
    }
    for it in &broken {
        println!("seed {}\n{}\n{}\n{}\n", it.seed, it.what, it.old, it.new);
    }
    print_hits(&hits);
    let missing = missing(&hits);
    println!("{} pairs, {count} of them do not hold", arguments.pairs);
    for it in &missing {
        println!("never seen: {it}");
    }
    if count > 0 || !missing.is_empty() {
        bail!("the outcomes that are told are not those that the bytes show");
    }
    Ok(())
}

fn print_hits(hits: &Hits) {
    let runtimes: BTreeSet<&str> = hits.keys().map(|(_, runtime, _)| *runtime).collect();
    let rows: BTreeSet<(&str, &str)> = hits
        .keys()
        .map(|(kind, _, outcome)| (kind.as_str(), *outcome))
        .collect();
    print!("{:40}", "");
    for runtime in &runtimes {
        print!(" {:>10.10}", runtime);
    }
    println!();
    for (kind, outcome) in rows {
        print!("{kind:28} {outcome:11}");
        for runtime in &runtimes {
            let count = hits.get(&(kind.to_owned(), *runtime, outcome));
            print!(" {:>10}", count.copied().unwrap_or(0));
        }
        println!();
    }
}

/// What was never hit: a construct or an outcome in some runtime.
fn missing(hits: &Hits) -> Vec<String> {
    use protoskew_compare::{Outcome, Runtime};
    let constructs = [
        "EnumOpennessChanged",
        "EnumValueAdded",
        "EnumValueRemoved",
        "EnumValueRenumbered",
        "EnumZeroChanged",
        "FieldAdded",
        "FieldCardinalityChanged",
        "FieldDefaultChanged",
        "FieldEncodingChanged",
        "FieldOneofChanged",
        "FieldPresenceChanged",
        "FieldRemoved",
        "FieldRenumbered",
        "FieldTypeChanged",
    ];
    let mut missing = Vec::new();
    for runtime in Runtime::ALL.map(Runtime::word) {
        for construct in constructs {
            if !hits
                .keys()
                .any(|(kind, at, _)| kind == construct && *at == runtime)
            {
                missing.push(format!("{construct} in {runtime}"));
            }
        }
        for outcome in Outcome::ALL.into_iter().filter(|it| *it != Outcome::Same) {
            if !hits
                .keys()
                .any(|(_, at, it)| *it == outcome.word() && *at == runtime)
            {
                missing.push(format!("{outcome} in {runtime}"));
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair holds, and the pairs are not of one kind.
    #[test]
    fn two_thousand_pairs() {
        let mut hits = Hits::new();
        for seed in 0..2_000 {
            if let Err(broken) = check(seed, &mut hits) {
                panic!("{broken:#?}");
            }
        }
        assert_eq!(missing(&hits), [""; 0]);
    }
}
