//! The witnesses of one finding for a person: who sends what, what is made of it, and how to see it without us.

use std::io;

use super::screen::{BOLD, DIM, RED, Screen, printable};
use super::words::{list, meaning};
use crate::verdict::{Judged, WorstOutcome};
use crate::witness::{Carries, Frame, Shown, Witness, protoc_differs};
use protoskew_compare::{Proof, Runtime, Side, hex};

/// Bytes on one line.
const WIDE: usize = 16;
/// Lines of a message that are shown; the files hold all.
const MOST_LINES: usize = 24;

/// Writes the finding's fact, then each witness with the folder that its files are in.
pub fn write(
    out: &mut dyn io::Write,
    judged: &Judged,
    shown: &[(&Witness, String)],
    screen: Screen,
) -> io::Result<()> {
    let fact = printable(&judged.finding.fact);
    writeln!(out, "{}", screen.paint(BOLD, fact))?;
    writeln!(
        out,
        "{}",
        screen.paint(DIM, printable(&judged.finding.id()))
    )?;
    for (witness, folder) in shown {
        writeln!(out)?;
        one(out, witness, folder, screen)?;
    }
    Ok(())
}

fn one(out: &mut dyn io::Write, witness: &Witness, folder: &str, screen: Screen) -> io::Result<()> {
    let outcome = witness.outcome;
    writeln!(
        out,
        "{}: {} ({})",
        screen.paint(RED, outcome.word()),
        printable(&witness.short()),
        meaning(outcome),
    )?;
    match &witness.shown {
        Shown::Bytes { proof, runtime, .. } => {
            bytes(out, witness, proof, *runtime, screen)?;
        }
        Shown::Json { .. } => {}
        Shown::Call(call) => {
            writeln!(out, "  request   {}", printable(&call.request))?;
            writeln!(out, "  response  {}", printable(&call.response))?;
            frames(out, &call.frames)?;
        }
    }
    let files: Vec<&str> = witness.files().iter().map(|file| file.name).collect();
    if !files.is_empty() {
        writeln!(
            out,
            "\n  written to {}: {}",
            printable(folder),
            files.join(", ")
        )?;
    }
    let commands = witness.commands(folder);
    if !commands.is_empty() {
        writeln!(out, "\n  without us:")?;
        for command in commands {
            // not wrapped: it is there to be copied
            writeln!(out, "    {}", printable(&command))?;
        }
    }
    if let Shown::Bytes { proof, .. } = &witness.shown
        && let Some(note) = protoc_note(proof, outcome)
    {
        writeln!(out, "  {note}")?;
    }
    Ok(())
}

fn bytes(
    out: &mut dyn io::Write,
    witness: &Witness,
    proof: &Proof,
    runtime: Option<Runtime>,
    screen: Screen,
) -> io::Result<()> {
    let label = |text: String| screen.paint(BOLD, printable(&text)).to_string();
    let sent = format!("{} writes {}", witness.writer, proof.sent.message);
    writeln!(out, "\n  {}", label(sent))?;
    message(out, &proof.sent)?;
    writeln!(out, "\n  {}", label(format!("{} bytes", proof.bytes.len())))?;
    for line in proof.bytes.chunks(WIDE).take(MOST_LINES) {
        writeln!(out, "    {}", hex(line))?;
    }
    let with = match runtime {
        None => ", whatever it is built with".to_owned(),
        Some(_) => {
            let alike: Vec<String> = proof.alike.iter().map(ToString::to_string).collect();
            format!(", built with {}", list(&alike, "or"))
        }
    };
    let read = format!("{} reads {}{with}", witness.reader, proof.read.message);
    writeln!(out, "\n  {}", label(read))?;
    message(out, &proof.read)
}

/// How a call travels, a line a frame.
fn frames(out: &mut dyn io::Write, frames: &[Frame]) -> io::Result<()> {
    writeln!(out)?;
    for frame in frames {
        let from = frame.sender();
        let (kind, carries) = match &frame.carries {
            Carries::Headers(all) => {
                let all = all.iter().map(|(name, value)| format!("{name}: {value}"));
                ("HEADERS", all.collect::<Vec<_>>().join(", "))
            }
            Carries::Message(bytes) => ("DATA", hex(bytes)),
        };
        let ends = if frame.ends { ", END_STREAM" } else { "" };
        writeln!(out, "  {from} {kind:7}  {}{ends}", printable(&carries))?;
    }
    Ok(())
}

fn message(out: &mut dyn io::Write, side: &Side) -> io::Result<()> {
    if let Some(why) = &side.refused {
        return writeln!(out, "    refused: {}", printable(why));
    }
    let mut lines: Vec<&str> = side.text.lines().collect();
    if lines.is_empty() {
        lines.push("(nothing is set)");
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    for line in lines.iter().take(MOST_LINES) {
        writeln!(out, "    {}", printable(line))?;
    }
    if more > 0 {
        writeln!(out, "    … and {more} more lines")?;
    }
    writeln!(out, "    {}", printable(&side.json))
}

/// What protoc shows otherwise.
fn protoc_note(proof: &Proof, outcome: WorstOutcome) -> Option<String> {
    if protoc_differs(proof) {
        return Some(format!(
            "protoc reads as C++ does, which makes something else of these bytes than {} does",
            proof.runtime
        ));
    }
    let missing = proof
        .read
        .refused
        .as_deref()
        .is_some_and(|why| why.contains("required"));
    (missing && outcome.breaks())
        .then(|| "protoc warns that the required field is missing, and prints the rest".to_owned())
}
