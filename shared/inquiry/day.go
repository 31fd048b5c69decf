package inquiry

import "slices"

// Day is where the chain of one caller and one day stands: its head.
type Day struct {
	N           int64    `json:"n"`                 // records
	Hash        string   `json:"hash"`              // of the last one
	Identifiers int64    `json:"identifiers"`       // asked for
	Invalid     int64    `json:"invalid"`           // of them, unreadable
	Hits        int64    `json:"hits"`              // of them, listed or matched
	Numbers     int64    `json:"numbers,omitempty"` // of them, those of calls that asked for numbers
	Steps       int64    `json:"steps"`             // of them, next to another one in number
	Ends        []string `json:"ends,omitempty"`    // of the latest calls: see [Trail]
	Rung        []Alarm  `json:"rung,omitempty"`    // what has been alarmed
	Usual       *Usual   `json:"usual,omitempty"`   // what the caller's earlier days were like; nil where it has none
}

// Limits is what a caller's day is judged by.
type Limits struct {
	Quota  int64 // identifiers that the caller may ask for in a day
	Alarms Alarms
}

// manyEnds is how many ends of calls a day remembers.
const manyEnds = 64

// Append hangs a record on the chain and counts it. It returns the day after it, the record with its place and hashes, and
// what is to be told now.
func (d Day) Append(r Record, t Trail, l Limits) (Day, Record, []Alarm) {
	r.N, r.Prev = d.N+1, d.Hash
	r.Hash = r.Sum()
	d.N, d.Hash = r.N, r.Hash
	d.Identifiers += int64(r.Identifiers)
	d.Invalid += int64(r.Invalid)
	if r.Identifiers > 0 { // what is shown to whoever names nobody, as a page of alerts is, is no hit
		d.Hits += int64(r.Verdicts["listed"] + r.Verdicts["match"])
	}
	d.Steps += int64(t.Steps)
	if len(t.Ends) > 0 { // a walk is not hidden by names that are asked for beside it
		d.Numbers += int64(r.Identifiers)
	}
	if slices.ContainsFunc(t.Near, func(end string) bool { return slices.Contains(d.Ends, end) }) {
		d.Steps++
	}
	d.Ends = slices.Concat(d.Ends, t.Ends)
	d.Ends = d.Ends[max(0, len(d.Ends)-manyEnds):]
	var told []Alarm
	for _, a := range []struct {
		alarm Alarm
		rings bool
	}{
		{Exhausted, d.Identifiers >= l.Quota},
		{Walking, l.Alarms.Walking.reached(d.Steps, d.Numbers)},
		{Guessing, l.Alarms.Guessing.reached(d.Invalid, d.Identifiers)},
		{Striking, l.Alarms.strikes(d)},
	} {
		if a.rings && !slices.Contains(d.Rung, a.alarm) {
			told = append(told, a.alarm)
		}
	}
	d.Rung = slices.Concat(d.Rung, told)
	return d, r, told
}
