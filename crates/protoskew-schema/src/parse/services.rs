//! Enums and services.

use super::syntax::{Kind, flag};
use super::{Parser, Read, Skip};

impl Parser<'_> {
    pub(super) fn enumeration(&mut self, visibility: u8) -> Read {
        let node = self.open(Kind::Enum);
        self.nodes[node].flags = visibility;
        self.bump();
        self.nodes[node].name = self.ident("the enum's name")?.span();
        let open = self.token.span();
        self.expect_symbol(b'{')?;
        self.block(open, |parser| match parser.word() {
            _ if parser.take_symbol(b';') => Ok(()),
            b"option" => parser.option_statement(),
            b"reserved" => parser.reserved(true),
            _ => parser.enum_value(),
        });
        self.close(node);
        Ok(())
    }

    fn enum_value(&mut self) -> Read {
        let node = self.open(Kind::EnumValue);
        self.nodes[node].name = self.ident("the enum value's name")?.span();
        self.expect_symbol(b'=')?;
        self.nodes[node].value = self.signed_number("the enum value's number")?.span();
        self.inline_options()?;
        self.semicolon()?;
        self.close(node);
        Ok(())
    }

    pub(super) fn service(&mut self) -> Read {
        let node = self.open(Kind::Service);
        self.bump();
        self.nodes[node].name = self.ident("the service's name")?.span();
        let open = self.token.span();
        self.expect_symbol(b'{')?;
        self.block(open, |parser| match parser.word() {
            _ if parser.take_symbol(b';') => Ok(()),
            b"option" => parser.option_statement(),
            b"rpc" => parser.method(),
            _ => {
                parser.expected("`rpc` or `option`");
                Err(Skip)
            }
        });
        self.close(node);
        Ok(())
    }

    fn method(&mut self) -> Read {
        let node = self.open(Kind::Method);
        self.bump();
        self.nodes[node].name = self.ident("the method's name")?.span();
        self.method_type()?;
        self.expect("returns")?;
        self.method_type()?;
        let open = self.token.span();
        if self.take_symbol(b'{') {
            self.block(open, |parser| match parser.word() {
                _ if parser.take_symbol(b';') => Ok(()),
                b"option" => parser.option_statement(),
                _ => {
                    parser.expected("`option`");
                    Err(Skip)
                }
            });
        } else {
            self.semicolon()?;
        }
        self.close(node);
        Ok(())
    }

    /// `(Type)` or `(stream Type)`
    fn method_type(&mut self) -> Read {
        self.expect_symbol(b'(')?;
        let node = self.open(Kind::Type);
        if self.take("stream") {
            self.nodes[node].flags = flag::STREAM;
        }
        self.nodes[node].ty = self.message_type()?.span();
        self.close(node);
        self.expect_symbol(b')')
    }
}
