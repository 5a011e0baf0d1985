//! The shapes of the well-known files, one entry a message or enum, an outer one before those inside of it.
//!
//! A field is `name number type`, with `@oneof` behind its name or `~` if it is deprecated, before its type `?` for optional, `!` for required, `*` for
//! repeated, `#` for packed, and `=default` behind; a map is `<key,value>`. `+` begins an extension range, `-` what is reserved.
//! `descriptor` is as of protoc 35.1; the test against protoc compares every entry.

use super::File;
use crate::Edition;
use Shape::{Enum, Message};

pub(super) enum Shape {
    /// Full name without the package, and body.
    Message(&'static str, &'static str),
    Enum(&'static str, &'static str),
}

pub(super) const FILES: &[File] = &[
    File {
        name: "any",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[Message("Any", "type_url 1 string; value 2 bytes")],
    },
    File {
        name: "timestamp",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[Message("Timestamp", "seconds 1 int64; nanos 2 int32")],
    },
    File {
        name: "duration",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[Message("Duration", "seconds 1 int64; nanos 2 int32")],
    },
    File {
        name: "empty",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[Message("Empty", "")],
    },
    File {
        name: "struct",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[
            Message("Struct", "fields 1 <string,Value>"),
            Message(
                "Value",
                "null_value@kind 1 NullValue; number_value@kind 2 double; string_value@kind 3 string; \
                 bool_value@kind 4 bool; struct_value@kind 5 Struct; list_value@kind 6 ListValue",
            ),
            Message("ListValue", "values 1 *Value"),
            Enum("NullValue", "NULL_VALUE 0"),
        ],
    },
    File {
        name: "wrappers",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[
            Message("DoubleValue", "value 1 double"),
            Message("FloatValue", "value 1 float"),
            Message("Int64Value", "value 1 int64"),
            Message("UInt64Value", "value 1 uint64"),
            Message("Int32Value", "value 1 int32"),
            Message("UInt32Value", "value 1 uint32"),
            Message("BoolValue", "value 1 bool"),
            Message("StringValue", "value 1 string"),
            Message("BytesValue", "value 1 bytes"),
        ],
    },
    File {
        name: "field_mask",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[Message("FieldMask", "paths 1 *string")],
    },
    File {
        name: "source_context",
        edition: Edition::Proto3,
        imports: &[],
        shapes: &[Message("SourceContext", "file_name 1 string")],
    },
    File {
        name: "type",
        edition: Edition::Proto3,
        imports: &["any", "source_context"],
        shapes: &[
            Message(
                "Type",
                "name 1 string; fields 2 *Field; oneofs 3 *string; options 4 *Option; \
                 source_context 5 SourceContext; syntax 6 Syntax; edition 7 string",
            ),
            Message(
                "Field",
                "kind 1 Field.Kind; cardinality 2 Field.Cardinality; number 3 int32; name 4 string; \
                 type_url 6 string; oneof_index 7 int32; packed 8 bool; options 9 *Option; \
                 json_name 10 string; default_value 11 string",
            ),
            Enum(
                "Field.Kind",
                "TYPE_UNKNOWN 0; TYPE_DOUBLE 1; TYPE_FLOAT 2; TYPE_INT64 3; TYPE_UINT64 4; TYPE_INT32 5; \
                 TYPE_FIXED64 6; TYPE_FIXED32 7; TYPE_BOOL 8; TYPE_STRING 9; TYPE_GROUP 10; \
                 TYPE_MESSAGE 11; TYPE_BYTES 12; TYPE_UINT32 13; TYPE_ENUM 14; TYPE_SFIXED32 15; \
                 TYPE_SFIXED64 16; TYPE_SINT32 17; TYPE_SINT64 18",
            ),
            Enum(
                "Field.Cardinality",
                "CARDINALITY_UNKNOWN 0; CARDINALITY_OPTIONAL 1; CARDINALITY_REQUIRED 2; \
                 CARDINALITY_REPEATED 3",
            ),
            Message(
                "Enum",
                "name 1 string; enumvalue 2 *EnumValue; options 3 *Option; source_context 4 SourceContext; \
                 syntax 5 Syntax; edition 6 string",
            ),
            Message(
                "EnumValue",
                "name 1 string; number 2 int32; options 3 *Option",
            ),
            Message("Option", "name 1 string; value 2 Any"),
            Enum(
                "Syntax",
                "SYNTAX_PROTO2 0; SYNTAX_PROTO3 1; SYNTAX_EDITIONS 2",
            ),
        ],
    },
    File {
        name: "api",
        edition: Edition::Proto3,
        imports: &["source_context", "type"],
        shapes: &[
            Message(
                "Api",
                "name 1 string; methods 2 *Method; options 3 *Option; version 4 string; \
                 source_context 5 SourceContext; mixins 6 *Mixin; syntax 7 Syntax; edition 8 string",
            ),
            Message(
                "Method",
                "name 1 string; request_type_url 2 string; request_streaming 3 bool; \
                 response_type_url 4 string; response_streaming 5 bool; options 6 *Option; \
                 syntax~ 7 Syntax; edition~ 8 string",
            ),
            Message("Mixin", "name 1 string; root 2 string"),
        ],
    },
    File {
        name: "descriptor",
        edition: Edition::Proto2,
        imports: &[],
        shapes: &[
            Message(
                "FileDescriptorSet",
                "file 1 *FileDescriptorProto; +536000000",
            ),
            Message(
                "FileDescriptorProto",
                "name 1 ?string; package 2 ?string; dependency 3 *string; public_dependency 10 *int32; \
                 weak_dependency 11 *int32; option_dependency 15 *string; message_type 4 *DescriptorProto; \
                 enum_type 5 *EnumDescriptorProto; service 6 *ServiceDescriptorProto; \
                 extension 7 *FieldDescriptorProto; options 8 ?FileOptions; \
                 source_code_info 9 ?SourceCodeInfo; syntax 12 ?string; edition 14 ?Edition",
            ),
            Message(
                "DescriptorProto",
                "name 1 ?string; field 2 *FieldDescriptorProto; extension 6 *FieldDescriptorProto; \
                 nested_type 3 *DescriptorProto; enum_type 4 *EnumDescriptorProto; \
                 extension_range 5 *DescriptorProto.ExtensionRange; oneof_decl 8 *OneofDescriptorProto; \
                 options 7 ?MessageOptions; reserved_range 9 *DescriptorProto.ReservedRange; \
                 reserved_name 10 *string; visibility 11 ?SymbolVisibility",
            ),
            Message(
                "DescriptorProto.ExtensionRange",
                "start 1 ?int32; end 2 ?int32; options 3 ?ExtensionRangeOptions",
            ),
            Message(
                "DescriptorProto.ReservedRange",
                "start 1 ?int32; end 2 ?int32",
            ),
            Message(
                "ExtensionRangeOptions",
                "uninterpreted_option 999 *UninterpretedOption; \
                 declaration 2 *ExtensionRangeOptions.Declaration; features 50 ?FeatureSet; \
                 verification 3 ?ExtensionRangeOptions.VerificationState=UNVERIFIED; +990..998; \
                 +1000..max",
            ),
            Message(
                "ExtensionRangeOptions.Declaration",
                "number 1 ?int32; full_name 2 ?string; type 3 ?string; reserved 5 ?bool; repeated 6 ?bool; \
                 -4",
            ),
            Enum(
                "ExtensionRangeOptions.VerificationState",
                "DECLARATION 0; UNVERIFIED 1",
            ),
            Message(
                "FieldDescriptorProto",
                "name 1 ?string; number 3 ?int32; label 4 ?FieldDescriptorProto.Label; \
                 type 5 ?FieldDescriptorProto.Type; type_name 6 ?string; extendee 2 ?string; \
                 default_value 7 ?string; oneof_index 9 ?int32; json_name 10 ?string; \
                 options 8 ?FieldOptions; proto3_optional 17 ?bool",
            ),
            Enum(
                "FieldDescriptorProto.Type",
                "TYPE_DOUBLE 1; TYPE_FLOAT 2; TYPE_INT64 3; TYPE_UINT64 4; TYPE_INT32 5; TYPE_FIXED64 6; \
                 TYPE_FIXED32 7; TYPE_BOOL 8; TYPE_STRING 9; TYPE_GROUP 10; TYPE_MESSAGE 11; \
                 TYPE_BYTES 12; TYPE_UINT32 13; TYPE_ENUM 14; TYPE_SFIXED32 15; TYPE_SFIXED64 16; \
                 TYPE_SINT32 17; TYPE_SINT64 18",
            ),
            Enum(
                "FieldDescriptorProto.Label",
                "LABEL_OPTIONAL 1; LABEL_REPEATED 3; LABEL_REQUIRED 2",
            ),
            Message(
                "OneofDescriptorProto",
                "name 1 ?string; options 2 ?OneofOptions",
            ),
            Message(
                "EnumDescriptorProto",
                "name 1 ?string; value 2 *EnumValueDescriptorProto; options 3 ?EnumOptions; \
                 reserved_range 4 *EnumDescriptorProto.EnumReservedRange; reserved_name 5 *string; \
                 visibility 6 ?SymbolVisibility",
            ),
            Message(
                "EnumDescriptorProto.EnumReservedRange",
                "start 1 ?int32; end 2 ?int32",
            ),
            Message(
                "EnumValueDescriptorProto",
                "name 1 ?string; number 2 ?int32; options 3 ?EnumValueOptions",
            ),
            Message(
                "ServiceDescriptorProto",
                "name 1 ?string; method 2 *MethodDescriptorProto; options 3 ?ServiceOptions; -4; \
                 -\"stream\"",
            ),
            Message(
                "MethodDescriptorProto",
                "name 1 ?string; input_type 2 ?string; output_type 3 ?string; options 4 ?MethodOptions; \
                 client_streaming 5 ?bool=false; server_streaming 6 ?bool=false",
            ),
            Message(
                "FileOptions",
                "java_package 1 ?string; java_outer_classname 8 ?string; \
                 java_multiple_files 10 ?bool=false; java_generate_equals_and_hash~ 20 ?bool; \
                 java_string_check_utf8 27 ?bool=false; optimize_for 9 ?FileOptions.OptimizeMode=SPEED; \
                 go_package 11 ?string; cc_generic_services 16 ?bool=false; \
                 java_generic_services 17 ?bool=false; py_generic_services 18 ?bool=false; \
                 deprecated 23 ?bool=false; cc_enable_arenas 31 ?bool=true; objc_class_prefix 36 ?string; \
                 csharp_namespace 37 ?string; swift_prefix 39 ?string; php_class_prefix 40 ?string; \
                 php_namespace 41 ?string; php_metadata_namespace 44 ?string; ruby_package 45 ?string; \
                 features 50 ?FeatureSet; uninterpreted_option 999 *UninterpretedOption; +990..998; \
                 +1000..max; -42; -38; -\"php_generic_services\"",
            ),
            Enum(
                "FileOptions.OptimizeMode",
                "SPEED 1; CODE_SIZE 2; LITE_RUNTIME 3",
            ),
            Message(
                "MessageOptions",
                "message_set_wire_format 1 ?bool=false; no_standard_descriptor_accessor 2 ?bool=false; \
                 deprecated 3 ?bool=false; map_entry 7 ?bool; \
                 deprecated_legacy_json_field_conflicts~ 11 ?bool; features 12 ?FeatureSet; \
                 uninterpreted_option 999 *UninterpretedOption; +990..998; +1000..max; -4; -5; -6; -8; -9",
            ),
            Message(
                "FieldOptions",
                "ctype 1 ?FieldOptions.CType=STRING; packed 2 ?bool; \
                 jstype 6 ?FieldOptions.JSType=JS_NORMAL; lazy 5 ?bool=false; \
                 unverified_lazy 15 ?bool=false; deprecated 3 ?bool=false; weak~ 10 ?bool=false; \
                 debug_redact 16 ?bool=false; retention 17 ?FieldOptions.OptionRetention; \
                 targets 19 *FieldOptions.OptionTargetType; \
                 edition_defaults 20 *FieldOptions.EditionDefault; features 21 ?FeatureSet; \
                 feature_support 22 ?FieldOptions.FeatureSupport; \
                 uninterpreted_option 999 *UninterpretedOption; +990..998; +1000..max; -4; -18",
            ),
            Message(
                "FieldOptions.EditionDefault",
                "edition 3 ?Edition; value 2 ?string",
            ),
            Message(
                "FieldOptions.FeatureSupport",
                "edition_introduced 1 ?Edition; edition_deprecated 2 ?Edition; \
                 deprecation_warning 3 ?string; edition_removed 4 ?Edition; removal_error 5 ?string",
            ),
            Enum("FieldOptions.CType", "STRING 0; CORD 1; STRING_PIECE 2"),
            Enum(
                "FieldOptions.JSType",
                "JS_NORMAL 0; JS_STRING 1; JS_NUMBER 2",
            ),
            Enum(
                "FieldOptions.OptionRetention",
                "RETENTION_UNKNOWN 0; RETENTION_RUNTIME 1; RETENTION_SOURCE 2",
            ),
            Enum(
                "FieldOptions.OptionTargetType",
                "TARGET_TYPE_UNKNOWN 0; TARGET_TYPE_FILE 1; TARGET_TYPE_EXTENSION_RANGE 2; \
                 TARGET_TYPE_MESSAGE 3; TARGET_TYPE_FIELD 4; TARGET_TYPE_ONEOF 5; TARGET_TYPE_ENUM 6; \
                 TARGET_TYPE_ENUM_ENTRY 7; TARGET_TYPE_SERVICE 8; TARGET_TYPE_METHOD 9",
            ),
            Message(
                "OneofOptions",
                "features 1 ?FeatureSet; uninterpreted_option 999 *UninterpretedOption; +990..998; \
                 +1000..max",
            ),
            Message(
                "EnumOptions",
                "allow_alias 2 ?bool; deprecated 3 ?bool=false; \
                 deprecated_legacy_json_field_conflicts~ 6 ?bool; features 7 ?FeatureSet; \
                 uninterpreted_option 999 *UninterpretedOption; +990..998; +1000..max; -5",
            ),
            Message(
                "EnumValueOptions",
                "deprecated 1 ?bool=false; features 2 ?FeatureSet; debug_redact 3 ?bool=false; \
                 feature_support 4 ?FieldOptions.FeatureSupport; \
                 uninterpreted_option 999 *UninterpretedOption; +990..998; +1000..max",
            ),
            Message(
                "ServiceOptions",
                "features 34 ?FeatureSet; deprecated 33 ?bool=false; \
                 uninterpreted_option 999 *UninterpretedOption; +990..998; +1000..max",
            ),
            Message(
                "MethodOptions",
                "deprecated 33 ?bool=false; \
                 idempotency_level 34 ?MethodOptions.IdempotencyLevel=IDEMPOTENCY_UNKNOWN; \
                 features 35 ?FeatureSet; uninterpreted_option 999 *UninterpretedOption; +990..998; \
                 +1000..max",
            ),
            Enum(
                "MethodOptions.IdempotencyLevel",
                "IDEMPOTENCY_UNKNOWN 0; NO_SIDE_EFFECTS 1; IDEMPOTENT 2",
            ),
            Message(
                "UninterpretedOption",
                "name 2 *UninterpretedOption.NamePart; identifier_value 3 ?string; \
                 positive_int_value 4 ?uint64; negative_int_value 5 ?int64; double_value 6 ?double; \
                 string_value 7 ?bytes; aggregate_value 8 ?string",
            ),
            Message(
                "UninterpretedOption.NamePart",
                "name_part 1 !string; is_extension 2 !bool",
            ),
            Message(
                "FeatureSet",
                "field_presence 1 ?FeatureSet.FieldPresence; enum_type 2 ?FeatureSet.EnumType; \
                 repeated_field_encoding 3 ?FeatureSet.RepeatedFieldEncoding; \
                 utf8_validation 4 ?FeatureSet.Utf8Validation; \
                 message_encoding 5 ?FeatureSet.MessageEncoding; json_format 6 ?FeatureSet.JsonFormat; \
                 enforce_naming_style 7 ?FeatureSet.EnforceNamingStyle; \
                 default_symbol_visibility 8 ?FeatureSet.VisibilityFeature.DefaultSymbolVisibility; \
                 +1000..9994; +9995..9999; +10000; -999",
            ),
            Message("FeatureSet.VisibilityFeature", "-1..max"),
            Enum(
                "FeatureSet.VisibilityFeature.DefaultSymbolVisibility",
                "DEFAULT_SYMBOL_VISIBILITY_UNKNOWN 0; EXPORT_ALL 1; EXPORT_TOP_LEVEL 2; LOCAL_ALL 3; \
                 STRICT 4",
            ),
            Enum(
                "FeatureSet.FieldPresence",
                "FIELD_PRESENCE_UNKNOWN 0; EXPLICIT 1; IMPLICIT 2; LEGACY_REQUIRED 3",
            ),
            Enum(
                "FeatureSet.EnumType",
                "ENUM_TYPE_UNKNOWN 0; OPEN 1; CLOSED 2",
            ),
            Enum(
                "FeatureSet.RepeatedFieldEncoding",
                "REPEATED_FIELD_ENCODING_UNKNOWN 0; PACKED 1; EXPANDED 2",
            ),
            Enum(
                "FeatureSet.Utf8Validation",
                "UTF8_VALIDATION_UNKNOWN 0; VERIFY 2; NONE 3; -1",
            ),
            Enum(
                "FeatureSet.MessageEncoding",
                "MESSAGE_ENCODING_UNKNOWN 0; LENGTH_PREFIXED 1; DELIMITED 2",
            ),
            Enum(
                "FeatureSet.JsonFormat",
                "JSON_FORMAT_UNKNOWN 0; ALLOW 1; LEGACY_BEST_EFFORT 2",
            ),
            Enum(
                "FeatureSet.EnforceNamingStyle",
                "ENFORCE_NAMING_STYLE_UNKNOWN 0; STYLE2024 1; STYLE_LEGACY 2; STYLE2026 3",
            ),
            Message(
                "FeatureSetDefaults",
                "defaults 1 *FeatureSetDefaults.FeatureSetEditionDefault; minimum_edition 4 ?Edition; \
                 maximum_edition 5 ?Edition",
            ),
            Message(
                "FeatureSetDefaults.FeatureSetEditionDefault",
                "edition 3 ?Edition; overridable_features 4 ?FeatureSet; fixed_features 5 ?FeatureSet; -1; \
                 -2; -\"features\"",
            ),
            Message(
                "SourceCodeInfo",
                "location 1 *SourceCodeInfo.Location; +536000000",
            ),
            Message(
                "SourceCodeInfo.Location",
                "path 1 #int32; span 2 #int32; leading_comments 3 ?string; trailing_comments 4 ?string; \
                 leading_detached_comments 6 *string",
            ),
            Message(
                "GeneratedCodeInfo",
                "annotation 1 *GeneratedCodeInfo.Annotation",
            ),
            Message(
                "GeneratedCodeInfo.Annotation",
                "path 1 #int32; source_file 2 ?string; begin 3 ?int32; end 4 ?int32; \
                 semantic 5 ?GeneratedCodeInfo.Annotation.Semantic",
            ),
            Enum(
                "GeneratedCodeInfo.Annotation.Semantic",
                "NONE 0; SET 1; ALIAS 2",
            ),
            Enum(
                "Edition",
                "EDITION_UNKNOWN 0; EDITION_LEGACY 900; EDITION_PROTO2 998; EDITION_PROTO3 999; \
                 EDITION_2023 1000; EDITION_2024 1001; EDITION_2026 1002; EDITION_UNSTABLE 9999; \
                 EDITION_1_TEST_ONLY 1; EDITION_2_TEST_ONLY 2; EDITION_99997_TEST_ONLY 99997; \
                 EDITION_99998_TEST_ONLY 99998; EDITION_99999_TEST_ONLY 99999; EDITION_MAX 2147483647",
            ),
            Enum(
                "SymbolVisibility",
                "VISIBILITY_UNSET 0; VISIBILITY_LOCAL 1; VISIBILITY_EXPORT 2",
            ),
        ],
    },
];
