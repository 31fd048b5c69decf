package delimited_test

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"shixin/shared/delimited"
)

// record is one that was read: the line on which it begins, and its cells; none where its quote is open.
type record struct {
	line  int
	cells []string
}

// read reads a text to its end, given no more than window bytes at a time.
func read(t interface{ Fatalf(string, ...any) }, f delimited.Form, text string, window int) (all []record) {
	for at, line, size := 0, 1, window; at < len(text); {
		until := min(len(text), at+size)
		n, lines, open, ok := f.Record([]byte(text[at:until]), until == len(text))
		if !ok {
			if until == len(text) {
				t.Fatalf("%d bytes are left", len(text)-at)
			}
			size *= 2
			continue
		}
		r := record{line: line}
		if !open {
			r.cells, _ = f.Cells([]byte(text[at : at+n]))
		}
		all = append(all, r)
		at, line, size = at+n, line+lines, window
	}
	return all
}

func TestRecords(t *testing.T) {
	two := delimited.Form{Delimiter: ',', Columns: 2, Lines: 4, Bytes: 60}
	one := two
	one.Columns = 1
	for name, c := range map[string]struct {
		form delimited.Form
		text string
		want []record
	}{
		"lines":                              {two, "a,b\nc,d", []record{{1, []string{"a", "b"}}, {2, []string{"c", "d"}}}},
		"quoted":                             {two, "\"a, \"\"b\"\"\",c\r\nd,e\r\n", []record{{1, []string{`a, "b"`, "c"}}, {2, []string{"d", "e"}}}},
		"a cell of two lines":                {two, "\"a\r\nb\",c\nd,e\n", []record{{1, []string{"a\nb", "c"}}, {3, []string{"d", "e"}}}},
		"a last cell of two lines":           {two, "a,\"b\nc\"\nd,e\n", []record{{1, []string{"a", "b\nc"}}, {3, []string{"d", "e"}}}},
		"at the end":                         {two, "a,\"b\nc\"", []record{{1, []string{"a", "b\nc"}}}},
		"never closed":                       {two, "1,a\n2,\"b\n3,c\n4,d\n5,e\n6,f\n7,g\n", []record{{1, []string{"1", "a"}}, {2, nil}, {3, []string{"3", "c"}}, {4, []string{"4", "d"}}, {5, []string{"5", "e"}}, {6, []string{"6", "f"}}, {7, []string{"7", "g"}}}},
		"never closed on the last":           {two, "1,a\n2,\"b", []record{{1, []string{"1", "a"}}, {2, nil}}},
		"closed by another row's":            {two, "1,\"a\n2,b\n3,\"c\n4,d\n", []record{{1, nil}, {2, []string{"2", "b"}}, {3, nil}, {4, []string{"4", "d"}}}},
		"closed at another row's end":        {two, "1,\"a\n2,b\n3,c\"\n4,d\n", []record{{1, nil}, {2, []string{"2", "b"}}, {3, []string{"3", `c"`}}, {4, []string{"4", "d"}}}},
		"closed, with too many cells":        {two, "1,\"a\nb\",c,d\n4,d\n", []record{{1, nil}, {2, []string{`b"`, "c", "d"}}, {3, []string{"4", "d"}}}},
		"two open quotes behind one another": {two, "1,\"a\n2,\"b\n3,c\n", []record{{1, nil}, {2, nil}, {3, []string{"3", "c"}}}},
		"more lines than there may be":       {two, "\"a\nb\nc\nd\ne\",f\n", []record{{1, nil}, {2, []string{"b"}}, {3, []string{"c"}}, {4, []string{"d"}}, {5, []string{`e"`, "f"}}}},
		"more bytes than there may be":       {two, "\"" + strings.Repeat("a", 61) + "\nb\",c\n", []record{{1, nil}, {2, []string{`b"`, "c"}}}},
		// Of one column every line is a row.
		"one column":         {one, "a\n\"b\nc\"\n", []record{{1, []string{"a"}}, {2, nil}, {3, []string{`c"`}}}},
		"one column quoted":  {one, "\"a,b\"\nc\n", []record{{1, []string{"a,b"}}, {2, []string{"c"}}}},
		"a header is a line": {delimited.Form{Delimiter: ',', Lines: 4, Bytes: 60}, "\"a\nb\",c\n", []record{{1, nil}, {2, []string{`b"`, "c"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, window := range []int{1, 5, 1000} {
				if got := read(t, c.form, c.text, window); !reflect.DeepEqual(got, c.want) {
					t.Errorf("by %d bytes: %v, want %v", window, got, c.want)
				}
			}
		})
	}
}

func TestManners(t *testing.T) {
	f := delimited.Form{Delimiter: ',', Columns: 2}
	for text, want := range map[string]delimited.Manner{
		`a,b`: delimited.Strict, `"a","b"`: delimited.Strict, `"a""b",`: delimited.Strict, `a"b,c`: delimited.Loose, `"a"b,c`: delimited.Loose, `a,"b`: delimited.Open,
	} {
		if _, m := f.Cells([]byte(text)); m != want {
			t.Errorf("%s: %v, want %v", text, m, want)
		}
	}
}

// In GB18030 a character's second byte may be the same as a delimiter's.
func TestWideCharacters(t *testing.T) {
	var second string // of which the second byte is a |
	for r := rune(0x4e00); second == "" && r < 0x9fa5; r++ {
		if b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(string(r))); err == nil && len(b) == 2 && b[1] == '|' {
			second = string(b)
		}
	}
	if second == "" {
		t.Fatal("there is no such character")
	}
	f := delimited.Form{Delimiter: '|', Columns: 2, Lines: 4, Bytes: 1000, Wide: true}
	text := second + "\"x|1\n\"" + second + "\n" + second + "\"|2\n3|" + second
	var got []int
	for _, r := range read(t, f, text, 1) {
		got = append(got, r.line)
	}
	if want := []int{1, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("records begin on lines %v, want %v", got, want)
	}
}

// What another writer of CSV wrote is read as it was, unless its lines could be rows of their own.
func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 4).Draw(t, "columns")
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab,\" 张\n")), 0, 8, -1)
		rows := rapid.SliceOfN(rapid.SliceOfN(text, columns, columns), 1, 5).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.WriteAll(rows); err != nil {
			t.Fatalf("%v", err)
		}
		f := delimited.Form{Delimiter: ',', Columns: columns, Lines: 100, Bytes: 1000}
		got := read(t, f, b.String(), 7)
		open := slices.ContainsFunc(got, func(r record) bool { return r.cells == nil })
		for i, r := range got {
			if open {
				break
			}
			if i >= len(rows) || !slices.Equal(r.cells, rows[i]) {
				t.Fatalf("row %d is %q, was %q", i, r.cells, rows)
			}
		}
		several := slices.ContainsFunc(rows, func(row []string) bool { return strings.Contains(strings.Join(row, ""), "\n") })
		if open && !several {
			t.Fatalf("a quote is open in %q", b.String())
		}
	})
}

// Whatever the text is, it is read to its end, at any window alike, and no line is lost: each record begins where the one before ended.
func FuzzRecord(f *testing.F) {
	f.Add("1,\"a\n2,b\n3,c\"\n", uint8(2), true)
	f.Add("\"\x81\"\n\x81|\n", uint8(1), false)
	f.Fuzz(func(t *testing.T, text string, columns uint8, wide bool) {
		form := delimited.Form{Delimiter: ',', Columns: int(columns % 5), Lines: 6, Bytes: 200, Wide: wide}
		whole, parts := read(t, form, text, len(text)+1), read(t, form, text, 3)
		if !reflect.DeepEqual(whole, parts) {
			t.Fatalf("%v at once, %v in parts", whole, parts)
		}
		lines := strings.Count(text, "\n")
		if len(whole) > lines+1 {
			t.Fatalf("%d records of %d lines", len(whole), lines)
		}
		for i, r := range whole {
			next := lines + 2
			if i+1 < len(whole) {
				next = whole[i+1].line
			}
			if r.cells == nil && i+1 < len(whole) && next != r.line+1 || next > r.line+form.Lines {
				t.Fatalf("the record of line %d (open: %v) is followed by that of line %d", r.line, r.cells == nil, next)
			}
		}
	})
}
