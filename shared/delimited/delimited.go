// Package delimited provides the records of a text whose cells are set apart by a delimiter (RFC 4180), one after the other.
//
// A quote that is never closed, or closed by another row's, would make one record of many rows, and nobody would miss them. So a
// record may span several lines only where it can be nothing else; elsewhere the line whose quote is open is a record by itself, which cannot
// be read, and the next line is the next one.
package delimited

import "bytes"

// Form is how a text is written.
type Form struct {
	Delimiter byte
	// Columns is how many cells a record has. 0 is that it is not known yet: the header itself, which is one line.
	Columns int
	// Lines and Bytes are what a record that spans lines may have at the most.
	Lines, Bytes int
	// Wide says that the text is in GB18030, where the byte behind one of 0x81 and above belongs to the same character and may look like a
	// delimiter. (None looks like a quote or a line end.)
	Wide bool
}

// Record finds the end of the first record of a text, behind its line end, and how many lines it has. With end the text is all that is
// left. open says that the record is a line whose quote is not closed within the bounds, or not so that a record ends there. ok is false where more text is needed, or none is left.
//
// What it answers depends on nothing but the text, however little of it is given at a time.
func (f Form) Record(text []byte, end bool) (n, lines int, open, ok bool) {
	first := 0 // behind the first line end
	s := scan{form: f}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if f.Wide && c > 0x80 {
			s.state = s.inside()
			if i+1 == len(text) && !end {
				return 0, 0, false, false
			}
			i += second(text[i+1:])
			continue
		}
		if c != '\n' {
			if loose := s.step(c); loose && first > 0 {
				return first, 1, true, true
			}
			continue
		}
		if lines++; first == 0 {
			first = i + 1
		}
		switch {
		case s.state != quoted && lines == 1:
			return i + 1, 1, false, true
		case s.state != quoted && f.whole(text[:i+1]):
			return i + 1, lines, false, true
		case s.state != quoted, lines >= f.Lines, i >= f.Bytes, f.Columns == 0:
			return first, 1, true, true
		}
	}
	switch {
	case !end || len(text) == 0:
		return 0, 0, false, false
	case first == 0:
		return len(text), 1, s.state == quoted, true
	case s.state != quoted && text[len(text)-1] != '\n' && f.whole(text):
		return len(text), lines + 1, false, true
	}
	return first, 1, true, true
}

// whole reports whether a record of several lines can be nothing else: it has the cells of a record, and not each of its lines has them too.
func (f Form) whole(record []byte) bool {
	if len(record) > f.Bytes || f.count(record) != f.Columns {
		return false
	}
	for line := range bytes.Lines(record) {
		if len(bytes.TrimSpace(line)) > 0 && f.count(line) != f.Columns {
			return true
		}
	}
	return false
}

// count is how many cells a record has.
func (f Form) count(record []byte) int {
	s, n := scan{form: f}, 1
	for i := 0; i < len(record); i++ {
		c := record[i]
		if f.Wide && c > 0x80 {
			s.state = s.inside()
			i += second(record[i+1:])
			continue
		}
		if c == f.Delimiter && s.state != quoted {
			n++
		}
		s.step(c)
	}
	return n
}

// second is 1 where the text goes on with what can be the second byte of a character of GB18030.
func second(text []byte) int {
	if len(text) > 0 && text[0] >= '0' {
		return 1
	}
	return 0
}

// Where in a cell a scan is.
const (
	opening = iota // nothing of it was read
	plain
	quoted
	closing // behind a quote, which may be the last or the first of two
)

type scan struct {
	form  Form
	state int
}

// step reads one byte. loose says that it stands behind a closing quote, where only a delimiter or the line's end does.
func (s *scan) step(c byte) (loose bool) {
	switch {
	case s.state == quoted:
		if c == '"' {
			s.state = closing
		}
	case c == s.form.Delimiter:
		s.state = opening
	case c == '"' && (s.state == opening || s.state == closing):
		s.state = quoted
	default:
		loose = s.state == closing && c != '\r' && c != '\n'
		s.state = plain
	}
	return loose
}

// inside is the state behind a character that means nothing.
func (s *scan) inside() int {
	if s.state == quoted {
		return quoted
	}
	return plain
}

// Manner is how a record's quotes stand.
type Manner int

// The manners.
const (
	Strict Manner = iota // as RFC 4180 has them
	Loose                // a quote in a cell that is not quoted, or text behind a closing one: it is taken as text
	Open                 // the last quote is not closed
)

// Cells takes a record apart, which is not Wide any more. A line end within a cell is \n.
func (f Form) Cells(record []byte) (cells []string, m Manner) {
	record = bytes.TrimSuffix(record, []byte("\n"))
	record = bytes.TrimSuffix(record, []byte("\r"))
	for {
		var cell []byte
		wasQuoted := len(record) > 0 && record[0] == '"'
		if wasQuoted {
			record = record[1:]
			for {
				i := bytes.IndexByte(record, '"')
				if i < 0 {
					cell, record, m = append(cell, record...), nil, Open
					break
				}
				cell = append(cell, record[:i]...)
				record = record[i+1:]
				if len(record) == 0 || record[0] != '"' {
					break
				}
				cell, record = append(cell, '"'), record[1:]
			}
			cell = bytes.ReplaceAll(cell, []byte("\r\n"), []byte("\n"))
		}
		rest, behind, more := bytes.Cut(record, []byte{f.Delimiter})
		if m == Strict && (wasQuoted && len(rest) > 0 || bytes.IndexByte(rest, '"') >= 0) {
			m = Loose
		}
		cells = append(cells, string(append(cell, rest...)))
		if !more {
			return cells, m
		}
		record = behind
	}
}
