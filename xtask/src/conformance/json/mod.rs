//! `cargo xtask conformance json`: random pairs of schemas and messages, the outcome that is told of their JSON against what two
//! real parsers make of it.

mod parsers;
mod property;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::wire::cells;
use crate::{oracles, workspace};
use parsers::{PARSERS, Seen};
use property::{Told, agrees};
use protoskew_compare::Outcome;

#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// How many pairs of schemas.
    #[arg(long, default_value_t = 5_000)]
    pairs: u64,
    /// The seed of the first pair.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print so many pairs that do not hold, and go on.
    #[arg(long, default_value_t = 5)]
    show: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let python = oracles::protoc(&workspace::target())?;
    let es = oracles::protobuf_es_library(&workspace::target())?;
    let seeds = arguments.seed..arguments.seed + arguments.pairs;
    let found = check_all(seeds, &python, &es)?;
    for broken in found.broken.iter().take(arguments.show) {
        println!("{broken}");
    }
    println!("{}", found.hits.table());
    for (why, count) in &found.excused {
        println!("{count} times not as told: {why}");
    }
    println!(
        "{} pairs, {} answers do not hold",
        arguments.pairs,
        found.broken.len()
    );
    let missing = found.hits.missing();
    for it in &missing {
        println!("never seen: {it}");
    }
    if !found.broken.is_empty() || !missing.is_empty() {
        bail!("the outcomes that are told are not those that parsers show, or not all were tried");
    }
    Ok(())
}

/// How many rows the parsers are asked at once.
const AT_ONCE: usize = 500;

/// What came of many pairs.
struct Found {
    hits: Hits,
    broken: Vec<String>,
    /// How often a parser was let off, by the reason.
    excused: BTreeMap<&'static str, u64>,
}

fn check_all(seeds: Range<u64>, python: &Path, es: &Path) -> Result<Found> {
    let mut found = Found {
        hits: Hits::default(),
        broken: Vec::new(),
        excused: BTreeMap::new(),
    };
    let seeds: Vec<u64> = seeds.collect();
    for seeds in seeds.chunks(AT_ONCE) {
        let mut asked: Vec<Told> = Vec::new();
        for &seed in seeds {
            asked.extend(property::told(seed).with_context(|| format!("seed {seed}"))?);
        }
        let questions: Vec<_> = asked.iter().map(Told::question).collect();
        let answers = parsers::ask(&questions, python, es)?;
        let mut answers = answers.into_iter();
        for group in asked.chunk_by(|a, b| (a.seed, a.of) == (b.seed, b.of)) {
            let answers: Vec<parsers::Answer> =
                answers.by_ref().take(group.len()).flatten().collect();
            check(&group[0], &answers, &mut found);
        }
    }
    Ok(found)
}

fn check(told: &Told, answers: &[parsers::Answer], found: &mut Found) {
    for (at, parser) in PARSERS.into_iter().enumerate() {
        for how in ["strict", "lenient"] {
            let seen = answers.iter().filter_map(|answer| answer.of(parser.0, how));
            let Some(worst) = seen.max() else { continue };
            let outcome = told.outcome(at, how);
            found
                .hits
                .count(&told.constructs, outcome.word(), parser.0, how);
            let hidden = worst == Seen::Refused && told.may_be_refused(at, how);
            let holds = agrees(outcome, worst) || hidden && outcome > Outcome::Reject;
            if !holds && let Some(why) = told.excuse(parser.0, how, outcome) {
                *found.excused.entry(why).or_default() += 1;
            } else if !holds {
                let shown = answers
                    .iter()
                    .find(|it| it.of(parser.0, how) == Some(worst));
                let written = shown.map_or("nothing", |answer| answer.written[at].as_str());
                found.broken.push(format!(
                    "seed {}, {}, {} ({how}): told {outcome}, and {written} {worst:?}\n{}",
                    told.seed,
                    told.constructs.join(" and "),
                    parser.0,
                    told.text()
                ));
            }
        }
    }
}

/// How often which outcome was told of which construct, and held to which parser.
#[derive(Default)]
struct Hits {
    /// Construct, outcome, parser and how strict it was.
    seen: BTreeMap<(String, &'static str, &'static str, &'static str), u64>,
}

/// What must have been tried of every parser.
const OUTCOMES: [&str; 5] = ["compatible", "blind", "lossy", "reject", "misread"];

/// Kinds of change that need not be seen: numbers and how a value lies in the bytes are nothing to JSON.
const APART: [&str; 2] = ["EnumValueRenumbered", "FieldEncodingChanged"];

impl Hits {
    fn count(
        &mut self,
        constructs: &[String],
        outcome: &'static str,
        parser: &'static str,
        how: &'static str,
    ) {
        for construct in constructs {
            let key = (construct.clone(), outcome, parser, how);
            *self.seen.entry(key).or_default() += 1;
        }
    }

    fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
        let parsers = PARSERS.into_iter();
        parsers.flat_map(|(parser, _)| ["strict", "lenient"].map(|how| (parser, how)))
    }

    fn table(&self) -> String {
        let mut out = format!("{:36}", "");
        for (parser, how) in Self::columns() {
            out += &format!(" {:>20}", format!("{parser} {how}"));
        }
        let mut rows: Vec<(&str, &str)> = self
            .seen
            .keys()
            .map(|(construct, outcome, ..)| (construct.as_str(), *outcome))
            .collect();
        rows.dedup();
        for (construct, outcome) in rows {
            out += &format!("\n{construct:24} {outcome:11}");
            for (parser, how) in Self::columns() {
                let key = (construct.to_owned(), outcome, parser, how);
                let count = self.seen.get(&key).copied().unwrap_or_default();
                out += &format!(" {count:>20}");
            }
        }
        out
    }

    /// Outcomes that were never told of a parser, and constructs that were never tried on one.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (parser, how) in Self::columns() {
            let here = || {
                let all = self.seen.keys();
                all.filter(move |(_, _, a, b)| (*a, *b) == (parser, how))
            };
            // to a strict parser hardly anything is unknown and taken
            for outcome in OUTCOMES
                .into_iter()
                .filter(|it| (*it, how) != ("blind", "strict"))
            {
                if !here().any(|(_, it, ..)| *it == outcome) {
                    missing.push(format!("{outcome}, {parser}, {how}"));
                }
            }
            for construct in cells::constructs().filter(|it| !APART.contains(it)) {
                if !here().any(|(it, ..)| it == construct) {
                    missing.push(format!("{construct}, {parser}, {how}"));
                }
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair holds, and the pairs are not of one kind.
    #[test]
    fn three_hundred_pairs() {
        let variable = |name: &str| {
            let value = std::env::var_os(name);
            let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some();
            assert!(
                value.is_some() || !required,
                "{name} is required and not set"
            );
            value
        };
        let (Some(python), Some(es)) = (
            variable("PROTOSKEW_PROTOC_PYTHON"),
            variable("PROTOSKEW_PROTOBUF_ES"),
        ) else {
            println!("skipped: no Python with protoc, or no protobuf-es");
            return;
        };
        let found = check_all(0..300, python.as_ref(), es.as_ref()).expect("answers");
        println!("{}", found.hits.table());
        assert!(found.broken.is_empty(), "{}", found.broken.join("\n"));
        assert_eq!(found.hits.missing(), [""; 0]);
    }

    #[test]
    fn nothing_tried_is_not_enough() {
        let hits = Hits::default();
        assert!(hits.missing().len() > 20);
    }
}
