package sheet

import "bytes"

// most is where a row ends that has no line end at all.
const most = 1 << 20

// record finds the end of the first record of a text, behind its line end, and how many lines it has. With end the text is all that
// is left. ok is false where more text is needed. A record that is longer than MaxRecord ends where the next line begins behind that
// length: a quote that is never closed costs some rows and not the rest of the file.
//
// In GB18030 no byte of a longer character is a quote, a delimiter or a line end, so records are told apart before they are decoded.
func (l Layout) record(text []byte, end bool) (n, lines int, ok bool) {
	if len(text) > most {
		text, end = text[:most], true
	}
	if l.Format != CSV {
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			return i + 1, 1, true
		}
		return rest(text, 0, end)
	}
	const opening, plain, quoted, closing = 0, 1, 2, 3 // of a cell
	state := opening
	for i, c := range text {
		switch {
		case c == '\n':
			lines++
			if state != quoted || i >= MaxRecord {
				return i + 1, lines, true
			}
		case state == quoted:
			if c == '"' {
				state = closing // or the first of two
			}
		case c == '"' && (state == opening || state == closing):
			state = quoted
		case c == l.Delimiter:
			state = opening
		default:
			state = plain
		}
	}
	return rest(text, lines, end)
}

// rest is a last record without a line end.
func rest(text []byte, lines int, end bool) (n, all int, ok bool) {
	if !end || len(text) == 0 {
		return 0, 0, false
	}
	if text[len(text)-1] != '\n' {
		lines++
	}
	return len(text), lines, true
}

// cells takes a record of a CSV apart. closed is false where a quote is open at its end.
func (l Layout) cells(record []byte) (cells []string, closed bool) {
	record = bytes.TrimSuffix(record, []byte("\n"))
	record = bytes.TrimSuffix(record, []byte("\r"))
	closed = true
	for {
		var cell []byte
		if len(record) > 0 && record[0] == '"' {
			record = record[1:]
			for {
				i := bytes.IndexByte(record, '"')
				if i < 0 {
					cell, record, closed = append(cell, record...), nil, false
					break
				}
				cell = append(cell, record[:i]...)
				record = record[i+1:]
				if len(record) == 0 || record[0] != '"' {
					break
				}
				cell, record = append(cell, '"'), record[1:]
			}
		}
		i := bytes.IndexByte(record, l.Delimiter)
		if i < 0 {
			return append(cells, string(append(cell, record...))), closed
		}
		cells = append(cells, string(append(cell, record[:i]...)))
		record = record[i+1:]
	}
}
