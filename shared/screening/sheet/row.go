package sheet

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/encoding/simplifiedchinese"

	"shixin/shared/fault"
)

// Row is one row of a file: whom to look for, and under which reference the sender knows it.
type Row struct {
	Line       int // where it begins, from 1
	Reference  string
	Name       string
	Kind       string
	Identifier *Identifier
	BirthYear  int // 0: none is given
	Region     string
	// Wrong says why the row cannot be read; then nothing else but Line is certain.
	Wrong string
}

// object is a row as NDJSON writes it. The sender's own reference is called reference, or id as most systems call theirs.
type object struct {
	Reference  label       `json:"reference"`
	ID         label       `json:"id"`
	Name       string      `json:"name"`
	Kind       string      `json:"kind"`
	Identifier *Identifier `json:"identifier"`
	BirthYear  int         `json:"birth_year"`
	Region     string      `json:"region"`
}

// label is a text or a number, which stands for its digits.
type label string

// UnmarshalJSON reads either.
func (l *label) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && (b[0] == '-' || '0' <= b[0] && b[0] <= '9') {
		*l = label(b)
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}

// Identifier is an identifier as the sender writes it.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// Next reads the first row of a text that begins where a row does, on the line of that number. With end the text is all that is left
// of the file. It returns how many bytes the row took and how many lines; ok is false where more text is needed, or nothing is left. A
// blank line is passed over: its row has no Line.
func (l Layout) Next(text []byte, line int, end bool) (row Row, n, lines int, ok bool) {
	n, lines, open, ok := l.record(text, end)
	if !ok {
		return row, 0, 0, false
	}
	record := text[:n]
	if len(bytes.TrimSpace(record)) == 0 {
		return row, n, lines, true
	}
	row.Line = line
	switch {
	case n > MaxRecord:
		row.Wrong = fault.Both("the row is too long", "该行过长")
		return row, n, lines, true
	case open:
		row.Wrong = fault.Both(fmt.Sprintf("a quote opens on this line and is not closed, or not within %d lines where a row of %d cells ends; the next line is read as a row of its own", mostLines, len(l.Columns)),
			fmt.Sprintf("该行引号未闭合,或未在 %d 行之内于 %d 列的行尾闭合;下一行按独立的一行读取", mostLines, len(l.Columns)))
		return row, n, lines, true
	case l.GB18030 && !ascii(record):
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(record)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			row.Wrong = fault.Both("the row is not GB18030", "该行不是有效的 GB18030 编码")
			return row, n, lines, true
		}
		record = decoded
	case !utf8.Valid(record):
		row.Wrong = fault.Both("the row is not UTF-8", "该行不是有效的 UTF-8 编码")
		return row, n, lines, true
	}
	if l.Format == CSV {
		l.fromCSV(record, &row)
	} else {
		fromJSON(record, &row)
	}
	return row, n, lines, true
}

// Count is Next without reading what the row says: whether there is one, and whether its bytes are UTF-8 and, where they are not, GB18030.
func (l Layout) Count(text []byte, end bool) (row, isUTF8, isGB bool, n int, ok bool) {
	n, _, _, ok = l.record(text, end)
	if !ok || len(bytes.TrimSpace(text[:n])) == 0 {
		return false, true, true, n, ok
	}
	isUTF8 = utf8.Valid(text[:n])
	return true, isUTF8, ascii(text[:n]) || IsGB18030(text[:n]), n, true
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func fromJSON(record []byte, row *Row) {
	var o object
	err := json.Unmarshal(record, &o, json.RejectUnknownMembers(true))
	if bytes.Equal(bytes.TrimSpace(record), []byte("null")) {
		err = errors.New("null")
	}
	if err == nil {
		*row = Row{Line: row.Line, Reference: string(cmp.Or(o.Reference, o.ID)), Name: o.Name, Kind: o.Kind, Identifier: o.Identifier, BirthYear: o.BirthYear, Region: o.Region}
		return
	}
	switch _, semantic := errors.AsType[*json.SemanticError](err); {
	case errors.Is(err, json.ErrUnknownName):
		row.Wrong = fault.Both("the row has a field that there is not; the fields are name, kind, identifier, birth_year, region, reference",
			"该行含未知字段;可用字段为 name、kind、identifier、birth_year、region、reference")
	case semantic:
		row.Wrong = fault.Both("a field of the row is of the wrong type", "该行有字段类型错误")
	default:
		row.Wrong = fault.Both("the row is not a JSON object", "该行不是 JSON 对象")
	}
}

func (l Layout) fromCSV(record []byte, row *Row) {
	cells, _ := l.form().Cells(record)
	if len(cells) != len(l.Columns) {
		row.Wrong = fault.Both("the row has "+strconv.Itoa(len(cells))+" cells and the header "+strconv.Itoa(len(l.Columns)),
			"该行有 "+strconv.Itoa(len(cells))+" 列,表头有 "+strconv.Itoa(len(l.Columns))+" 列")
		return
	}
	var id Identifier
	for i, cell := range cells {
		switch l.Columns[i] {
		case colName:
			row.Name = cell
		case colKind:
			row.Kind = strings.TrimSpace(cell)
		case colScheme:
			id.Scheme = strings.TrimSpace(cell)
		case colValue:
			id.Value = strings.TrimSpace(cell)
		case colRegion:
			row.Region = strings.TrimSpace(cell)
		case colReference, colID:
			row.Reference = cmp.Or(row.Reference, cell)
		case colBirthYear:
			text := strings.TrimSpace(cell)
			if text == "" {
				continue
			}
			year, err := strconv.Atoi(text)
			if err != nil {
				*row = Row{Line: row.Line, Wrong: fault.Both("birth_year must be a year of four digits", "birth_year 须为四位年份")}
				return
			}
			row.BirthYear = year
		}
	}
	if id != (Identifier{}) {
		row.Identifier = &id
	}
}
