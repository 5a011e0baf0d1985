//! Which of several names somebody may have meant.

/// The nearest of the names by edits, if it is near enough to be meant; among equals the first in the alphabet.
pub(crate) fn nearest<'n>(
    name: &str,
    candidates: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    // one edit for short names, a third of the letters for long ones
    let most = (name.chars().count() / 3).clamp(1, 4);
    let near = candidates.filter_map(|candidate| {
        let far = distance(name, candidate, most)?;
        Some((far, candidate))
    });
    near.min().map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped, replaced or swapped with their neighbour; `None` if more than `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let fold = |s: &str| {
        s.chars()
            .map(|c| c.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    let (a, b) = (fold(a), fold(b));
    if a.len().abs_diff(b.len()) > most || a.len() > 200 || b.len() > 200 {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (last[j - 1] + same).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|&far| far <= most)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn what_was_meant_is_near() {
        let names = ["deprecated", "packed", "lazy", "jstype"];
        for (written, meant) in [
            ("depricated", Some("deprecated")),
            ("Packed", Some("packed")),
            ("layz", Some("lazy")),
            // two edits are one too many for five letters
            ("ctype", None),
            ("retention", None),
            ("", None),
        ] {
            let found = nearest(written, names.into_iter());
            assert_eq!(found, meant, "{written}");
        }
    }
}
