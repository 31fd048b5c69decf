package inquiry

import (
	"errors"

	"shixin/shared/workday"
)

// Alarm is what a person is told about a caller's day. Each rings once a day.
type Alarm string

// The alarms.
const (
	Exhausted Alarm = "quota"        // the day's quota is used up
	Walking   Alarm = "walking"      // numbers are asked for one after the other
	Guessing  Alarm = "many-invalid" // many identifiers cannot be read
	Striking  Alarm = "unusual-hits" // far more are listed than is usual
)

// Alarms are the numbers by which a day is told from the ordinary. No law states them: they are this register's own choice.
type Alarms struct {
	Version  string      `json:"version" yaml:"version"`
	From     workday.Day `json:"from" yaml:"from"`     // since when they hold
	SetBy    string      `json:"set_by" yaml:"set_by"` // authority
	Walking  Share       `json:"walking" yaml:"walking"`
	Guessing Share       `json:"many_invalid" yaml:"many_invalid"`
	Striking Share       `json:"unusual_hits" yaml:"unusual_hits"` // of a caller without a past
	Past     Past        `json:"past" yaml:"past"`
}

// Share is from how many identifiers, and from which percentage of the day's, an alarm rings.
type Share struct {
	Least   int64 `json:"least" yaml:"least"`
	Percent int64 `json:"percent" yaml:"percent"`
}

func (s Share) reached(n, all int64) bool { return n >= s.Least && 100*n >= s.Percent*all }

// Past is how a day's hits are compared with the same caller's earlier days: from Least hits on, those ring whose share is Times that of
// the Days before. A caller that has asked on fewer than LeastDays of them has no past yet.
type Past struct {
	Days      int   `json:"days" yaml:"days"`
	LeastDays int   `json:"least_days" yaml:"least_days"`
	Least     int64 `json:"least" yaml:"least"`
	Times     int64 `json:"times" yaml:"times"`
}

// mostPast bounds the days that are read when a caller's day begins.
const mostPast = 60

// Check refuses numbers that would ring for everything, or for nothing.
func (a Alarms) Check() error {
	if _, err := workday.ParseDay(string(a.From)); err != nil || a.Version == "" || a.SetBy != "authority" {
		return errors.New("inquiry: alarms name their version, the day since when they hold, and that an authority set them")
	}
	for _, s := range []Share{a.Walking, a.Guessing, a.Striking} {
		if s.Least < 1 || s.Percent < 1 || s.Percent > 100 {
			return errors.New("inquiry: an alarm rings from at least 1 identifier, and 1 to 100 percent of the day's")
		}
	}
	if p := a.Past; p.LeastDays < 1 || p.Days < p.LeastDays || p.Days > mostPast || p.Least < 1 || p.Times < 2 || p.Times > 1000 {
		return errors.New("inquiry: a past has 1 to 60 days, of which least_days are enough, and what is 2 to 1000 times the usual rings, from at least 1 hit")
	}
	return nil
}

// Usual is what a caller's earlier days were like.
type Usual struct {
	Days        int   `json:"days"` // on which it asked for somebody
	Identifiers int64 `json:"identifiers"`
	Hits        int64 `json:"hits"`
}

// Begin is a caller's new day behind its earlier ones, in any order. It keeps their sums, so that nothing else of them is read during the day.
func Begin(earlier []Day) Day {
	var u Usual
	for _, d := range earlier {
		if d.Identifiers > 0 {
			u.Days, u.Identifiers, u.Hits = u.Days+1, u.Identifiers+d.Identifiers, u.Hits+d.Hits
		}
	}
	if u.Days == 0 {
		return Day{}
	}
	return Day{Usual: &u}
}

// strikes reports whether a day has far more hits than is usual: for the caller itself, where it has a past, and else for anybody.
func (a Alarms) strikes(d Day) bool {
	if d.Usual == nil || d.Usual.Days < a.Past.LeastDays {
		return a.Striking.reached(d.Hits, d.Identifiers)
	}
	// One hit more than there were keeps a past without any from making the first ones strange.
	usual := float64(d.Usual.Hits+1) / float64(d.Usual.Identifiers+1)
	return d.Hits >= a.Past.Least && float64(d.Hits) >= float64(a.Past.Times)*usual*float64(d.Identifiers)
}
