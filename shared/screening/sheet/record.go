package sheet

import (
	"bytes"

	"shixin/shared/delimited"
)

const (
	// most is where a row ends that has no line end at all.
	most = 1 << 20
	// mostLines is how many lines a row of a CSV may span: an address has some.
	mostLines = 12
)

// form is how the records of a CSV are written, of as many columns as the header names.
func (l Layout) form() delimited.Form {
	return delimited.Form{Delimiter: l.Delimiter, Columns: len(l.Columns), Lines: mostLines, Bytes: MaxRecord, Wide: l.GB18030}
}

// record finds the end of the first record of a text, behind its line end, and how many lines it has. With end the text is all that
// is left. open says that it is a line whose quote is not closed ([delimited.Form.Record]): that costs the line, and no other row. ok is false where more text is needed.
func (l Layout) record(text []byte, end bool) (n, lines int, open, ok bool) {
	if len(text) > most {
		text, end = text[:most], true
	}
	if l.Format == CSV {
		return l.form().Record(text, end)
	}
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1, 1, false, true
	}
	return len(text), 1, false, end && len(text) > 0
}
