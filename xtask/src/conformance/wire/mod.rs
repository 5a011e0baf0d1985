//! `cargo xtask conformance wire`: random pairs of schemas and messages, the outcome that is told against the bytes.

pub(super) mod cells;
mod evolve;
pub(super) mod hits;
pub(super) mod model;
pub(super) mod property;
mod random;
#[cfg(test)]
mod regressions;
mod shrink;

use std::ops::Range;
use std::thread;

use anyhow::bail;

use hits::Hits;
use property::{Broken, Pair, check, text};

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// How many pairs of schemas.
    #[arg(long, default_value_t = 100_000)]
    pairs: u64,
    /// The seed of the first pair.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print so many pairs that do not hold, each made as small as it gets, and go on.
    #[arg(long, default_value_t = 5)]
    show: usize,
}

/// From so many pairs on, every cell of the table that can be reached must have been.
const ENOUGH: u64 = 100_000;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let seeds = arguments.seed..arguments.seed + arguments.pairs;
    let (hits, broken) = check_all(seeds);
    let count = broken.len();
    for (seed, broken) in broken.into_iter().take(arguments.show) {
        println!("{}", small(seed, broken));
    }
    println!("{}", hits.table());
    println!("{} pairs, {count} of them do not hold", arguments.pairs);
    let wrong = if arguments.pairs >= ENOUGH {
        for it in hits.rare() {
            println!("{it}");
        }
        hits.wrong_cells()
    } else {
        hits.missing()
    };
    for it in &wrong {
        println!("{it}");
    }
    if count > 0 || !wrong.is_empty() {
        bail!(
            "the outcomes that are told are not those that the bytes show, or not all were tried"
        );
    }
    Ok(())
}

/// Checks the pairs of all these seeds, on as many threads as there are processors.
fn check_all(seeds: Range<u64>) -> (Hits, Vec<(u64, Broken)>) {
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let check_some = |first: u64| {
        let mut hits = Hits::default();
        let mut broken = Vec::new();
        for seed in seeds.clone().skip(first as usize).step_by(threads as usize) {
            hits.seed = seed;
            if let Err(found) = check(seed, &mut hits) {
                broken.push((seed, found));
            }
        }
        (hits, broken)
    };
    let mut hits = Hits::default();
    let mut broken = Vec::new();
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|first| {
                let check_some = &check_some;
                scope.spawn(move || check_some(first))
            })
            .collect();
        for each in started {
            // a panic of one is a panic of all
            let (more, found) = each
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            hits.add(more);
            broken.extend(found);
        }
    });
    broken.sort_by_key(|(seed, _)| *seed);
    (hits, broken)
}

/// The smallest form of a pair that does not hold, to be pasted into `regressions.rs`.
fn small(seed: u64, broken: Broken) -> String {
    let (pair, broken) = shrink::shrink(Pair::of(seed), broken);
    format!(
        "seed {seed}\n{}\n    Regression {{\n        what: \"{}\",\n        old: r#\"{}\"#,\n        new: r#\"{}\"#,\n    }},\n",
        broken.detail(),
        broken.what(),
        text(&pair.old),
        text(&pair.new)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair holds, and the pairs are not of one kind.
    #[test]
    fn three_thousand_pairs() {
        let (hits, broken) = check_all(0..3_000);
        let small: Vec<String> = broken
            .into_iter()
            .take(3)
            .map(|(seed, broken)| small(seed, broken))
            .collect();
        assert!(small.is_empty(), "{}", small.join("\n"));
        assert_eq!(hits.missing(), [""; 0]);
    }
}
