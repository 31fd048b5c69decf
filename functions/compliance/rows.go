package compliance

import (
	"bytes"
	stdcsv "encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"shixin/shared/fault"
	"shixin/shared/supervision"
	"shixin/shared/web"
)

// maxRows is how many rows a bulk call may have.
const maxRows = 5000

// row is one row as it is written: an enterprise with its code.
type row struct {
	USCC string `json:"uscc"`
	supervision.Enterprise
}

// readRows reads the rows of a bulk call. A row that cannot be read is one of them, with what is wrong; only a body of which no
// row can be told, or that has too many, is an error.
func readRows(media string, body []byte) ([]supervision.Row, error) {
	if !utf8.Valid(body) {
		return nil, fault.New(fault.Malformed, "the body is not valid UTF-8", "请求体不是有效的 UTF-8")
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // spreadsheets put it there
	read := readLines
	if media == csv {
		read = readCSV
	}
	rows, err := read(body)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.Malformed, "the body has no rows", "请求体没有数据行")
	}
	return rows, err
}

func tooMany() error {
	return fault.New(fault.TooLarge, "a call has at most 5,000 rows; send them in parts", "每次最多 5,000 行,请分批发送")
}

// readLines reads one JSON object a line; empty lines are passed over.
func readLines(body []byte) ([]supervision.Row, error) {
	var rows []supervision.Row
	line := 0
	for text := range bytes.SplitSeq(body, []byte("\n")) {
		line++
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if len(rows) == maxRows {
			return nil, tooMany()
		}
		rows = append(rows, readRow(line, text))
	}
	return rows, nil
}

func readRow(line int, text []byte) supervision.Row {
	var r row
	err := web.Unmarshal(text, &r)
	return supervision.Row{Line: line, USCC: r.USCC, Enterprise: r.Enterprise, Wrong: err}
}

// readCSV reads rows under a header of JSON pointers without their leading slash, for example parties/0/identifier/value. An empty
// cell is a field that is not there.
func readCSV(body []byte) ([]supervision.Row, error) {
	r := stdcsv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(err)
	}
	columns := make([][]string, len(header))
	for i, name := range header {
		columns[i] = strings.Split(strings.TrimSpace(name), "/")
		for _, part := range columns[i] {
			if part == "" || len(columns[i]) > 8 {
				return nil, fault.New(fault.Malformed,
					fmt.Sprintf("column %d of the header must be a JSON pointer without its leading slash, for example names/0/text", i+1),
					fmt.Sprintf("表头第 %d 列须为去掉首斜杠的 JSON 指针,例如 names/0/text", i+1))
			}
		}
	}
	var rows []supervision.Row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil { // where the next row begins cannot be told
			return nil, unreadable(err)
		}
		if len(rows) == maxRows {
			return nil, tooMany()
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, csvRow(line, columns, cells))
	}
}

// unreadable names the line and not the text of a CSV error.
func unreadable(err error) error {
	line := 1
	if e, ok := errors.AsType[*stdcsv.ParseError](err); ok {
		line = e.Line
	}
	return fault.New(fault.Malformed, fmt.Sprintf("line %d: quotes are not closed, or stand within an unquoted cell", line), fmt.Sprintf("第 %d 行:引号未闭合或者位置错误", line))
}

func csvRow(line int, columns [][]string, cells []string) supervision.Row {
	if len(cells) != len(columns) {
		return supervision.Row{Line: line, Wrong: fault.New(fault.Invalid,
			fmt.Sprintf("the row has %d cells and the header %d", len(cells), len(columns)), fmt.Sprintf("该行有 %d 列,表头有 %d 列", len(cells), len(columns)))}
	}
	var root any = map[string]any{}
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		var ok bool
		if root, ok = place(root, columns[i], cell); !ok {
			return supervision.Row{Line: line, Wrong: fault.New(fault.Invalid,
				fmt.Sprintf("column %d contradicts another: items are numbered from 0 without gaps, and a value has no parts", i+1),
				fmt.Sprintf("第 %d 列与其他列冲突:数组下标须从 0 起连续", i+1))}
		}
	}
	text, err := json.Marshal(root)
	if err != nil {
		return supervision.Row{Line: line, Wrong: fault.New(fault.Invalid, "the row cannot be read", "该行无法读取")}
	}
	return readRow(line, text)
}

// place puts a cell where its pointer says, making objects and arrays on the way.
func place(at any, pointer []string, cell string) (any, bool) {
	if len(pointer) == 0 {
		return cell, at == nil
	}
	n, err := strconv.Atoi(pointer[0])
	if err == nil {
		list, isList := at.([]any)
		if at != nil && !isList || n < 0 || n > len(list) {
			return at, false
		}
		if n == len(list) {
			list = append(list, nil)
		}
		var ok bool
		list[n], ok = place(list[n], pointer[1:], cell)
		return list, ok
	}
	object, isObject := at.(map[string]any)
	if at == nil {
		object, isObject = map[string]any{}, true
	}
	if !isObject {
		return at, false
	}
	child, ok := place(object[pointer[0]], pointer[1:], cell)
	object[pointer[0]] = child
	return object, ok
}
