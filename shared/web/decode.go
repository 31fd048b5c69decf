package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"shixin/shared/fault"
)

// Decode reads the JSON body of a request into a pointer to a struct. What is no JSON document is fault.Malformed;
// a field that the struct does not have, a value of the wrong type, a null for a number, a name given twice or a NUL character is
// fault.Invalid at its JSON pointer. Names are matched exactly. What the values mean is not checked here.
func Decode(r *http.Request, into any) error {
	if preparedOf(r.Context()) == nil { // New has done this
		media, err := mediaType(r)
		if err != nil {
			return err
		}
		if !isJSON(media) {
			return unsupported([]string{"application/json"})
		}
	}
	body, err := bodyOf(r)
	if err != nil {
		return err
	}
	return theBody.unmarshal(body, into)
}

// UnmarshalRow is [Decode] for one row of a request's body.
func UnmarshalRow(row []byte, into any) error { return theRow.unmarshal(row, into) }

// part is what of a request JSON is read from, as refusals name it.
type part struct {
	en, zh string
	lines  bool // places in it have a line
}

var (
	theBody = part{"the body", "请求体", true}
	theRow  = part{"the row", "该行", false} // whose line stands beside the refusal
)

func (p part) unmarshal(body []byte, into any) error {
	if err := p.wellFormed(body); err != nil {
		return err
	}
	if err := noNUL(body); err != nil {
		return err
	}
	if bytes.Equal(bytes.TrimSpace(body), []byte("null")) { // which would be read as an empty object
		return fault.At("", "must be an object", "须为对象")
	}
	err := json.Unmarshal(body, into, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.JoinUnmarshalers(noNullFigures, plainTexts)))
	if err == nil {
		return nil
	}
	if e, ok := asSyntactic(err); ok {
		return fault.At(pointer(e.JSONPointer),
			"a name is given twice in this object; give it once", "对象中有重复的名称,请只写一次")
	}
	e, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return err
	}
	at := pointer(e.JSONPointer)
	switch f, isFault := errors.AsType[*fault.Fault](err); {
	case errors.Is(err, json.ErrUnknownName):
		return fault.At(at, "there is no such field; check its spelling or leave it out", "没有该字段,请检查拼写或删去")
	case isFault:
		return fault.Fields(fault.Field{Pointer: at, Detail: f.Detail})
	}
	en, zh := wanted(e.GoType)
	return fault.At(at, "must be "+en, "须为"+zh)
}

// noNullFigures refuses a null where a number must stand, which would be read as 0: what is not known is no figure. A number
// that may be left out is a pointer, and null leaves it out.
var noNullFigures = json.UnmarshalFromFunc(func(d *jsontext.Decoder, _ *float64) error {
	if d.PeekKind() == 'n' {
		return fault.New(fault.Invalid, "must be a number; leave out what is not known", "须为数字;未知的请不要填写")
	}
	return errors.ErrUnsupported
})

// plainTexts lets a text stand where an object is wanted that can be made of it.
var plainTexts = json.UnmarshalFromFunc(func(d *jsontext.Decoder, into interface{ Plain(text string) }) error {
	if d.PeekKind() != '"' {
		return errors.ErrUnsupported
	}
	text, err := d.ReadToken()
	if err == nil {
		into.Plain(text.String())
	}
	return err
})

// noNUL refuses NUL characters, which some stores cut a text at. They can only come as an escape.
func noNUL(body []byte) error {
	if !bytes.Contains(body, []byte(`\u0000`)) {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	for {
		t, err := d.ReadToken()
		if err != nil {
			return nil // the end: the syntax has been checked
		}
		if t.Kind() == '"' && strings.Contains(t.String(), "\x00") {
			return fault.At(pointer(d.StackPointer()), "must not have a NUL character", "不得包含 NUL 字符")
		}
	}
}

// pointer makes the JSON pointer that an answer shows. What a caller put where a name should be may be an identifier
// of a person, so the pointer ends before the first part that does not look like a name or an index.
func pointer(p jsontext.Pointer) string {
	var b strings.Builder
	for t := range p.Tokens() {
		if !plain(t) {
			break
		}
		b.WriteByte('/')
		b.WriteString(t)
	}
	return b.String()
}

// plain reports whether a part of a pointer is an index or reads like a name of this API.
func plain(t string) bool {
	if t == "" || len(t) > 40 {
		return false
	}
	digits, letters := 0, 0
	for i := range len(t) {
		switch c := t[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			letters++
		case c == '_' || c == '-' || c == '.':
		default:
			return false
		}
	}
	return letters == 0 && digits == len(t) && digits <= 5 || letters > 0 && digits <= 3
}

// wanted says what JSON a Go type is read from.
func wanted(t reflect.Type) (en, zh string) {
	if t == nil {
		return "of another kind", "其他类型"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string", "字符串"
	case reflect.Bool:
		return "true or false", " true 或 false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number in range", "范围内的整数"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number in range, not negative", "范围内的非负整数"
	case reflect.Float32, reflect.Float64:
		return "a number in range", "范围内的数字"
	case reflect.Slice, reflect.Array:
		return "an array", "数组"
	case reflect.Struct, reflect.Map:
		if t.PkgPath() == "time" {
			return "a time of RFC 3339, with its offset", "带时区的 RFC 3339 时间"
		}
		return "an object", "对象"
	}
	return "of another kind", "其他类型"
}

// spot is a place in a text, for people.
type spot struct{ en, zh string }

// place turns an offset into a line and a column, both counted from 1, the column in bytes.
func (p part) place(body []byte, offset int64) spot {
	before := body[:max(0, min(int(offset), len(body)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	if !p.lines {
		return spot{fmt.Sprintf("column %d", column), fmt.Sprintf("第 %d 列", column)}
	}
	return spot{fmt.Sprintf("line %d, column %d", line, column), fmt.Sprintf("第 %d 行第 %d 列", line, column)}
}

func asSyntactic(err error) (*jsontext.SyntacticError, bool) {
	return errors.AsType[*jsontext.SyntacticError](err)
}
