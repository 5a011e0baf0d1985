// Go: `go FOLDER` answers each request on standard input with one line, as README.md says.
// "generated" reads with protoc-gen-go's code, "dynamic" with dynamicpb; one reflection writes both down.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	_ "questions/q2"
	_ "questions/q3"
	_ "questions/qe"
	_ "questions/qg"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

func value(field protoreflect.FieldDescriptor, held protoreflect.Value) interface{} {
	switch field.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return fields(held.Message())
	case protoreflect.EnumKind:
		return strconv.Itoa(int(held.Enum()))
	case protoreflect.StringKind:
		return "h" + hex.EncodeToString([]byte(held.String()))
	case protoreflect.BytesKind:
		return "h" + hex.EncodeToString(held.Bytes())
	case protoreflect.FloatKind:
		return fmt.Sprintf("0x%08x", math.Float32bits(float32(held.Float())))
	case protoreflect.DoubleKind:
		return fmt.Sprintf("0x%016x", math.Float64bits(held.Float()))
	default:
		return fmt.Sprint(held.Interface())
	}
}

func fields(message protoreflect.Message) map[string]interface{} {
	found := map[string]interface{}{}
	message.Range(func(field protoreflect.FieldDescriptor, held protoreflect.Value) bool {
		number := strconv.Itoa(int(field.Number()))
		switch {
		case field.IsMap():
			pairs := [][]interface{}{}
			held.Map().Range(func(key protoreflect.MapKey, each protoreflect.Value) bool {
				pairs = append(pairs, []interface{}{value(field.MapKey(), key.Value()), value(field.MapValue(), each)})
				return true
			})
			sort.Slice(pairs, func(a, b int) bool { return pairs[a][0].(string) < pairs[b][0].(string) })
			found[number] = map[string]interface{}{"map": pairs}
		case field.IsList():
			list := []interface{}{}
			for at := 0; at < held.List().Len(); at++ {
				list = append(list, value(field, held.List().Get(at)))
			}
			found[number] = list
		default:
			found[number] = value(field, held)
		}
		return true
	})
	return found
}

func getters(message protoreflect.Message) map[string]interface{} {
	found := map[string]interface{}{}
	all := message.Descriptor().Fields()
	for at := 0; at < all.Len(); at++ {
		field := all.Get(at)
		oneof := field.ContainingOneof()
		if field.Cardinality() != protoreflect.Repeated && field.Message() == nil && (oneof == nil || oneof.IsSynthetic()) {
			found[strconv.Itoa(int(field.Number()))] = value(field, message.Get(field))
		}
	}
	return found
}

func main() {
	bytes, err := os.ReadFile(filepath.Join(os.Args[1], "set.binpb"))
	if err != nil {
		panic(err)
	}
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(bytes, set); err != nil {
		panic(err)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		panic(err)
	}
	types := new(protoregistry.Types)
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for at := 0; at < file.Messages().Len(); at++ {
			types.RegisterMessage(dynamicpb.NewMessageType(file.Messages().Get(at)))
		}
		for at := 0; at < file.Extensions().Len(); at++ {
			types.RegisterExtension(dynamicpb.NewExtensionType(file.Extensions().Get(at)))
		}
		return true
	})
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	say := func(answer map[string]interface{}) {
		line, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		out.Write(line)
		out.WriteString("\n")
	}
	for in.Scan() {
		words := strings.Split(in.Text(), " ")
		given, err := hex.DecodeString(strings.TrimPrefix(words[2], "-"))
		if err != nil {
			panic(err)
		}
		name := protoreflect.FullName(words[1])
		from, extensions := protoregistry.GlobalTypes, protoregistry.GlobalTypes
		if words[0] != "generated" {
			from, extensions = types, types
		}
		found, err := from.FindMessageByName(name)
		if err != nil {
			say(map[string]interface{}{"unasked": "this runtime has no such reader"})
			continue
		}
		message := found.New().Interface()
		switch words[0] {
		case "json", "json-lenient":
			err = protojson.UnmarshalOptions{DiscardUnknown: words[0] == "json-lenient", Resolver: types}.Unmarshal(given, message)
		default:
			// vtproto's plugin adds a reader of its own beside protoc-gen-go's
			if own, ok := message.(interface{ UnmarshalVT([]byte) error }); ok && words[0] == "generated" {
				err = own.UnmarshalVT(given)
				break
			}
			err = proto.UnmarshalOptions{Resolver: extensions}.Unmarshal(given, message)
		}
		if err != nil {
			say(map[string]interface{}{"refused": err.Error()})
			continue
		}
		answer := map[string]interface{}{"message": fields(message.ProtoReflect()), "getters": getters(message.ProtoReflect())}
		binary, err := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(message)
		if err != nil {
			answer["binary_refused"] = err.Error()
		} else {
			answer["binary"] = hex.EncodeToString(binary)
		}
		text, err := protojson.MarshalOptions{Resolver: types}.Marshal(message)
		if err != nil {
			answer["json_refused"] = err.Error()
		} else {
			answer["json"] = string(text)
		}
		say(answer)
	}
}
