//! Text to syntax tree: one file at a time, total over any bytes.

pub(crate) mod errors;
pub(crate) mod lexer;
pub(crate) mod literal;
mod messages;
mod parts;
mod services;
pub(crate) mod syntax;

use std::sync::Arc;

use errors::SyntaxErrors;
use lexer::{Lexer, Packed, Token, TokenKind};
use syntax::{ImportStatement, Kind, Node, ParsedFile};

use crate::{Edition, ImportKind, Name, Places, Span, limits};

pub(crate) const SUPPORTED: &str =
    "supported are `syntax = \"proto2\"` and `\"proto3\"`, `edition = \"2023\"` and `\"2024\"`";

/// Reads one file. Never fails: what is wrong is found in [`ParsedFile::syntax_errors`], and the rest is read.
pub fn parse(text: Arc<[u8]>) -> ParsedFile {
    if text.len() as u64 > limits::LONGEST_TEXT {
        let mut errors = SyntaxErrors::default();
        errors.push_with_help(
            Span::default(),
            "the file is too long: 4 GiB and more are not read",
            Some("leave the file out"),
        );
        return ParsedFile {
            text,
            nodes: Box::default(),
            imports: Box::default(),
            errors: errors.list.into(),
            edition: Edition::Proto2,
            syntax_span: Span::default(),
            package_span: Span::default(),
            package: Name::default(),
            refused: true,
            places: Places::Text,
            descriptor: None,
        };
    }
    let mut parser = Parser::new(&text);
    parser.file();
    let Parser {
        mut nodes,
        imports,
        mut errors,
        edition,
        package,
        syntax_statement,
        package_statement,
        refused,
        ..
    } = parser;
    if refused {
        nodes.clear();
    }
    errors.list.sort_by_key(|e| e.span.start);
    let package_name = literal::dotted(&text, package);
    ParsedFile {
        nodes: nodes.into(),
        imports: imports.into(),
        errors: errors.list.into(),
        edition,
        syntax_span: syntax_statement,
        package_span: package_statement,
        package: package_name,
        refused,
        places: Places::Text,
        descriptor: None,
        text,
    }
}

/// A statement could not be read; the error is told already, and the caller skips to the next statement.
struct Skip;

type Read = Result<(), Skip>;

struct Parser<'t> {
    lexer: Lexer<'t>,
    errors: SyntaxErrors,
    /// The token that is looked at; not consumed yet.
    token: Token,
    /// Where the last consumed token ends.
    last_end: u32,
    nodes: Vec<Node>,
    imports: Vec<ImportStatement>,
    edition: Edition,
    /// The name alone.
    package: Span,
    syntax_statement: Span,
    package_statement: Span,
    refused: bool,
    depth: u32,
}

impl<'t> Parser<'t> {
    fn new(text: &'t [u8]) -> Self {
        let mut lexer = Lexer::new(text);
        let mut errors = SyntaxErrors::default();
        let token = lexer.next(&mut errors);
        Self {
            lexer,
            errors,
            token,
            last_end: 0,
            nodes: Vec::with_capacity(text.len() / 80),
            imports: Vec::new(),
            edition: Edition::Proto2,
            package: Span::default(),
            syntax_statement: Span::default(),
            package_statement: Span::default(),
            refused: false,
            depth: 0,
        }
    }

    fn file(&mut self) {
        if self.at("syntax") || self.at("edition") {
            self.dialect();
            if self.refused {
                return;
            }
        }
        while !self.at_end() {
            self.statement(Self::top_level);
            if self.at_symbol(b'}') {
                self.error_here("this `}` closes nothing");
                self.bump();
            }
        }
    }

    /// `syntax = "proto3";` or `edition = "2023";`
    fn dialect(&mut self) {
        let is_edition = self.at("edition");
        let start = self.token.place.start();
        self.bump();
        let mut value = Span::default();
        let read = (|| {
            self.expect_symbol(b'=')?;
            value = self.strings("the dialect's name in quotes")?.span();
            self.semicolon()
        })();
        if read.is_err() {
            // of the dialects the one with the fewest demands, so that the rest of the file is not blamed
            self.edition = Edition::Proto3;
            self.skip_statement();
            return;
        }
        self.syntax_statement = Span {
            start,
            end: self.last_end,
        };
        let name = literal::string_text(self.lexer.text, value);
        self.edition = match (is_edition, name.as_ref()) {
            (false, "proto2") => Edition::Proto2,
            (false, "proto3") => Edition::Proto3,
            (true, "2023") => Edition::E2023,
            (true, "2024") => Edition::E2024,
            _ => {
                let what = if is_edition { "edition" } else { "syntax" };
                self.errors.push_with_help(
                    value,
                    format!("{what} {name} is not supported, so nothing of this file is read"),
                    Some(SUPPORTED),
                );
                self.refused = true;
                return;
            }
        };
    }

    fn top_level(&mut self) -> Read {
        let visibility = self.visibility()?;
        if self.take_symbol(b';') {
            return Ok(());
        }
        match self.word() {
            b"message" => self.message(visibility),
            b"enum" => self.enumeration(visibility),
            b"service" => self.service(),
            b"extend" => self.extend(),
            b"option" => self.option_statement(),
            b"import" => self.import(),
            b"package" => self.package(),
            b"syntax" | b"edition" => {
                self.error_here("the dialect must be named in the first statement of the file");
                Err(Skip)
            }
            _ => {
                self.expected("a top-level statement (`message`, `enum`, `service`, …)");
                Err(Skip)
            }
        }
    }

    fn package(&mut self) -> Read {
        let keyword = self.token.span();
        self.bump();
        let name = self.dotted_name("the package's name")?.span();
        if self.package != Span::default() {
            self.errors.push(keyword, "a file has one `package` only");
        }
        self.package = name;
        let ended = self.semicolon();
        self.package_statement = Span {
            start: keyword.start,
            end: self.last_end,
        };
        ended
    }

    fn import(&mut self) -> Read {
        let start = self.token.place.start();
        self.bump();
        let kind = match self.word() {
            b"public" => ImportKind::Public,
            b"weak" => ImportKind::Weak,
            b"option" => ImportKind::Option,
            _ => ImportKind::Plain,
        };
        if kind == ImportKind::Option && self.edition < Edition::E2024 {
            self.error_here("`import option` needs edition 2024");
        }
        if kind == ImportKind::Weak && self.edition >= Edition::E2024 {
            self.error_here("edition 2024 has no `import weak`: `import option` replaces it");
        }
        if kind != ImportKind::Option
            && self
                .imports
                .last()
                .is_some_and(|i| i.kind == ImportKind::Option)
        {
            self.error_here("plain imports must stand before every `import option`");
        }
        if kind != ImportKind::Plain {
            self.bump();
        }
        let path = self.strings("the imported file's path in quotes")?.span();
        let text = literal::string_text(self.lexer.text, path);
        // kept even where the `;` is missing: what it brings is understood
        let ended = self.semicolon();
        self.imports.push(ImportStatement {
            path: text.as_ref().into(),
            kind,
            span: Span {
                start,
                end: self.last_end,
            },
        });
        ended
    }

    /// `export` or `local` before `message` and `enum`: the node flag, or 0.
    fn visibility(&mut self) -> Result<u8, Skip> {
        if self.edition < Edition::E2024 {
            return Ok(0);
        }
        let flag = match self.word() {
            b"export" => syntax::flag::EXPORT,
            b"local" => syntax::flag::LOCAL,
            _ => return Ok(0),
        };
        // the comment above is the one above this word, not one behind it
        let comment = self.lexer.comment;
        self.bump();
        self.lexer.comment = comment;
        if self.at("message") || self.at("enum") {
            return Ok(flag);
        }
        self.error_here("`export` and `local` stand only before `message` and `enum`");
        Err(Skip)
    }

    // ---- statements

    /// Reads one statement; where that fails, forgets what it left in the tree and skips it.
    fn statement(&mut self, read: impl FnOnce(&mut Self) -> Read) {
        let (nodes, depth) = (self.nodes.len(), self.depth);
        if read(self).is_err() {
            self.nodes.truncate(nodes);
            self.depth = depth;
            self.skip_statement();
        }
    }

    /// Reads statements up to the `}` that closes the block; the `{` is consumed already.
    fn block(&mut self, open: Span, mut read: impl FnMut(&mut Self) -> Read) {
        loop {
            if self.at_symbol(b'}') {
                self.bump();
                return;
            }
            if self.at_end() {
                self.errors.push(open, "this `{` is never closed");
                return;
            }
            self.statement(&mut read);
        }
    }

    /// Skips behind the next `;`, or behind a whole `{}` block, or up to a `}`.
    fn skip_statement(&mut self) {
        loop {
            if self.at_symbol(b'}') || self.at_end() || self.take_symbol(b';') {
                return;
            }
            if self.at_symbol(b'{') {
                self.skip_braces();
                return;
            }
            self.bump();
        }
    }

    /// Skips from a `{` behind the `}` that closes it, without recursion; false if the file ends before.
    fn skip_braces(&mut self) -> bool {
        let mut open = 0_u32;
        loop {
            if self.at_symbol(b'{') {
                open += 1;
            } else if self.at_symbol(b'}') {
                open -= 1;
            } else if self.at_end() {
                return false;
            }
            self.bump();
            if open == 0 {
                return true;
            }
        }
    }

    // ---- nodes

    fn open(&mut self, kind: Kind) -> usize {
        self.nodes.push(Node {
            kind,
            flags: 0,
            end: 0,
            span: Span {
                start: self.token.place.start(),
                end: 0,
            },
            name: Span::default(),
            ty: Span::default(),
            value: Span::default(),
            comment: self.lexer.comment,
        });
        self.nodes.len() - 1
    }

    fn close(&mut self, node: usize) {
        self.nodes[node].end = self.nodes.len() as u32;
        self.nodes[node].span.end = self.last_end;
    }

    // ---- tokens

    /// The text of a name; empty for other tokens, so that strings and numbers match no keyword.
    fn word(&self) -> &'t [u8] {
        match self.token.kind() {
            TokenKind::Ident => self.lexer.text_of(self.token),
            _ => b"",
        }
    }

    fn at(&self, word: &str) -> bool {
        self.word() == word.as_bytes()
    }

    fn at_end(&self) -> bool {
        self.token.kind() == TokenKind::End
    }

    // not inlined, so that the lexer is there once and its result never copied
    #[inline(never)]
    fn bump(&mut self) {
        self.last_end = self.token.place.end();
        self.token = self.lexer.next(&mut self.errors);
    }

    fn at_symbol(&self, symbol: u8) -> bool {
        self.token.is(symbol)
    }

    #[inline]
    fn take_symbol(&mut self, symbol: u8) -> bool {
        let there = self.at_symbol(symbol);
        if there {
            self.bump();
        }
        there
    }

    #[inline]
    fn expect_symbol(&mut self, symbol: u8) -> Read {
        if self.take_symbol(symbol) {
            return Ok(());
        }
        self.expected(&format!("`{}`", char::from(symbol)));
        Err(Skip)
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.at(word);
        if there {
            self.bump();
        }
        there
    }

    fn expect(&mut self, word: &str) -> Read {
        if self.take(word) {
            return Ok(());
        }
        self.expected(&format!("`{word}`"));
        Err(Skip)
    }

    fn ident(&mut self, what: &str) -> Result<Packed, Skip> {
        if self.token.kind() == TokenKind::Ident {
            let place = self.token.place;
            self.bump();
            return Ok(place);
        }
        self.expected(what);
        Err(Skip)
    }

    /// The end of a statement. One that lacks its `;` but ends with its line has said all it had to.
    fn semicolon(&mut self) -> Read {
        if self.take_symbol(b';') {
            return Ok(());
        }
        let mut behind = Span {
            start: self.last_end.saturating_sub(1),
            end: self.last_end,
        };
        // a string that is not closed may end in a character of several bytes
        while behind.start > 0 && self.lexer.text[behind.start as usize] & 0xc0 == 0x80 {
            behind.start -= 1;
        }
        self.errors.push(behind, "a `;` is missing behind this");
        let between = Span {
            start: self.last_end,
            end: self.token.place.start(),
        };
        let line_ends = self.lexer.slice(between).contains(&b'\n');
        if line_ends || self.at_symbol(b'}') || self.at_end() {
            return Ok(());
        }
        Err(Skip)
    }

    fn error_here(&mut self, message: &'static str) {
        self.errors.push(self.token.span(), message);
    }

    fn expected(&mut self, what: &str) {
        if self.at_end() {
            let message = format!("expected {what}, but the file ends here");
            self.errors.push(self.token.span(), message);
            return;
        }
        let found = self.lexer.text_of(self.token);
        // a whole paragraph in the wrong place is not repeated
        let short = &found[..found.len().min(40)];
        let message = format!(
            "expected {what}, found `{}`",
            String::from_utf8_lossy(short)
        );
        self.errors.push(self.token.span(), message);
    }
}
