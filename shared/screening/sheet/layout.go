// Package sheet provides the reading of files of names: NDJSON or CSV, in UTF-8 or GB18030, row after row from any place.
//
// It is pure: it reads bytes that it is given. A file may be larger than a process, so a [Layout], which the beginning of a file
// tells, and an offset are all that is needed to go on anywhere.
package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"shixin/shared/fault"
)

// The formats of a file.
const (
	NDJSON = "ndjson"
	CSV    = "csv"
)

// MaxRecord is how many bytes one row may have. What is longer is one wrong row.
const MaxRecord = 64 << 10

// Layout is how a file is to be read. It is kept between two slices of work.
type Layout struct {
	Format    string   `json:"format"`
	GB18030   bool     `json:"gb18030,omitempty"`
	Delimiter byte     `json:"delimiter,omitempty"` // of a CSV
	Columns   []string `json:"columns,omitempty"`   // of a CSV, in their order
	Start     int64    `json:"start"`               // offset of the first row
	Line      int      `json:"line"`                // number of the line it begins with, from 1
}

// The columns of a CSV, which are the JSON pointers into a row of NDJSON without their leading slash.
const (
	colName      = "name"
	colKind      = "kind"
	colScheme    = "identifier/scheme"
	colValue     = "identifier/value"
	colBirthYear = "birth_year"
	colRegion    = "region"
	colReference = "reference"
	colID        = "id" // another name of the same
)

var columns = []string{colName, colKind, colScheme, colValue, colBirthYear, colRegion, colReference, colID}

// delimiters that are told apart by the header; the comma is the one of RFC 4180.
const delimiters = ",;\t|"

var bom = []byte("\ufeff")

// Inspect reads the beginning of a file, at least [MaxRecord] bytes where it has so many; whole says that it is all of the file. The
// error is a fault that says how to mend the file and repeats nothing of it.
func Inspect(format string, head []byte, whole bool) (Layout, error) {
	l := Layout{Format: format, Line: 1}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return l, fault.New(fault.Invalid, "the file is UTF-16; save it as UTF-8", "文件为 UTF-16 编码,请另存为 UTF-8")
	}
	text := bytes.TrimPrefix(head, bom)
	l.Start = int64(len(head) - len(text))
	if !whole { // a character may be cut at the end
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	if len(bytes.TrimSpace(text)) == 0 && whole {
		return l, fault.New(fault.Invalid, "the file has no rows", "文件没有数据行")
	}
	if !utf8.Valid(text) {
		if !IsGB18030(text) {
			return l, fault.New(fault.Invalid, "the file is neither UTF-8 nor GB18030; save it as UTF-8", "文件编码既不是 UTF-8 也不是 GB18030,请另存为 UTF-8")
		}
		l.GB18030 = true
	}
	if format == NDJSON {
		return l, l.readable(text)
	}
	return l.header(text)
}

// firstRows is how many rows of NDJSON are looked at before a file is taken: when none of them can be read, none of the rest will be.
const firstRows = 20

// readable refuses NDJSON whose first rows are all wrong, as those of another format or with other fields are.
func (l Layout) readable(text []byte) error {
	var wrong Row
	for line, read := 1, 0; read < firstRows; {
		row, n, lines, ok := l.Next(text, line, true)
		if !ok {
			break
		}
		text, line = text[n:], line+lines
		if row.Line == 0 {
			continue
		}
		if row.Wrong == "" {
			return nil
		}
		if read++; read == 1 {
			wrong = row
		}
	}
	if wrong.Line == 0 {
		return nil // the first row is longer than what was read
	}
	return fault.New(fault.Invalid, fmt.Sprintf("the first rows cannot be read; line %d: %s", wrong.Line, wrong.Wrong), "")
}

// IsGB18030 reports whether all of a text is GB18030 (GB 18030-2005).
func IsGB18030(text []byte) bool {
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
	return err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}

// header reads the first record of a CSV, under the delimiter with which it names most of the columns.
func (l Layout) header(text []byte) (Layout, error) {
	best, most := l, -1
	for _, delimiter := range []byte(delimiters) {
		try := l
		try.Delimiter = delimiter
		n, lines, _, ok := try.record(text, true)
		if !ok {
			continue
		}
		cells, _ := try.form().Cells(text[:n])
		known := 0
		for i, c := range cells {
			cells[i] = strings.ToLower(strings.TrimSpace(c))
			if slices.Contains(columns, cells[i]) {
				known++
			}
		}
		if known > most {
			most = known
			try.Columns, try.Start, try.Line = cells, l.Start+int64(n), l.Line+lines
			best = try
		}
	}
	return best, best.checkHeader()
}

func (l Layout) checkHeader() error {
	list := strings.Join(columns, ", ")
	if !slices.Contains(l.Columns, colName) {
		return fault.New(fault.Invalid, "the first line must be a header that names the column name; the columns are "+list+", and are set apart by commas",
			"首行须为表头并含 name 列;可用列为 "+list+",以逗号分隔")
	}
	for i, c := range l.Columns {
		if !slices.Contains(columns, c) {
			return fault.New(fault.Invalid, fmt.Sprintf("column %d of the header is none of %s; leave it out", i+1, list), fmt.Sprintf("表头第 %d 列不是可用列(%s),请删去", i+1, list))
		}
		if slices.Contains(l.Columns[:i], c) {
			return fault.New(fault.Invalid, fmt.Sprintf("column %d of the header stands there twice", i+1), fmt.Sprintf("表头第 %d 列重复", i+1))
		}
	}
	if slices.Contains(l.Columns, colScheme) != slices.Contains(l.Columns, colValue) {
		return fault.New(fault.Invalid, "the header needs both identifier/scheme and identifier/value, or neither", "表头须同时含 identifier/scheme 与 identifier/value,或者都不含")
	}
	return nil
}
