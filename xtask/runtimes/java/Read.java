// Java: `Read FOLDER` answers each request on standard input with one line, as README.md says.
// "generated" reads with protoc's code, "dynamic" with DynamicMessage; one reflection writes both down.

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

public final class Read {
  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) text.append(String.format("%02x", each));
    return text.toString();
  }

  static byte[] unhex(String text) {
    byte[] bytes = new byte[text.equals("-") ? 0 : text.length() / 2];
    for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) Integer.parseInt(text.substring(2 * at, 2 * at + 2), 16);
    return bytes;
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char each : text.toCharArray()) {
      if (each == '"' || each == '\\') quoted.append('\\').append(each);
      // half of a pair is no text that others would read
      else if (Character.isSurrogate(each)) quoted.append("\\ufffd");
      else if (each < 0x20 || each > 0x7e) quoted.append(String.format("\\u%04x", (int) each));
      else quoted.append(each);
    }
    return quoted.append('"').toString();
  }

  static String value(FieldDescriptor field, Object held) {
    switch (field.getType()) {
      case MESSAGE:
      case GROUP:
        return fields((Message) held);
      case ENUM:
        return quote(Integer.toString(((EnumValueDescriptor) held).getNumber()));
      case STRING:
        return quote("h" + hex(((String) held).getBytes(StandardCharsets.UTF_8)));
      case BYTES:
        return quote("h" + hex(((ByteString) held).toByteArray()));
      case FLOAT:
        return quote(String.format("0x%08x", Float.floatToRawIntBits((Float) held)));
      case DOUBLE:
        return quote(String.format("0x%016x", Double.doubleToRawLongBits((Double) held)));
      case UINT32:
      case FIXED32:
        return quote(Integer.toUnsignedString((Integer) held));
      case UINT64:
      case FIXED64:
        return quote(Long.toUnsignedString((Long) held));
      default:
        return quote(held.toString());
    }
  }

  static String fields(Message message) {
    StringJoiner all = new StringJoiner(",", "{", "}");
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      String name = quote(Integer.toString(field.getNumber())) + ":";
      if (field.isMapField()) {
        // an entry may stand there twice in a dynamic message, where the last one counts
        Map<String, String> pairs = new HashMap<>();
        for (Object each : (List<?>) entry.getValue()) {
          Message pair = (Message) each;
          FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
          FieldDescriptor held = field.getMessageType().findFieldByNumber(2);
          pairs.put(value(key, pair.getField(key)), value(held, pair.getField(held)));
        }
        List<String> keys = new ArrayList<>(pairs.keySet());
        Collections.sort(keys);
        StringJoiner joined = new StringJoiner(",", "[", "]");
        for (String key : keys) joined.add("[" + key + "," + pairs.get(key) + "]");
        all.add(name + "{\"map\":" + joined + "}");
      } else if (field.isRepeated()) {
        StringJoiner joined = new StringJoiner(",", "[", "]");
        for (Object each : (List<?>) entry.getValue()) joined.add(value(field, each));
        all.add(name + joined);
      } else {
        all.add(name + value(field, entry.getValue()));
      }
    }
    return all.toString();
  }

  // What the generated getters of enums give, and every default.
  static String getters(Message message) {
    StringJoiner all = new StringJoiner(",", "{", "}");
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) continue;
      String name = quote(Integer.toString(field.getNumber())) + ":";
      boolean of_enum = field.getJavaType() == FieldDescriptor.JavaType.ENUM;
      if (of_enum && !(message instanceof DynamicMessage) && field.getRealContainingOneof() == null) {
        try {
          Method getter = message.getClass().getMethod("getF" + field.getNumber() + (field.isRepeated() ? "List" : ""));
          Object got = getter.invoke(message);
          StringJoiner joined = new StringJoiner(",", "[", "]");
          if (field.isRepeated()) for (Object each : (List<?>) got) joined.add(quote(each.toString()));
          all.add(name + (field.isRepeated() ? joined.toString() : quote(got.toString())));
        } catch (ReflectiveOperationException none) {
          // another name than the questions' own
        }
      } else if (!field.isRepeated() && field.getRealContainingOneof() == null) {
        all.add(name + value(field, message.getField(field)));
      }
    }
    return all.toString();
  }

  static String answer(Message message, JsonFormat.Printer printer) {
    String json;
    try {
      json = ",\"json\":" + quote(printer.print(message));
    } catch (Exception error) {
      json = ",\"json_refused\":" + quote(error.toString());
    }
    return "{\"message\":" + fields(message) + ",\"getters\":" + getters(message) + ",\"binary\":" + quote(hex(message.toByteArray())) + json + "}";
  }

  static Message.Builder generated(String name) {
    try {
      // the questions' Java packages are their packages
      return (Message.Builder) Class.forName(name).getMethod("newBuilder").invoke(null);
    } catch (ReflectiveOperationException none) {
      return null;
    }
  }

  public static void main(String[] arguments) throws Exception {
    FileDescriptorSet set = FileDescriptorSet.parseFrom(Files.readAllBytes(Path.of(arguments[0], "set.binpb")));
    Map<String, FileDescriptor> files = new HashMap<>();
    Map<String, Descriptor> dynamic = new HashMap<>();
    ExtensionRegistry dynamicExtensions = ExtensionRegistry.newInstance();
    JsonFormat.TypeRegistry.Builder types = JsonFormat.TypeRegistry.newBuilder();
    for (FileDescriptorProto each : set.getFileList()) {
      FileDescriptor[] imports = each.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      FileDescriptor file = FileDescriptor.buildFrom(each, imports);
      files.put(each.getName(), file);
      for (Descriptor message : file.getMessageTypes()) dynamic.put(message.getFullName(), message);
      types.add(file.getMessageTypes());
      for (FieldDescriptor extension : file.getExtensions()) {
        if (extension.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
          dynamicExtensions.add(extension, DynamicMessage.getDefaultInstance(extension.getMessageType()));
        else dynamicExtensions.add(extension);
      }
    }
    ExtensionRegistry extensions = ExtensionRegistry.newInstance();
    try {
      Class.forName("q2.Two").getMethod("registerAllExtensions", ExtensionRegistry.class).invoke(null, extensions);
    } catch (ReflectiveOperationException none) {
      // other messages than the questions' own
    }
    JsonFormat.Printer printer = JsonFormat.printer().usingTypeRegistry(types.build()).omittingInsignificantWhitespace();
    JsonFormat.Parser parser = JsonFormat.parser().usingTypeRegistry(types.build());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      boolean of_code = words[0].equals("generated");
      Descriptor descriptor = dynamic.get(words[1]);
      Message.Builder builder = of_code ? generated(words[1]) : descriptor == null ? null : DynamicMessage.newBuilder(descriptor);
      if (builder == null) {
        out.println("{\"unasked\":\"this runtime has no such reader\"}");
        continue;
      }
      try {
        byte[] bytes = unhex(words[2]);
        if (words[0].equals("json")) parser.merge(new String(bytes, StandardCharsets.UTF_8), builder);
        else if (words[0].equals("json-lenient")) parser.ignoringUnknownFields().merge(new String(bytes, StandardCharsets.UTF_8), builder);
        else {
          // as a generated `parseFrom` does: what is missing is an error
          Message read = builder.getDefaultInstanceForType().getParserForType().parseFrom(bytes, of_code ? extensions : dynamicExtensions);
          out.println(answer(read, printer));
          continue;
        }
        out.println(answer(builder.build(), printer));
      } catch (Exception | StackOverflowError error) {
        out.println("{\"refused\":" + quote(error.toString()) + "}");
      }
    }
    out.flush();
  }
}
