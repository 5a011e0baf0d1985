//! The differences that are known, each with its reason.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Known differences: `text in the line # reason`, one a line.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Parts that a line must have, all of them, and the reason.
    list: Vec<(Vec<String>, String)>,
}

impl Known {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let mut known = Self::default();
        known.add(file)?;
        Ok(known)
    }

    pub(super) fn add(&mut self, file: &Path) -> Result<()> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parts = line
                .split_once(" # ")
                .filter(|(_, reason)| !reason.trim().is_empty());
            ensure!(
                parts.is_some(),
                "{}:{}: a known difference needs ` # ` and its reason",
                file.display(),
                at + 1
            );
            if let Some((pattern, reason)) = parts {
                let parts = pattern.split('*').map(str::to_owned);
                self.list.push((parts.collect(), reason.trim().to_owned()));
            }
        }
        Ok(())
    }

    /// Why a difference is there, if that is known.
    pub(super) fn reason(&self, told: &str) -> Option<&str> {
        let found = self.list.iter().find(|(parts, _)| {
            let mut rest = told;
            parts
                .iter()
                .all(|part| match rest.split_once(part.as_str()) {
                    Some((_, after)) => {
                        rest = after;
                        true
                    }
                    None => false,
                })
        });
        found.map(|(_, reason)| reason.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn a_difference_is_known_by_its_parts_in_order() {
        let parts = |pattern: &str| pattern.split('*').map(str::to_owned).collect();
        let known = Known {
            list: vec![(parts("a.proto: *number"), "why".to_owned())],
        };
        assert_eq!(
            known.reason("x/a.proto: field f: number: 1 ≠ 2"),
            Some("why")
        );
        assert_eq!(known.reason("x/b.proto: field f: number: 1 ≠ 2"), None);
        assert_eq!(known.reason("number: x/a.proto: field f"), None);
    }
}
