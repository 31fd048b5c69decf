package web_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"shixin/shared/fault"
	"shixin/shared/web"
)

type inner struct {
	Scheme string   `json:"scheme"`
	Value  string   `json:"value"`
	From   *float64 `json:"from,omitempty"`
}

type outer struct {
	Subject struct {
		Identifiers []inner        `json:"identifiers"`
		Extra       map[string]int `json:"extra,omitempty"`

		Figures map[string]float64 `json:"figures,omitempty"`
	} `json:"subject"`
	Count  int             `json:"count"`
	Small  int8            `json:"small"`
	Yes    bool            `json:"yes"`
	AsOf   *time.Time      `json:"as_of"`
	Change json.RawMessage `json:"change,omitempty"`
	Any    any             `json:"any"`
}

func decode(body string, into any) error {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return web.Decode(r, into)
}

func TestDecode(t *testing.T) {
	nest := func(n int) string { return `{"any":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}" }
	for _, c := range []struct {
		name, body string
		kind       fault.Kind
		pointer    string
		says       string
	}{
		{"empty object", `{}`, "", "", ""},
		{"everything", ` {"subject":{"identifiers":[{"scheme":"uscc","value":"x","from":1.5}],"extra":{"a":1}},"count":3,"small":-128,"yes":true,"as_of":"2026-10-08T09:00:00+08:00","change":{"until":null},"any":[1,"a"]} `, "", "", ""},
		{"depth 32", nest(32), "", "", ""},

		{"nothing", ``, fault.Malformed, "", "empty"},
		{"blanks", " \n\t", fault.Malformed, "", "empty"},
		{"cut", `{"count":`, fault.Malformed, "", "line 1"},
		{"where", "{\n \"count\": x\n}", fault.Malformed, "", "line 2, column 11"},
		{"single quotes", `{'count':1}`, fault.Malformed, "", "line 1, column 2"},
		{"trailing comma", `{"count":1,}`, fault.Malformed, "", "line 1"},
		{"comment", `{} // x`, fault.Malformed, "", "goes on"},
		{"two documents", "{}\n{}", fault.Malformed, "", "line 2, column 1"},
		{"trailing text", `{} x`, fault.Malformed, "", "goes on"},
		{"byte order mark", "\ufeff{}", fault.Malformed, "", "line 1, column 1"},
		{"invalid UTF-8", "{\"any\":\"失\ufffd\",\n\"a\":\"\xff\"}", fault.Malformed, "", "UTF-8: see line 2, column 6"},
		{"half a surrogate", `{"any":"\ud800"}`, fault.Malformed, "", "not JSON"},
		{"raw control character", "{\"any\":\"a\nb\"}", fault.Malformed, "", "not JSON"},
		{"raw NUL", "{\"any\":\"a\x00b\"}", fault.Malformed, "", "not JSON"},
		{"NaN", `{"count":NaN}`, fault.Malformed, "", "not JSON"},
		{"depth 33", nest(33), fault.Malformed, "", "32"},
		{"depth 100000", nest(100000), fault.Malformed, "", "32"},

		{"null leaves out", `{"subject":{"identifiers":[{"from":null}]}}`, "", "", ""},
		{"null is no figure", `{"subject":{"figures":{"a":1,"b_c":null}}}`, fault.Invalid, "/subject/figures/b_c", "leave out what is not known"},
		{"array", `[]`, fault.Invalid, "", "an object"},
		{"null", `null`, fault.Invalid, "", "an object"},
		{"string", `"x"`, fault.Invalid, "", "an object"},
		{"unknown field", `{"cuont":1}`, fault.Invalid, "/cuont", "no such field"},
		{"case", `{"Count":1}`, fault.Invalid, "/Count", "no such field"},
		{"unknown field below", `{"subject":{"identifiers":[{},{"vaule":1}]}}`, fault.Invalid, "/subject/identifiers/1/vaule", "no such field"},
		{"an identifier as a name", `{"subject":{"11010519491231002X":1}}`, fault.Invalid, "/subject", "no such field"},
		{"an identifier as a map's key", `{"subject":{"extra":{"13800138000":"x"}}}`, fault.Invalid, "/subject/extra", "a whole number"},
		{"duplicate", `{"count":1,"count":2}`, fault.Invalid, "/count", "twice"},
		{"duplicate below", `{"subject":{"identifiers":[{"value":"a","value":"b"}]}}`, fault.Invalid, "/subject/identifiers/0/value", "twice"},
		{"duplicate by escape", `{"count":1,"c\u006funt":2}`, fault.Invalid, "/count", "twice"},
		{"duplicate in free JSON", `{"any":{"a":1,"a":2}}`, fault.Invalid, "/any/a", "twice"},
		{"duplicate in raw JSON", `{"change":{"a":1,"a":2}}`, fault.Invalid, "/change/a", "twice"},
		{"number for string", `{"subject":{"identifiers":[{"scheme":1}]}}`, fault.Invalid, "/subject/identifiers/0/scheme", "a string"},
		{"string for number", `{"count":"1"}`, fault.Invalid, "/count", "a whole number"},
		{"fraction", `{"count":1.5}`, fault.Invalid, "/count", "a whole number"},
		{"too large", `{"small":128}`, fault.Invalid, "/small", "in range"},
		{"too large a float", `{"subject":{"identifiers":[{"from":1e999}]}}`, fault.Invalid, "/subject/identifiers/0/from", "in range"},
		{"number for bool", `{"yes":1}`, fault.Invalid, "/yes", "true or false"},
		{"object for array", `{"subject":{"identifiers":{}}}`, fault.Invalid, "/subject/identifiers", "an array"},
		{"array for object", `{"subject":[]}`, fault.Invalid, "/subject", "an object"},
		{"no time", `{"as_of":"yesterday"}`, fault.Invalid, "/as_of", "RFC 3339"},
		{"time without offset", `{"as_of":"2026-10-08T09:00:00"}`, fault.Invalid, "/as_of", "RFC 3339"},
		{"NUL", `{"subject":{"identifiers":[{"value":"a\u0000b"}]}}`, fault.Invalid, "/subject/identifiers/0/value", "NUL"},
		{"NUL in a name", `{"subject":{"extra":{"a\u0000":1}}}`, fault.Invalid, "/subject/extra", "NUL"},
		{"no NUL", `{"any":"\\u0000"}`, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into outer
			err := decode(c.body, &into)
			if fault.Of(err) != c.kind || (c.kind == "") != (err == nil) {
				t.Fatalf("got %v, want %q", err, c.kind)
			}
			if err == nil {
				return
			}
			f, _ := errors.AsType[*fault.Fault](err)
			if !strings.Contains(err.Error(), c.says) || !strings.Contains(f.Detail, " · ") {
				t.Errorf("got %v, want a word of %q", err, c.says)
			}
			if c.kind == fault.Invalid && (len(f.Fields) != 1 || f.Fields[0].Pointer != c.pointer) {
				t.Errorf("got %+v, want %q", f.Fields, c.pointer)
			}
			if strings.Contains(err.Error(), "1101") || strings.Contains(err.Error(), "1380") {
				t.Errorf("echoed: %v", err)
			}
		})
	}
}

// What is read says what the standard library reads, and no refusal quotes a digit run of the input.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"count":1}`, `{"subject":{"identifiers":[{"scheme":"uscc","value":"x"}]}}`, `{"any":[[[]]]}`, `{"count":1,"count":2}`,
		`{"any":"\u0000"}`, `{"as_of":"2026-10-08T09:00:00+08:00"}`, "\xff", `{}{}`, `null`, `{"change":{"a":[1e9]}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var got outer
		err := web.UnmarshalRow([]byte(body), &got)
		if err != nil {
			x, ok := errors.AsType[*fault.Fault](err)
			if !ok || x.Kind != fault.Malformed && x.Kind != fault.Invalid {
				t.Fatalf("not a fault: %v", err)
			}
			for _, field := range x.Fields {
				if strings.ContainsFunc(field.Pointer, func(r rune) bool { return r > '~' || r <= ' ' }) {
					t.Fatalf("pointer %q", field.Pointer)
				}
			}
			return
		}
		if !utf8.ValidString(body) || !json.Valid([]byte(body)) {
			t.Fatalf("accepted %q", body)
		}
		var want outer
		if err := json.Unmarshal([]byte(body), &want); err != nil {
			t.Fatalf("the standard library refuses it: %v", err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if string(a) != string(b) {
			t.Fatalf("read %s, the standard library %s", a, b)
		}
	})
}

func BenchmarkDecodeBatch(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"subject":{"identifiers":[`)
	for i := range 1000 {
		if i > 0 {
			body.WriteByte(',')
		}
		body.WriteString(`{"scheme":"uscc","value":"91350100M000100Y43"}`)
	}
	body.WriteString(`]}}`)
	text := []byte(body.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var into outer
		if err := web.UnmarshalRow(text, &into); err != nil {
			b.Fatal(err)
		}
	}
}

// What is wrong with a row is said of the row, whose line the caller is told beside it.
func TestRowsAreNamedAsRows(t *testing.T) {
	for text, want := range map[string]string{
		`not`: "the row is not JSON: see column 2", `{}{`: "the row goes on after the JSON document: see column 3", `[1]`: "must be an object",
		"\xff": "the row is not valid UTF-8: see column 1",
	} {
		if err := web.UnmarshalRow([]byte(text), &outer{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "line") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
