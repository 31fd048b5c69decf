package inquiry

import "slices"

// Day is where the chain of one caller and one day stands: its head.
type Day struct {
	N           int64    `json:"n"`              // records
	Hash        string   `json:"hash"`           // of the last one
	Identifiers int64    `json:"identifiers"`    // asked for
	Invalid     int64    `json:"invalid"`        // of them, unreadable
	Hits        int64    `json:"hits"`           // of them, listed or matched
	Steps       int64    `json:"steps"`          // of them, next to another one in number
	Ends        []string `json:"ends,omitempty"` // of the latest calls: see [Trail]
	Rung        []Alarm  `json:"rung,omitempty"` // what has been alarmed
}

// Alarm is what a person is told about a caller's day. Each rings once a day.
type Alarm string

// The alarms.
const (
	Exhausted Alarm = "quota"        // the day's quota is used up
	Walking   Alarm = "walking"      // numbers are asked for one after the other
	Guessing  Alarm = "many-invalid" // many identifiers cannot be read
	Striking  Alarm = "unusual-hits" // far more are listed than customers are
)

// From how many identifiers, and from which share of the day's, an alarm rings. No law states these numbers: they are chosen so that a
// bank's ordinary day, some thousands of customers with a typing error in a hundred and a hit in a thousand, is far below.
const (
	leastSteps, shareSteps     = 200, 50 // percent
	leastInvalid, shareInvalid = 100, 20
	leastHits, shareHits       = 100, 20
)

// manyEnds is how many ends of calls a day remembers.
const manyEnds = 64

// Append hangs a record on the chain and counts it. It returns the day after it, the record with its place and hashes, and
// what is to be told now. Quota is how many identifiers the caller may ask for in a day.
func (d Day) Append(r Record, t Trail, quota int64) (Day, Record, []Alarm) {
	r.N, r.Prev = d.N+1, d.Hash
	r.Hash = r.Sum()
	d.N, d.Hash = r.N, r.Hash
	d.Identifiers += int64(r.Identifiers)
	d.Invalid += int64(r.Invalid)
	if r.Identifiers > 0 { // what is shown to whoever names nobody, as a page of alerts is, is no hit
		d.Hits += int64(r.Verdicts["listed"] + r.Verdicts["match"])
	}
	d.Steps += int64(t.Steps)
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
		{Exhausted, d.Identifiers >= quota},
		{Walking, unusual(d.Steps, d.Identifiers, leastSteps, shareSteps)},
		{Guessing, unusual(d.Invalid, d.Identifiers, leastInvalid, shareInvalid)},
		{Striking, unusual(d.Hits, d.Identifiers, leastHits, shareHits)},
	} {
		if a.rings && !slices.Contains(d.Rung, a.alarm) {
			told = append(told, a.alarm)
		}
	}
	d.Rung = slices.Concat(d.Rung, told)
	return d, r, told
}

func unusual(n, all, least, percent int64) bool { return n >= least && 100*n >= percent*all }
