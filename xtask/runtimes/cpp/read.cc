// C++: `read FOLDER` answers each request on standard input with one line, as README.md says.
// "generated" reads with protoc's code, "dynamic" with DynamicMessage; one reflection writes both down.

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "explicit.pb.h"
#include "groups.pb.h"
#include "three.pb.h"
#include "two.pb.h"

namespace pb = google::protobuf;
using pb::FieldDescriptor;
using pb::Message;
using pb::Reflection;

static std::string last_words;

static std::string Hex(const std::string& bytes) {
  static const char* digits = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

static std::string Unhex(const std::string& text) {
  std::string bytes;
  for (size_t at = 0; at + 1 < text.size(); at += 2)
    bytes += static_cast<char>(std::stoi(text.substr(at, 2), nullptr, 16));
  return bytes;
}

static std::string Quote(const std::string& text) {
  std::string quoted = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += static_cast<char>(c);
    } else if (c < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      quoted += escape;
    } else {
      quoted += static_cast<char>(c);
    }
  }
  return quoted + "\"";
}

template <typename Bits, typename Number>
static std::string Floating(Number number) {
  Bits bits;
  std::memcpy(&bits, &number, sizeof bits);
  char text[24];
  std::snprintf(text, sizeof text, "\"0x%0*llx\"", static_cast<int>(2 * sizeof bits),
                static_cast<unsigned long long>(bits));
  return text;
}

static std::string Fields(const Message& message);

// One value: `index` -1 for a singular field.
static std::string Value(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* r = message.GetReflection();
  const bool list = index >= 0;
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Quote(std::to_string(list ? r->GetRepeatedInt32(message, field, index) : r->GetInt32(message, field)));
    case FieldDescriptor::CPPTYPE_INT64:
      return Quote(std::to_string(list ? r->GetRepeatedInt64(message, field, index) : r->GetInt64(message, field)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Quote(std::to_string(list ? r->GetRepeatedUInt32(message, field, index) : r->GetUInt32(message, field)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Quote(std::to_string(list ? r->GetRepeatedUInt64(message, field, index) : r->GetUInt64(message, field)));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Floating<uint64_t>(list ? r->GetRepeatedDouble(message, field, index) : r->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Floating<uint32_t>(list ? r->GetRepeatedFloat(message, field, index) : r->GetFloat(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (list ? r->GetRepeatedBool(message, field, index) : r->GetBool(message, field)) ? "\"true\"" : "\"false\"";
    case FieldDescriptor::CPPTYPE_ENUM:
      return Quote(std::to_string(list ? r->GetRepeatedEnumValue(message, field, index) : r->GetEnumValue(message, field)));
    case FieldDescriptor::CPPTYPE_STRING:
      return Quote("h" + Hex(list ? r->GetRepeatedStringReference(message, field, index, &scratch)
                                  : r->GetStringReference(message, field, &scratch)));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fields(list ? r->GetRepeatedMessage(message, field, index) : r->GetMessage(message, field));
  }
  return "null";
}

static std::string Joined(const std::vector<std::string>& parts, const char* open, const char* close) {
  std::string text = open;
  for (size_t at = 0; at < parts.size(); ++at) text += (at ? "," : "") + parts[at];
  return text + close;
}

static std::string Fields(const Message& message) {
  const Reflection* r = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  r->ListFields(message, &set);
  std::vector<std::string> parts;
  for (const FieldDescriptor* field : set) {
    std::string name = Quote(std::to_string(field->number())) + ":";
    if (field->is_map()) {
      std::vector<std::string> pairs;
      for (int at = 0; at < r->FieldSize(message, field); ++at) {
        const Message& entry = r->GetRepeatedMessage(message, field, at);
        pairs.push_back("[" + Value(entry, field->message_type()->map_key(), -1) + "," +
                        Value(entry, field->message_type()->map_value(), -1) + "]");
      }
      std::sort(pairs.begin(), pairs.end());
      parts.push_back(name + "{\"map\":" + Joined(pairs, "[", "]") + "}");
    } else if (field->is_repeated()) {
      std::vector<std::string> values;
      for (int at = 0; at < r->FieldSize(message, field); ++at) values.push_back(Value(message, field, at));
      parts.push_back(name + Joined(values, "[", "]"));
    } else {
      parts.push_back(name + Value(message, field, -1));
    }
  }
  return Joined(parts, "{", "}");
}

static std::string Getters(const Message& message) {
  std::vector<std::string> parts;
  for (int at = 0; at < message.GetDescriptor()->field_count(); ++at) {
    const FieldDescriptor* field = message.GetDescriptor()->field(at);
    if (field->is_repeated() || field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE || field->real_containing_oneof()) continue;
    parts.push_back(Quote(std::to_string(field->number())) + ":" + Value(message, field, -1));
  }
  return Joined(parts, "{", "}");
}

static std::string Answer(const Message& message) {
  std::string binary, json;
  message.SerializePartialToString(&binary);
  pb::util::Status status = pb::util::MessageToJsonString(message, &json);
  return "{\"message\":" + Fields(message) + ",\"getters\":" + Getters(message) + ",\"binary\":" + Quote(Hex(binary)) +
         (status.ok() ? ",\"json\":" + Quote(json) : ",\"json_refused\":" + Quote(status.ToString())) + "}";
}

static std::string Refused(const std::string& words) { return "{\"refused\":" + Quote(words) + "}"; }

int main(int, char** arguments) {
  pb::SetLogHandler([](pb::LogLevel, const char*, int, const std::string& words) { last_words = words; });
  q2::Singular::descriptor();
  q3::Singular::descriptor();
  qe::Explicit::descriptor();
  qg::Groups::descriptor();
  std::ifstream file(std::string(arguments[1]) + "/set.binpb", std::ios::binary);
  pb::FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) return 2;
  pb::DescriptorPool pool;
  for (const auto& each : set.file())
    if (!pool.BuildFile(each)) {
      std::cerr << each.name() << ": " << last_words << "\n";
      return 2;
    }
  pb::DynamicMessageFactory factory(&pool);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string mode, name, hex;
    words >> mode >> name >> hex;
    std::string bytes = hex == "-" ? "" : Unhex(hex);
    const bool generated = mode == "generated";
    const pb::DescriptorPool* from = generated ? pb::DescriptorPool::generated_pool() : &pool;
    const pb::Descriptor* descriptor = from->FindMessageTypeByName(name);
    if (descriptor == nullptr) {
      std::cout << "{\"unasked\":\"this runtime has no such reader\"}\n";
      continue;
    }
    pb::MessageFactory* made = generated ? pb::MessageFactory::generated_factory() : &factory;
    std::unique_ptr<Message> message(made->GetPrototype(descriptor)->New());
    last_words.clear();
    if (mode == "json" || mode == "json-lenient") {
      pb::util::JsonParseOptions options;
      options.ignore_unknown_fields = mode == "json-lenient";
      pb::util::Status status = pb::util::JsonStringToMessage(bytes, message.get(), options);
      std::cout << (status.ok() ? Answer(*message) : Refused(status.ToString())) << "\n";
      continue;
    }
    std::cout << (message->ParseFromString(bytes) ? Answer(*message) : Refused(last_words)) << "\n";
  }
}
