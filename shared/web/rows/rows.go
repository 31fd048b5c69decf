// Package rows provides the rows of a bulk body, NDJSON or CSV, as JSON documents with their line numbers.
package rows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"shixin/shared/delimited"
	"shixin/shared/fault"
)

// The media types of bulk bodies.
const (
	NDJSON = "application/x-ndjson"
	CSV    = "text/csv"
)

// Media is the types that a bulk route accepts.
var Media = []string{NDJSON, CSV}

// Row is one row: a JSON document, or why the line is none. Line counts from 1; the header of a CSV is line 1.
type Row struct {
	Line int
	JSON []byte
	Err  error
}

// maxColumns bounds the header of a CSV.
const maxColumns = 4000

// Read splits a body into rows. Columns of a CSV are JSON pointers without the leading slash, for example
// subject/names/0/text; an empty cell is a part that is not there. Columns that literal accepts hold JSON literals (numbers, true,
// false); all others hold text; nil is that all do. No row at all, more than most, or a header that cannot be read is a fault
// about the whole body.
func Read(media string, body []byte, most int, literal func(column string) bool) ([]Row, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	var all []Row
	var err error
	if media == CSV {
		all, err = readCSV(body, most, literal)
	} else {
		all = readNDJSON(body, most)
	}
	switch {
	case err != nil:
		return nil, err
	case len(all) > most:
		return nil, fault.New(fault.TooLarge, fmt.Sprintf("at most %d rows in one request; send the rest in another", most), fmt.Sprintf("每次请求至多%d行", most))
	case len(all) == 0:
		return nil, fault.New(fault.Malformed, "the body has no rows", "请求体没有数据行")
	}
	return all, nil
}

func readNDJSON(body []byte, most int) []Row {
	var all []Row
	for line := 1; len(body) > 0 && len(all) <= most; line++ {
		var text []byte
		text, body, _ = bytes.Cut(body, []byte("\n"))
		if text = bytes.TrimSpace(text); len(text) > 0 {
			all = append(all, Row{Line: line, JSON: text})
		}
	}
	return all
}

// A row of a CSV may span lines, as facts do, where it can be nothing else.
const mostLines, mostBytes = 200, 64 << 10

func readCSV(body []byte, most int, literal func(string) bool) ([]Row, error) {
	f := delimited.Form{Delimiter: ',', Lines: mostLines, Bytes: mostBytes}
	var header []string
	var all []Row
	for line := 1; len(body) > 0 && len(all) <= most; {
		n, lines, open, _ := f.Record(body, true)
		record := body[:n]
		row := Row{Line: line}
		body, line = body[n:], line+lines
		if len(bytes.Trim(record, "\r\n")) == 0 {
			continue
		}
		cells, manner := f.Cells(record)
		switch {
		case header == nil:
			if manner != delimited.Strict {
				return nil, noHeader()
			}
			if err := checkHeader(cells); err != nil {
				return nil, err
			}
			header, f.Columns = cells, len(cells)
			continue
		case open:
			row.Err = fault.New(fault.Invalid, fmt.Sprintf("a quote opens on this line and is not closed, or not within %d lines where a row of %d cells ends; the next line is read as a row of its own", mostLines, len(header)),
				fmt.Sprintf("该行引号未闭合,或未在 %d 行之内于 %d 个单元格的行尾闭合;下一行按独立的一行读取", mostLines, len(header)))
		case manner != delimited.Strict:
			row.Err = fault.New(fault.Invalid, "a cell with a quote in it is put in quotes, and its own quotes are doubled", "含引号的单元格须整体加引号,其中的引号须双写")
		case len(cells) != len(header):
			row.Err = fault.New(fault.Invalid, fmt.Sprintf("the line has %d cells, the header %d", len(cells), len(header)), "单元格数与表头不一致")
		default:
			row.JSON, row.Err = document(header, cells, literal)
		}
		all = append(all, row)
	}
	if header == nil {
		return nil, noHeader()
	}
	return all, nil
}

func noHeader() error {
	return fault.New(fault.Malformed, "the first line must be a CSV header of JSON pointers without the leading slash", "首行应为表头:不带前导斜杠的 JSON 指针")
}

func checkHeader(header []string) error {
	if len(header) > maxColumns {
		return fault.New(fault.Malformed, fmt.Sprintf("at most %d columns", maxColumns), "列数过多")
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t|") {
		return fault.New(fault.Malformed, "the columns of the header are set apart by commas, and so are the cells", "表头各列及各单元格须以逗号分隔")
	}
	for i, c := range header {
		parts := strings.Split(c, "/")
		if slices.Contains(parts, "") || len(parts) > 16 || slices.Contains(header[:i], c) {
			return fault.New(fault.Malformed, fmt.Sprintf("column %d of the header must be a JSON pointer without the leading slash, each once", i+1),
				fmt.Sprintf("表头第%d列应为不带前导斜杠且不重复的 JSON 指针", i+1))
		}
	}
	return nil
}

// document builds the JSON document that the cells of a line describe.
func document(header, cells []string, literal func(string) bool) ([]byte, error) {
	root := map[string]any{}
	for i, column := range header {
		if cells[i] == "" {
			continue
		}
		if !utf8.ValidString(cells[i]) { // json would put another character in its place
			return nil, fault.At("/"+column, "is not valid UTF-8", "不是有效的 UTF-8")
		}
		var value any = cells[i]
		if literal != nil && literal(column) {
			var v any
			if json.Unmarshal([]byte(cells[i]), &v) == nil {
				value = json.RawMessage(cells[i])
			}
		}
		if !set(root, strings.Split(column, "/"), value) {
			return nil, fault.At("/"+column, "this column and another name both a value and its parts", "该列与其他列冲突")
		}
	}
	return json.Marshal(lists(root))
}

// set puts a value under a path of maps.
func set(m map[string]any, path []string, value any) bool {
	if len(path) == 1 {
		if _, taken := m[path[0]]; taken {
			return false
		}
		m[path[0]] = value
		return true
	}
	next, there := m[path[0]]
	if !there {
		next = map[string]any{}
		m[path[0]] = next
	}
	inner, ok := next.(map[string]any)
	return ok && set(inner, path[1:], value)
}

// lists turns maps whose keys are all numbers into lists in their order; places left empty close up.
func lists(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	var numbers []int
	for k := range m {
		m[k] = lists(m[k])
		if n, err := strconv.Atoi(k); err == nil && n >= 0 && strconv.Itoa(n) == k {
			numbers = append(numbers, n)
		}
	}
	if len(m) == 0 || len(numbers) != len(m) {
		return m
	}
	slices.Sort(numbers)
	out := make([]any, 0, len(numbers))
	for _, n := range numbers {
		out = append(out, m[strconv.Itoa(n)])
	}
	return out
}
