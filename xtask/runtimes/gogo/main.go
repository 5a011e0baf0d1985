// gogo: `gogo FOLDER` answers each request on standard input with one line, as README.md says.
// Built twice: with protoc-gen-gogofast's code, and with protoc-gen-gogo's, which leaves reading to tables as golang/protobuf 1.3 did.
// It has no dynamic messages; structs are written down by their tags.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	_ "questions/q2"
	_ "questions/q3"

	"github.com/gogo/protobuf/jsonpb"
	"github.com/gogo/protobuf/proto"
)

func value(held reflect.Value) interface{} {
	switch held.Kind() {
	case reflect.Ptr:
		if held.IsNil() {
			return nil
		}
		if held.Elem().Kind() == reflect.Struct {
			return fields(held)
		}
		return value(held.Elem())
	case reflect.String:
		return "h" + hex.EncodeToString([]byte(held.String()))
	case reflect.Slice:
		if held.Type().Elem().Kind() == reflect.Uint8 {
			return "h" + hex.EncodeToString(held.Bytes())
		}
		list := []interface{}{}
		for at := 0; at < held.Len(); at++ {
			list = append(list, value(held.Index(at)))
		}
		return list
	case reflect.Map:
		pairs := [][]interface{}{}
		for _, key := range held.MapKeys() {
			pairs = append(pairs, []interface{}{value(key), value(held.MapIndex(key))})
		}
		sort.Slice(pairs, func(a, b int) bool { return pairs[a][0].(string) < pairs[b][0].(string) })
		return map[string]interface{}{"map": pairs}
	case reflect.Float32:
		return fmt.Sprintf("0x%08x", math.Float32bits(float32(held.Float())))
	case reflect.Float64:
		return fmt.Sprintf("0x%016x", math.Float64bits(held.Float()))
	case reflect.Bool:
		return strconv.FormatBool(held.Bool())
	case reflect.Int32, reflect.Int64:
		return strconv.FormatInt(held.Int(), 10)
	default:
		return strconv.FormatUint(held.Uint(), 10)
	}
}

// The number in a field's tag: `varint,5,opt,name=f5`.
func number(field reflect.StructField) string {
	return strings.Split(field.Tag.Get("protobuf"), ",")[1]
}

func present(field reflect.StructField, held reflect.Value) bool {
	switch held.Kind() {
	case reflect.Ptr:
		return !held.IsNil()
	case reflect.Slice:
		// proto2's empty bytes are present, an empty list is not
		if held.Type().Elem().Kind() == reflect.Uint8 && !strings.HasSuffix(field.Tag.Get("protobuf"), "proto3") {
			return !held.IsNil()
		}
		return held.Len() > 0
	case reflect.Map:
		return held.Len() > 0
	default:
		return !held.IsZero()
	}
}

func fields(message reflect.Value) map[string]interface{} {
	found := map[string]interface{}{}
	inner := message.Elem()
	for at := 0; at < inner.NumField(); at++ {
		field, held := inner.Type().Field(at), inner.Field(at)
		switch {
		case field.Tag.Get("protobuf_oneof") != "":
			if !held.IsNil() {
				wrapper := held.Elem().Elem()
				found[number(wrapper.Type().Field(0))] = value(wrapper.Field(0))
			}
		case field.Tag.Get("protobuf") != "" && present(field, held):
			found[number(field)] = value(held)
		}
	}
	for id, extension := range proto.RegisteredExtensions(message.Interface().(proto.Message)) {
		if proto.HasExtension(message.Interface().(proto.Message), extension) {
			held, err := proto.GetExtension(message.Interface().(proto.Message), extension)
			if err != nil {
				panic(err)
			}
			found[strconv.Itoa(int(id))] = value(reflect.ValueOf(held))
		}
	}
	return found
}

func getters(message reflect.Value) map[string]interface{} {
	found := map[string]interface{}{}
	inner := message.Elem()
	for at := 0; at < inner.NumField(); at++ {
		field := inner.Type().Field(at)
		getter := message.MethodByName("Get" + field.Name)
		if field.Tag.Get("protobuf") == "" || !getter.IsValid() {
			continue
		}
		got := getter.Call(nil)[0]
		bytes := got.Kind() == reflect.Slice && got.Type().Elem().Kind() == reflect.Uint8
		if got.Kind() != reflect.Ptr && got.Kind() != reflect.Map && (got.Kind() != reflect.Slice || bytes) {
			found[number(field)] = value(got)
		}
	}
	return found
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		line, err := json.Marshal(answer(strings.Split(in.Text(), " ")))
		if err != nil {
			panic(err)
		}
		out.Write(line)
		out.WriteString("\n")
	}
}

func answer(words []string) (answer map[string]interface{}) {
	defer func() {
		if words := recover(); words != nil {
			answer = map[string]interface{}{"refused": fmt.Sprint("panicked: ", words)}
		}
	}()
	given, err := hex.DecodeString(strings.TrimPrefix(words[2], "-"))
	if err != nil {
		panic(err)
	}
	found := proto.MessageType(words[1])
	if words[0] != "generated" || found == nil {
		return map[string]interface{}{"unasked": "this runtime has no such reader"}
	}
	message := reflect.New(found.Elem())
	if err := proto.Unmarshal(given, message.Interface().(proto.Message)); err != nil {
		return map[string]interface{}{"refused": err.Error()}
	}
	answer = map[string]interface{}{"message": fields(message), "getters": getters(message)}
	if binary, err := proto.Marshal(message.Interface().(proto.Message)); err != nil {
		answer["binary_refused"] = err.Error()
	} else {
		answer["binary"] = hex.EncodeToString(binary)
	}
	if text, err := (&jsonpb.Marshaler{}).MarshalToString(message.Interface().(proto.Message)); err != nil {
		answer["json_refused"] = err.Error()
	} else {
		answer["json"] = text
	}
	return answer
}
