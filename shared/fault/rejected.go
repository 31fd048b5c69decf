package fault

import "errors"

// Rejected is one thing that is wrong with one row of many. The others are taken.
type Rejected struct {
	Line    int    `json:"line"`    // from 1, a CSV header included
	Pointer string `json:"pointer"` // "" where the whole row is meant
	Detail  string `json:"detail"`
}

// Reject is all that an error, whose text is for callers, says of the row at a line: each wrong field, or one thing about the whole row.
func Reject(line int, err error) []Rejected {
	f, ok := errors.AsType[*Fault](err)
	switch {
	case !ok:
		return []Rejected{{Line: line, Detail: err.Error()}}
	case len(f.Fields) == 0:
		return []Rejected{{Line: line, Detail: f.Detail}}
	}
	var all []Rejected
	for _, x := range f.Fields {
		all = append(all, Rejected{Line: line, Pointer: x.Pointer, Detail: x.Detail})
	}
	return all
}
