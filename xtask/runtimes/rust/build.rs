//! Generates code with four generators from one descriptor set, and the glue that finds a generated type by its full name.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

fn main() {
    println!("cargo::rerun-if-env-changed=RUNTIMES_DESCRIPTOR_SET");
    let path = env::var("RUNTIMES_DESCRIPTOR_SET").expect("RUNTIMES_DESCRIPTOR_SET names a file");
    println!("cargo::rerun-if-changed={path}");
    let bytes = fs::read(&path).expect("the descriptor set can be read");
    let set = FileDescriptorSet::decode(bytes.as_slice()).expect("a descriptor set");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut glue = String::new();
    glue.push_str(&with_prost(&set, &out));
    glue.push_str(&with_rust_protobuf_2(&set, &bytes, &out.join("rust_protobuf_2")));
    glue.push_str(&with_rust_protobuf_3(&set, &bytes, &out.join("rust_protobuf_3")));
    glue.push_str(&with_buffa(&set, &bytes, &out.join("buffa")));
    fs::write(out.join("glue.rs"), glue).expect("the glue can be written");
}

fn emptied(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("a folder for generated code");
}

fn file_names(set: &FileDescriptorSet) -> Vec<String> {
    set.file.iter().map(|file| file.name().to_owned()).collect()
}

/// Every top-level message as its full name, its file's stem and itself.
fn top_level(set: &FileDescriptorSet) -> impl Iterator<Item = (String, &FileDescriptorProto, &DescriptorProto)> {
    set.file.iter().flat_map(|file| {
        file.message_type.iter().map(move |message| {
            (format!("{}.{}", file.package(), message.name()), file, message)
        })
    })
}

fn stem(file: &FileDescriptorProto) -> String {
    let stem = Path::new(file.name()).file_stem().expect("a file name");
    stem.to_string_lossy().into_owned()
}

/// A function that finds the type `path` gives for each message, and hands it to `call` as a type argument.
fn finder(set: &FileDescriptorSet, call: &str, path: impl Fn(&FileDescriptorProto, &DescriptorProto) -> String) -> String {
    let mut text = "pub fn by_name(name: &str, bytes: &[u8]) -> Option<crate::answer::Answer> {\n    Some(match name {\n".to_owned();
    for (name, file, message) in top_level(set) {
        let _ = writeln!(text, "        {name:?} => {call}::<{}>(bytes),", path(file, message));
    }
    text.push_str("        _ => return None,\n    })\n}\n");
    text
}

fn with_rust_protobuf_2(set: &FileDescriptorSet, bytes: &[u8], out: &Path) -> String {
    use protobuf2::Message as _;
    emptied(out);
    let parsed = protobuf2::descriptor::FileDescriptorSet::parse_from_bytes(bytes).expect("rust-protobuf 2 reads the set");
    let customize = protobuf_codegen2::Customize::default();
    for generated in protobuf_codegen2::r#gen(parsed.get_file(), &file_names(set), &customize) {
        let text = String::from_utf8(generated.content).expect("generated code is text");
        fs::write(out.join(&generated.name), text.replace("::protobuf::", "::protobuf2::")).expect("generated code can be written");
    }
    let mut glue = "pub mod rust_protobuf_2_generated {\n".to_owned();
    modules(&mut glue, set, out);
    glue.push_str(&finder(set, "crate::rust_protobuf_2::read", |file, message| format!("{}::{}", stem(file), message.name())));
    for (_, file, message) in top_level(set) {
        let _ = writeln!(glue, "impl crate::answer::Getters for {}::{} {{\n    fn getters(&self, _to: &mut crate::answer::Fields) {{", stem(file), message.name());
        for field in message.field.iter().filter(|field| singular(field)) {
            let (name, number) = (field.name(), field.number());
            let of = if field.r#type() == Type::Enum { "crate::rust_protobuf_2::number(" } else { "(" };
            let _ = writeln!(glue, "        _to.getter({number}, &{of}self.get_{name}()));");
        }
        glue.push_str("    }\n}\n");
    }
    glue.push_str("}\n");
    glue
}

fn with_rust_protobuf_3(set: &FileDescriptorSet, bytes: &[u8], out: &Path) -> String {
    use protobuf3::Message as _;
    struct AsItIs;
    impl protobuf_codegen3::CustomizeCallback for AsItIs {}
    emptied(out);
    let parsed = protobuf3::descriptor::FileDescriptorSet::parse_from_bytes(bytes).expect("rust-protobuf 3 reads the set");
    let names: Vec<_> = file_names(set)
        .into_iter()
        .map(|name| protobuf_parse::ProtoPathBuf::new(name).expect("a path of a proto"))
        .collect();
    let customize = protobuf_codegen3::Customize::default();
    protobuf_codegen3::gen_and_write::gen_and_write(&parsed.file, "a descriptor set", &names, out, &customize, &AsItIs)
        .expect("rust-protobuf 3 generates code");
    for entry in fs::read_dir(out).expect("generated code") {
        let path = entry.expect("generated code").path();
        let text = fs::read_to_string(&path).expect("generated code is text");
        fs::write(&path, text.replace("::protobuf::", "::protobuf3::")).expect("generated code can be written");
    }
    let mut glue = "pub mod rust_protobuf_3_generated {\n".to_owned();
    modules(&mut glue, set, out);
    glue.push_str(&finder(set, "crate::rust_protobuf_3::read", |file, message| format!("{}::{}", stem(file), message.name())));
    for (_, file, message) in top_level(set) {
        let _ = writeln!(glue, "impl crate::answer::Getters for {}::{} {{\n    fn getters(&self, _to: &mut crate::answer::Fields) {{", stem(file), message.name());
        for field in message.field.iter().filter(|field| singular(field)) {
            // proto3's fields are public and have no getters
            if file.syntax() == "proto3" {
                continue;
            }
            let (name, number) = (field.name(), field.number());
            let of = if field.r#type() == Type::Enum { "protobuf3::Enum::value(&" } else { "(" };
            let _ = writeln!(glue, "        _to.getter({number}, &{of}self.{name}()));");
        }
        glue.push_str("    }\n}\n");
    }
    glue.push_str("}\n");
    glue
}

fn modules(glue: &mut String, set: &FileDescriptorSet, out: &Path) {
    for file in &set.file {
        let stem = stem(file);
        let _ = writeln!(glue, "#[path = {:?}]\npub mod {stem};", out.join(format!("{stem}.rs")));
    }
}

fn with_buffa(set: &FileDescriptorSet, bytes: &[u8], out: &Path) -> String {
    use buffa_codegen::generated::descriptor::FileDescriptorSet as BuffaSet;
    emptied(out);
    let parsed = <BuffaSet as buffa::Message>::decode_from_slice(bytes).expect("buffa reads the set");
    let mut config = buffa_codegen::CodeGenConfig::default();
    config.generate_views = false;
    config.generate_reflection = true;
    config.generate_reflection_vtable = true;
    let files = buffa_codegen::generate(&parsed.file, &file_names(set), &config).expect("buffa generates code");
    let mut packages = Vec::new();
    for file in &files {
        fs::write(out.join(&file.name), &file.content).expect("generated code can be written");
        if matches!(file.kind, buffa_codegen::GeneratedFileKind::PackageMod) {
            packages.push((file.name.clone(), file.package.clone()));
        }
    }
    let tree = buffa_codegen::generate_module_tree(&packages, buffa_codegen::IncludeMode::Relative(""), true);
    fs::write(out.join("mod.rs"), tree).expect("generated code can be written");
    let mut glue = format!("pub mod buffa_generated {{\n#[path = {:?}]\npub mod tree;\n", out.join("mod.rs"));
    glue.push_str(&finder(set, "crate::buffa::read", |file, message| {
        format!("tree::{}::{}", file.package().replace('.', "::"), message.name())
    }));
    glue.push_str("}\n");
    glue
}

/// A field of one scalar or enum, in no oneof of its own.
fn singular(field: &FieldDescriptorProto) -> bool {
    let real_oneof = field.oneof_index.is_some() && !field.proto3_optional();
    field.label() != Label::Repeated && !matches!(field.r#type(), Type::Message | Type::Group) && !real_oneof
}

fn with_prost(set: &FileDescriptorSet, out: &Path) -> String {
    let mut config = prost_build::Config::new();
    config.out_dir(out).include_file("prost.rs");
    config.compile_fds(set.clone()).expect("prost generates code");
    let mut glue = "pub mod prost_generated {\nuse crate::answer::Dump;\npub mod tree { include!(concat!(env!(\"OUT_DIR\"), \"/prost.rs\")); }\n".to_owned();
    let module = |file: &FileDescriptorProto| format!("tree::{}", file.package().replace('.', "::"));
    glue.push_str(&finder(set, "crate::prost::read", |file, message| {
        format!("{}::{}", module(file), message.name().to_upper_camel_case())
    }));
    for file in &set.file {
        for message in &file.message_type {
            prost_message(&mut glue, &module(file), message, file.syntax() == "proto3");
        }
    }
    glue.push_str("}\n");
    glue
}

/// How prost's struct is written down: it has no reflection.
fn prost_message(glue: &mut String, module: &str, message: &DescriptorProto, proto3: bool) {
    let path = format!("{module}::{}", message.name().to_upper_camel_case());
    let own_module = format!("{module}::{}", message.name().to_snake_case());
    let (mut dump, mut getters) = (String::new(), String::new());
    for field in &message.field {
        let (name, number) = (field.name().to_snake_case(), field.number());
        let entry = message.nested_type.iter().find(|nested| {
            nested.options.as_ref().is_some_and(|options| options.map_entry())
                && field.type_name().ends_with(&format!(".{}.{}", message.name(), nested.name()))
        });
        let of_enum = field.r#type() == Type::Enum;
        let message_type = matches!(field.r#type(), Type::Message | Type::Group);
        if field.oneof_index.is_some() && !field.proto3_optional() {
            continue;
        }
        let _ = match (entry, field.label()) {
            (Some(entry), _) => {
                if entry.field[1].r#type() == Type::Enum {
                    let _ = writeln!(getters, "        to.getter_map({number}, self.{name}.keys().map(|key| (key, self.get_{name}(key.clone()).map(|value| value as i32))));");
                }
                writeln!(dump, "        to.map({number}, &self.{name});")
            }
            (None, Label::Repeated) => {
                if of_enum {
                    let _ = writeln!(getters, "        to.getter_list({number}, self.{name}().map(|value| value as i32));");
                }
                writeln!(dump, "        to.list({number}, &self.{name});")
            }
            (None, Label::Required) => writeln!(dump, "        to.required({number}, &self.{name});"),
            _ if message_type || !proto3 || field.proto3_optional() => writeln!(dump, "        to.optional({number}, self.{name}.as_ref());"),
            _ => writeln!(dump, "        to.implicit({number}, &self.{name});"),
        };
        if singular(field) {
            let _ = match (of_enum, field.label() != Label::Required && (!proto3 || field.proto3_optional())) {
                (true, _) => writeln!(getters, "        to.getter({number}, &(self.{name}() as i32));"),
                (_, true) => writeln!(getters, "        to.getter({number}, &self.{name}());"),
                _ => writeln!(getters, "        to.getter({number}, &self.{name});"),
            };
        }
    }
    for (index, oneof) in message.oneof_decl.iter().enumerate() {
        let members: Vec<_> = message
            .field
            .iter()
            .filter(|field| field.oneof_index == Some(index as i32) && !field.proto3_optional())
            .collect();
        if members.is_empty() {
            continue;
        }
        let _ = writeln!(dump, "        match &self.{} {{\n            None => {{}}", oneof.name().to_snake_case());
        for member in members {
            let _ = writeln!(
                dump,
                "            Some({own_module}::{}::{}(value)) => to.optional({}, Some(value)),",
                oneof.name().to_upper_camel_case(),
                member.name().to_upper_camel_case(),
                member.number()
            );
        }
        dump.push_str("        }\n");
    }
    let _ = write!(
        glue,
        "impl crate::answer::Fielded for {path} {{\n    #[allow(unused)]\n    fn fields(&self, to: &mut crate::answer::Fields) {{\n{dump}    }}\n}}\n\
         impl crate::answer::Dump for {path} {{\n    fn dump(&self) -> serde_json::Value {{ crate::answer::Fields::of(self) }}\n    fn is_zero(&self) -> bool {{ false }}\n}}\n\
         impl crate::answer::Getters for {path} {{\n    #[allow(unused)]\n    fn getters(&self, to: &mut crate::answer::Fields) {{\n{getters}    }}\n}}\n"
    );
    for nested in &message.nested_type {
        if !nested.options.as_ref().is_some_and(|options| options.map_entry()) {
            prost_message(glue, &own_module, nested, proto3);
        }
    }
}
