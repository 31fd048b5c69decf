package compliance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadRows(t *testing.T) {
	for name, c := range map[string]struct{ media, body, want string }{
		"lines":                {ndjson, "{\"uscc\":\"a\",\"region\":\"1\"}\r\n\n {\"uscc\":\"b\"}", "1 a; 3 b"},
		"a mark at the start":  {ndjson, "\ufeff{\"uscc\":\"a\"}\n", "1 a"},
		"a line is no object":  {ndjson, "[]\n{\"uscc\":\"b\"}\n1", "1 wrong; 2 b; 3 wrong"},
		"an unknown field":     {ndjson, "{\"uscc\":\"a\",\"x\":1}", "1 wrong"},
		"columns":              {csv, "uscc,names/0/text\na,n\n", "1+1 a n"},
		"quotes over lines":    {csv, "uscc,names/0/text\na,\"n\nm\"\nb,o\n", "1+1 a n\nm; 1+3 b o"},
		"an empty cell":        {csv, "uscc,names/0/text\na,\n", "1+1 a"},
		"too few cells":        {csv, "uscc,names/0/text\na\n", "1+1 wrong"},
		"a gap in an array":    {csv, "uscc,names/1/text\na,n\n", "1+1 wrong"},
		"a value with parts":   {csv, "uscc,uscc/0\na,n\n", "1+1 wrong"},
		"a column twice":       {csv, "uscc,uscc\na,n\n", "1+1 wrong"},
		"a column unknown":     {csv, "uscc,password\na,n\n", "1+1 wrong"},
		"nothing but a header": {csv, "uscc\n", "error"},
		"an unnamed column":    {csv, "uscc,\na,b\n", "error"},
		"quotes left open":     {csv, "uscc\n\"a", "error"},
		"no rows":              {ndjson, "\n \n", "error"},
		"not UTF-8":            {ndjson, "{\"uscc\":\"\xff\"}", "error"},
		"too many":             {ndjson, strings.Repeat("{}\n", maxRows+1), "error"},
	} {
		rows, err := readRows(c.media, []byte(c.body))
		var got []string
		for _, r := range rows {
			text := fmt.Sprint(r.Line)
			if c.media == csv {
				text = fmt.Sprint("1+", r.Line-1)
			}
			if r.Wrong != nil {
				got = append(got, text+" wrong")
				continue
			}
			text += " " + r.USCC
			for _, n := range r.Names {
				text += " " + n.Text
			}
			got = append(got, text)
		}
		if err != nil {
			got = []string{"error"}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, "; "), c.want)
		}
	}
}

// Any bytes are rows, or an error; a row that is read can be written as a line and read again as the same.
func FuzzReadRows(f *testing.F) {
	f.Add(true, "uscc,names/0/text,parties/0/identifier/value\na,n,\"v\"\"w\"\n")
	f.Add(false, `{"uscc":"a","names":[{"text":"n"}],"contact":{"phone":"1"}}`)
	f.Fuzz(func(t *testing.T, isCSV bool, body string) {
		media := ndjson
		if isCSV {
			media = csv
		}
		rows, err := readRows(media, []byte(body))
		if err != nil {
			return
		}
		if len(rows) == 0 || len(rows) > maxRows {
			t.Fatalf("%d rows", len(rows))
		}
		for _, r := range rows {
			if r.Line < 1 || !utf8.ValidString(r.USCC) {
				t.Fatalf("row %+v", r)
			}
			if r.Wrong != nil {
				continue
			}
			line, err := json.Marshal(row{USCC: r.USCC, Enterprise: r.Enterprise})
			if err != nil {
				t.Fatal(err)
			}
			again, err := readRows(ndjson, line)
			if err != nil || again[0].Wrong != nil {
				t.Fatalf("%s: %v %+v", line, err, again)
			}
			if twice, _ := json.Marshal(row{USCC: again[0].USCC, Enterprise: again[0].Enterprise}); string(twice) != string(line) {
				t.Fatalf("%s, then %s", line, twice)
			}
		}
	})
}

func TestCellsAreNoFormulas(t *testing.T) {
	for cell, want := range map[string]string{"": "", "a": "a", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx"} {
		if got := safe(cell); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
}

func TestPrefersCSV(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/csv": true, "text/csv, */*": true, "text/csv;q=0.9, application/json;q=0.5": true,
		"text/csv;q=0.2, application/json": false, "text/csv;q=0": false, "text/*": true, "text/csv;q=x": false,
	} {
		if got := prefersCSV([]string{accept}); got != want {
			t.Errorf("Accept %q: %v, want %v", accept, got, want)
		}
	}
}
