//! What must hold for one file's text.

use std::sync::Arc;

use protoskew_schema::{ParsedFile, Span, parse, tokens};

/// Tokens stand one behind the other, none is empty, and between them are only spaces and comments.
pub fn lexer(bytes: &[u8]) {
    let mut end = 0;
    for (_, span) in tokens(bytes) {
        inside(bytes, span);
        assert!(span.start < span.end, "an empty token at {:?}", span);
        assert!(end <= span.start, "{:?} begins before {end}", span);
        end = span.end;
    }
}

/// Every span stands in the text, on the edge of a character; reading again, or one line further down, gives the same.
pub fn parser(bytes: &[u8]) {
    let parsed = parse(bytes.into());
    assert_eq!(parsed.text().as_ref(), bytes);
    let spans: Vec<Span> = parsed.spans().collect();
    for &span in &spans {
        inside(bytes, span);
    }
    for error in parsed.syntax_errors() {
        inside(bytes, error.span);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let errors = parsed.syntax_errors().iter().map(|error| error.span);
        for span in spans.iter().copied().chain(errors) {
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(
                text.is_char_boundary(start) && text.is_char_boundary(end),
                "{span:?} cuts a character"
            );
        }
    }
    let outline = format!("{:?}", parsed.outline());
    let again = parse(Arc::clone(parsed.text()));
    assert_eq!(outline, format!("{:?}", again.outline()));
    assert_eq!(told(&parsed, 0), told(&again, 0));
    assert!(spans.iter().copied().eq(again.spans()));
    if !bytes.starts_with(b"\xef\xbb\xbf") && bytes.len() < 1 << 20 {
        let moved = parse([b"\n", bytes].concat().into());
        assert_eq!(told(&parsed, 1), told(&moved, 0));
        let shifted = |span: Span| {
            if span == Span::default() {
                span
            } else {
                down(span, 1)
            }
        };
        // an empty span at the very beginning cannot be told from none
        assert!(
            spans
                .iter()
                .zip(moved.spans())
                .all(|(&here, there)| shifted(here) == there || here == Span::default())
        );
        assert_eq!(spans.len(), moved.spans().count());
    }
}

fn told(parsed: &ParsedFile, by: u32) -> Vec<(Span, &str)> {
    let errors = parsed.syntax_errors().iter();
    errors
        .map(|error| (down(error.span, by), error.message.as_ref()))
        .collect()
}

fn down(span: Span, by: u32) -> Span {
    Span {
        start: span.start + by,
        end: span.end + by,
    }
}

fn inside(bytes: &[u8], span: Span) {
    assert!(
        span.start <= span.end && span.end as usize <= bytes.len(),
        "{span:?} in {} bytes",
        bytes.len()
    );
}
