// Package validate provides the check of request structs by their validate tags.
//
// Besides the tags of github.com/go-playground/validator there are:
//
//	day      a civil day YYYY-MM-DD
//	rfc3339  a time with its offset
//	id       [A-Za-z0-9_-]{1,40}
//	text     no control characters but tab and line breaks, and not only blanks
//	line     text without line breaks
package validate

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/go-playground/validator/v10"

	"shixin/shared/fault"
	"shixin/shared/web"
	"shixin/shared/workday"
)

// maxFields is how many wrong fields one answer names.
const maxFields = 100

// Decode is [web.Decode] and then [Struct].
func Decode(r *http.Request, into any) error {
	if err := web.Decode(r, into); err != nil {
		return err
	}
	return Struct(into)
}

// Struct checks a struct, or a pointer to one, by its tags. What is wrong is one fault of kind fault.Invalid with a
// JSON pointer and a way to mend it for each field, at most 100 of them. A tag that cannot be evaluated is a mistake in
// the program and panics, as it does in the validator.
func Struct(v any) error {
	err := engine().Struct(v)
	if err == nil {
		return nil
	}
	wrong, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return err
	}
	name := reflect.Indirect(reflect.ValueOf(v)).Type().Name()
	fields := make([]fault.Field, 0, min(len(wrong), maxFields))
	for _, w := range wrong[:min(len(wrong), maxFields)] {
		en, zh := mend(w)
		fields = append(fields, fault.Field{Pointer: pointer(w.Namespace(), name), Detail: fault.Both(en, zh)})
	}
	return fault.Fields(fields...)
}

// embedded stands in a namespace for a struct that JSON does not show as a level of its own.
const embedded = "~"

// engine is made on first use: a process that never reads a body does not pay for it.
var engine = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" && f.Anonymous {
			return embedded
		}
		return name
	})
	for tag, good := range map[string]func(string) bool{
		"day":     func(s string) bool { _, err := workday.ParseDay(s); return err == nil },
		"rfc3339": func(s string) bool { _, err := time.Parse(time.RFC3339Nano, s); return err == nil },
		"id":      func(s string) bool { en, _ := web.Name(s); return en == "" },
		"text":    func(s string) bool { return readable(s, "\t\n\r") },
		"line":    func(s string) bool { return readable(s, "") },
	} {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return good(f.Field().String()) }); err != nil {
			panic(err) // the names above are no reserved tags
		}
	}
	return v
})

// readable reports whether s says something and has no control characters but those allowed.
func readable(s, allowed string) bool {
	return strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (unicode.IsControl(r) || r == '\u2028' || r == '\u2029') && !strings.ContainsRune(allowed, r)
	})
}

// pointer turns a validator's namespace, for example Type.subject.identifiers[0].value, into a JSON pointer. The type's
// name stands in front where it has one. A map's key ends the pointer: it is the caller's own text.
func pointer(namespace, typeName string) string {
	if typeName != "" {
		namespace = strings.TrimPrefix(namespace, typeName+".")
	}
	var b strings.Builder
	for part := range strings.SplitSeq(namespace, ".") {
		name, indexes, indexed := strings.Cut(part, "[")
		if name == embedded {
			continue
		}
		b.WriteByte('/')
		b.WriteString(fault.Token(name))
		if !indexed {
			continue
		}
		for i := range strings.SplitSeq(strings.TrimSuffix(indexes, "]"), "][") {
			if i == "" || strings.Trim(i, "0123456789") != "" || len(i) > 5 {
				return b.String()
			}
			b.WriteByte('/')
			b.WriteString(i)
		}
	}
	return b.String()
}
