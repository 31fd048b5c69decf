package sheet

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"shixin/shared/fault"
)

// read reads all rows of a file, giving the reader no more than some bytes at a time.
func read(t testing.TB, format string, file []byte, window int) (Layout, []Row) {
	t.Helper()
	l, err := Inspect(format, file[:min(len(file), 2*MaxRecord)], len(file) <= 2*MaxRecord)
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	at, line := int(l.Start), l.Line
	for size := window; ; {
		until := min(len(file), at+size)
		row, n, lines, ok := l.Next(file[at:until], line, until == len(file))
		if !ok {
			if until == len(file) {
				if at != len(file) {
					t.Fatalf("%d bytes were not read", len(file)-at)
				}
				return l, rows
			}
			size *= 2
			continue
		}
		if n == 0 {
			t.Fatal("a row of no bytes")
		}
		if row.Line > 0 {
			rows = append(rows, row)
		}
		at, line, size = at+n, line+lines, window
	}
}

func gb(text string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

func TestRows(t *testing.T) {
	acme := &Identifier{"uscc", "91320500MADEM00118"}
	for name, c := range map[string]struct {
		format string
		file   []byte
		want   []Row
	}{
		"NDJSON": {NDJSON, []byte(`{"reference":"1","name":"张三丰","kind":"person","birth_year":1980}` + "\n\n" + `{"name":"Acme","identifier":{"scheme":"uscc","value":"91320500MADEM00118"},"region":"320500"}`),
			[]Row{{Line: 1, Reference: "1", Name: "张三丰", Kind: "person", BirthYear: 1980}, {Line: 3, Name: "Acme", Identifier: acme, Region: "320500"}}},
		"references of other systems": {NDJSON, []byte(`{"id":17,"name":"a"}` + "\n" + `{"id":"x","reference":"y","name":"b"}`), []Row{{Line: 1, Reference: "17", Name: "a"}, {Line: 2, Reference: "y", Name: "b"}}},
		"NDJSON with a BOM and CR LF": {NDJSON, []byte("\ufeff{\"name\":\"a\"}\r\n{\"name\":\"b\"}\r\n"), []Row{{Line: 1, Name: "a"}, {Line: 2, Name: "b"}}},
		"NDJSON in GB18030":           {NDJSON, gb(`{"name":"苏州示范"}` + "\n"), []Row{{Line: 1, Name: "苏州示范"}}},
		"CSV": {CSV, []byte("name,identifier/scheme,identifier/value,reference\n\"Acme, \"\"Inc\"\"\nof Suzhou\",uscc,91320500MADEM00118,7\nb,,,\n"),
			[]Row{{Line: 2, Name: "Acme, \"Inc\"\nof Suzhou", Identifier: acme, Reference: "7"}, {Line: 4, Name: "b"}}},
		"CSV with a BOM, CR LF and other letters": {CSV, []byte("\ufeffNAME , Birth_Year\r\n张三,1980\r\n李四,\r\n"), []Row{{Line: 2, Name: "张三", BirthYear: 1980}, {Line: 3, Name: "李四"}}},
		"CSV in GB18030":                       {CSV, gb("name,kind\n镕基有限公司,organization\n𠮷野家,\n"), []Row{{Line: 2, Name: "镕基有限公司", Kind: "organization"}, {Line: 3, Name: "𠮷野家"}}},
		"semicolons":                           {CSV, []byte("name;reference\na, b;1\n"), []Row{{Line: 2, Name: "a, b", Reference: "1"}}},
		"tabs":                                 {CSV, []byte("reference\tname\n1\ta\n"), []Row{{Line: 2, Name: "a", Reference: "1"}}},
		"quotes within a cell are text":        {CSV, []byte("name,reference\na\"\"b \"c\",1\nd,2\n"), []Row{{Line: 2, Name: `a""b "c"`, Reference: "1"}, {Line: 3, Name: "d", Reference: "2"}}},
		"a quoted line end, then the next row": {CSV, []byte("name,reference\n\"a\n\nb\",1\nc,2"), []Row{{Line: 2, Name: "a\n\nb", Reference: "1"}, {Line: 5, Name: "c", Reference: "2"}}},
		"GB18030 in which half a character is a delimiter": {CSV, gb("reference|name\n1|亅\n2|b\n"), []Row{{Line: 2, Reference: "1", Name: "亅"}, {Line: 3, Reference: "2", Name: "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, window := range []int{1, 7, 1 << 20} {
				if _, rows := read(t, c.format, c.file, window); !reflect.DeepEqual(rows, c.want) {
					t.Errorf("by %d bytes: %+v, want %+v", window, rows, c.want)
				}
			}
		})
	}
}

// A wrong row is told and costs no other.
func TestWrongRows(t *testing.T) {
	long := strings.Repeat("x", MaxRecord)
	for name, c := range map[string]struct {
		format, file string
		wrong        map[int]string // by line, part of the reason
		right        []int
	}{
		"NDJSON": {NDJSON, "{\"name\":\"a\"}\n{\"name\":\n[1]\nnull\n{\"nme\":\"b\"}\n{\"name\":7}\n{\"name\":\"a\",\"name\":\"b\"}\n\"a\"\n{\"name\":\"b\"}\n{\"name\":\"\\ud800\"}\n{\"name\":\"cut o",
			map[int]string{2: "JSON", 3: "type", 4: "JSON", 5: "field", 6: "type", 7: "JSON", 8: "type", 10: "JSON", 11: "JSON"}, []int{1, 9}},
		"not UTF-8 among UTF-8":     {NDJSON, "{\"name\":\"张\"}\n" + strings.Repeat("{\"name\":\"a\"}\n", 20_000) + "{\"name\":\"\xff\xff\"}\n", map[int]string{20_002: "UTF-8"}, []int{1, 2, 20_001}},
		"CSV":                       {CSV, "name,birth_year\na,1980\nb\nc,x\nd,1,2\n\"e,1980\nf,1980\n", map[int]string{3: "cells", 4: "birth_year", 5: "cells", 6: "quote"}, []int{2, 7}},
		"a quote never closed":      {CSV, "name\n\"" + strings.Repeat("abcdefgh\n", MaxRecord/9+2) + "last\n", map[int]string{2: "quote"}, []int{3, 4, MaxRecord / 9, MaxRecord/9 + 4}},
		"a quote that another ends": {CSV, "name,reference\n\"a,1\nb,2\nc,\"3\n\"d,4\ne\",5\nf,6\n", map[int]string{2: "quote", 4: "quote"}, []int{3, 5, 7}},
		"too long":                  {NDJSON, "{\"name\":\"" + long + "\"}\n{\"name\":\"a\"}\n", map[int]string{1: "too long"}, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			_, rows := read(t, c.format, []byte(c.file), 1<<20)
			by := map[int]Row{}
			for _, r := range rows {
				by[r.Line] = r
			}
			for line, why := range c.wrong {
				if r := by[line]; !strings.Contains(r.Wrong, why) {
					t.Errorf("line %d: %q, want %q in it", line, r.Wrong, why)
				}
			}
			for _, line := range c.right {
				if r, there := by[line]; !there || r.Wrong != "" {
					t.Errorf("line %d: %+v", line, r)
				}
			}
		})
	}
}

func TestWrongFiles(t *testing.T) {
	for name, c := range map[string]struct{ format, file, want string }{
		"CSV sent as NDJSON":  {NDJSON, "name\na\nb\n", "line 1"},
		"other fields":        {NDJSON, "\n{\"full_name\":\"a\"}\n{\"full_name\":\"b\"}\n", "line 2"},
		"empty":               {CSV, "", "no rows"},
		"only blanks":         {NDJSON, " \n\n", "no rows"},
		"UTF-16":              {CSV, "\xff\xfen\x00a\x00", "UTF-16"},
		"neither encoding":    {NDJSON, "{\"name\":\"\xff\xff\"}\n", "neither"},
		"no header":           {CSV, "张三丰,1980\n", "column name"},
		"another header":      {CSV, "Name1,Year\na,1980\n", "column name"},
		"a column too many":   {CSV, "name,address\na,b\n", "column 2"},
		"a column twice":      {CSV, "name,name\na,b\n", "twice"},
		"half an identifier":  {CSV, "name,identifier/value\na,b\n", "both"},
		"an unknown delimter": {CSV, "name^kind\na^person\n", "column name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Inspect(c.format, []byte(c.file), true)
			if fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q in it", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "张三丰") {
				t.Errorf("it repeats the file: %v", err)
			}
		})
	}
}

func TestARowWithoutEndIsCut(t *testing.T) {
	file := bytes.Repeat([]byte("x"), 3*most)
	_, rows := read(t, NDJSON, file, 1<<20)
	if len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
	for _, r := range rows {
		if r.Wrong == "" {
			t.Errorf("%+v", r)
		}
	}
}

// Whatever the file holds, reading it ends, at any window gives the same rows, and counts as many as it reads.
func FuzzRows(f *testing.F) {
	f.Add(true, []byte("name,kind\n\"a\"\"\n\",person\n"))
	f.Add(false, []byte("{\"name\":\"a\"}\n"))
	f.Add(true, gb("name\n张三\n"))
	f.Fuzz(func(t *testing.T, csv bool, file []byte) {
		format := NDJSON
		if csv {
			format = CSV
		}
		if _, err := Inspect(format, file, true); err != nil {
			if fault.Of(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		l, all := read(t, format, file, 1<<20)
		if _, again := read(t, format, file, 3); !reflect.DeepEqual(all, again) {
			t.Fatalf("by 3 bytes: %+v; in one: %+v", again, all)
		}
		counted := 0
		for rest := file[l.Start:]; len(rest) > 0; {
			row, _, _, n, ok := l.Count(rest, true)
			if !ok || n == 0 {
				t.Fatalf("%d bytes are left", len(rest))
			}
			if row {
				counted++
			}
			rest = rest[n:]
		}
		if counted != len(all) {
			t.Fatalf("%d counted, %d read", counted, len(all))
		}
	})
}

func BenchmarkRows(b *testing.B) {
	for _, format := range []string{NDJSON, CSV} {
		var file bytes.Buffer
		if format == CSV {
			file.WriteString("reference,name,kind,birth_year\n")
		}
		for i := range 10_000 {
			if format == CSV {
				fmt.Fprintf(&file, "%d,苏州示范%d有限公司,organization,\n", i, i)
			} else {
				fmt.Fprintf(&file, `{"reference":"%d","name":"苏州示范%d有限公司","kind":"organization"}`+"\n", i, i)
			}
		}
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(file.Len()))
			for b.Loop() {
				if _, rows := read(b, format, file.Bytes(), 1<<20); len(rows) != 10_000 {
					b.Fatal(len(rows))
				}
			}
		})
	}
}
