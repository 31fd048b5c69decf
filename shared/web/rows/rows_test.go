package rows_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shixin/shared/fault"
	"shixin/shared/web/rows"
)

func literal(column string) bool { return column == "decided/published" || column == "months" }

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, media, body string
		want              []string // "line: document", or "line!" for a line that is none
		err               error
	}{
		{name: "NDJSON counts blank lines and takes any line end", media: rows.NDJSON, body: "\ufeff{\"a\":1}\r\n\n{\"a\":2}",
			want: []string{`1: {"a":1}`, `3: {"a":2}`}},
		{name: "CSV columns are pointers", media: rows.CSV,
			body: "subject/names/0/text,subject/names/1/text,months,decided/published\n甲,乙,3,true\n丙,,,\n",
			want: []string{`2: {"decided":{"published":true},"months":3,"subject":{"names":[{"text":"甲"},{"text":"乙"}]}}`, `3: {"subject":{"names":[{"text":"丙"}]}}`}},
		{name: "text that looks like a number stays text", media: rows.CSV, body: "value\n007\n", want: []string{`2: {"value":"007"}`}},
		{name: "a quoted cell spans lines", media: rows.CSV, body: "facts,x\n\"one\ntwo\",1\nthree,2\n", want: []string{`2: {"facts":"one\ntwo","x":"1"}`, `4: {"facts":"three","x":"2"}`}},
		{name: "a short line is named and stops nothing", media: rows.CSV, body: "a,b\n1\n1,2\n", want: []string{`2!`, `3: {"a":"1","b":"2"}`}},
		{name: "a broken quote is named, and costs its line", media: rows.CSV, body: "a\nfine\n\"open\nnext\n", want: []string{`2: {"a":"fine"}`, `3!`, `4: {"a":"next"}`}},
		{name: "a quote that another row's would close", media: rows.CSV, body: "a,b\n1,\"x\n2,\"y\"\n3,z\n", want: []string{`2!`, `3: {"a":"2","b":"y"}`, `4: {"a":"3","b":"z"}`}},
		{name: "quotes that are not doubled", media: rows.CSV, body: "a\nx\"y\n\"x\"y\n\"x\"\"y\"\n", want: []string{`2!`, `3!`, `4: {"a":"x\"y"}`}},
		{name: "a quote in the header", media: rows.CSV, body: "\"a\nb\",c\n1,2\n", err: fault.Malformed},
		{name: "an empty cell of one column", media: rows.CSV, body: "a\n\"\"\n\nb\n", want: []string{`2: {}`, `4: {"a":"b"}`}},
		{name: "a column and its parts", media: rows.CSV, body: "a,a/b\n1,2\n", want: []string{`2!`}},
		{name: "no header", media: rows.CSV, body: "", err: fault.Malformed},
		{name: "an empty column", media: rows.CSV, body: "a,,b\n1,2,3\n", err: fault.Malformed},
		{name: "a cell is not UTF-8", media: rows.CSV, body: "a,b\n\xff,1\n2,3\n", want: []string{`2!`, `3: {"a":"2","b":"3"}`}},
		{name: "places left empty close up", media: rows.CSV, body: "a/0,a/1\n,2\n", want: []string{`2: {"a":["2"]}`}},
		{name: "semicolons", media: rows.CSV, body: "a;b\n1;2\n", err: fault.Malformed},
		{name: "tabs", media: rows.CSV, body: "a\tb\n1\t2\n", err: fault.Malformed},
		{name: "a column twice", media: rows.CSV, body: "a,a\n1,2\n", err: fault.Malformed},
		{name: "nothing but a header", media: rows.CSV, body: "a,b\n", err: fault.Malformed},
		{name: "nothing but blank lines", media: rows.NDJSON, body: "\n \n", err: fault.Malformed},
		{name: "too many rows", media: rows.NDJSON, body: strings.Repeat("{}\n", 6), err: fault.TooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := rows.Read(tt.media, []byte(tt.body), 5, literal)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if err != nil {
				return
			}
			var lines []string
			for _, r := range got {
				at := string(rune('0' + r.Line))
				if r.Err != nil {
					lines = append(lines, at+"!")
				} else {
					lines = append(lines, at+": "+string(r.JSON))
				}
			}
			if d := cmp.Diff(tt.want, lines); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a/0/b,c\n1,2\n", true)
	f.Add("{\"a\":1}\n", false)
	f.Fuzz(func(t *testing.T, body string, asCSV bool) {
		media := rows.NDJSON
		if asCSV {
			media = rows.CSV
		}
		got, err := rows.Read(media, []byte(body), 20, literal)
		if err != nil {
			return
		}
		line := 0
		for _, r := range got {
			if r.Line <= line {
				t.Errorf("line %d after line %d", r.Line, line)
			}
			line = r.Line
			if asCSV && r.Err == nil && (!json.Valid(r.JSON) || strings.ContainsRune(string(r.JSON), '\ufffd') && !strings.ContainsRune(body, '\ufffd')) {
				t.Errorf("line %d is no JSON", r.Line)
			}
		}
	})
}
