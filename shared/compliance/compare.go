package compliance

import "slices"

// Change is how a later run's outcome differs from an earlier one's.
type Change string

// The changes.
const (
	New    Change = "new"    // it fails, and did not: it passed, did not apply, or was not looked at
	Gone   Change = "cured"  // it failed, and passes
	Worse  Change = "worse"  // it failed or could not be judged where it passed or at least was not known to fail: pass to unknown, unknown to fail
	Better Change = "better" // it could not be judged, and passes
	Left   Change = "left"   // it failed or could not be judged, and was not looked at, or no longer applies
	Blind  Change = "blind"  // it failed, and can no longer be judged: that is no cure
)

// Changes lists the changes.
func Changes() []Change { return []Change{New, Gone, Worse, Better, Left, Blind} }

// Difference is one rule that judged one enterprise otherwise in the later of two runs.
type Difference struct {
	USCC   string  `json:"uscc"`
	Rule   string  `json:"rule"`
	Change Change  `json:"change"`
	Before Outcome `json:"before"` // empty where the earlier run did not look at it
	After  Outcome `json:"after"`
	// The packs that judged it; empty where a run did not.
	PackBefore string `json:"pack_before,omitempty"`
	PackAfter  string `json:"pack_after,omitempty"`
	Reason     string `json:"reason,omitempty"` // why it is unknown now
}

// changeOf compares two outcomes, either of which may be empty; empty where nothing is to be told.
func changeOf(before, after Outcome) Change {
	if before == NotApplicable {
		before = ""
	}
	if after == NotApplicable {
		after = ""
	}
	switch {
	case before == after, before == "" && after == Pass, before == Pass && after == "":
		return ""
	case after == Fail && before == Unknown:
		return Worse
	case after == Fail:
		return New
	case before == Fail && after == Pass:
		return Gone
	case before == Fail && after == Unknown:
		return Blind
	case after == Unknown:
		return Worse
	case after == Pass:
		return Better
	}
	return Left
}

// Compare tells what differs between two runs' results about the same enterprises, each in the order of a page: by enterprise, then rule.
// Rules are the same whatever the version of their pack. An enterprise that was isolated counts as unknown.
func Compare(before, after []Result) []Difference {
	var out []Difference
	for len(before) > 0 || len(after) > 0 {
		var uscc string
		switch {
		case len(before) == 0:
			uscc = after[0].USCC
		case len(after) == 0:
			uscc = before[0].USCC
		default:
			uscc = min(before[0].USCC, after[0].USCC)
		}
		var was, is []Result
		was, before = cutOne(before, uscc)
		is, after = cutOne(after, uscc)
		out = append(out, compareOne(was, is)...)
	}
	return out
}

// cutOne takes an enterprise's results from the front.
func cutOne(all []Result, uscc string) (one, rest []Result) {
	n := 0
	for n < len(all) && all[n].USCC == uscc {
		n++
	}
	return all[:n], all[n:]
}

func compareOne(before, after []Result) []Difference {
	var out []Difference
	for i, b := range after {
		if i < len(before) && before[i].Outcome == b.Outcome && before[i].Rule == b.Rule && before[i].Pack == b.Pack {
			continue // as most are
		}
		d := Difference{USCC: b.USCC, Rule: b.Rule, After: b.Outcome, PackAfter: b.Pack, Reason: b.Reason}
		if j := slices.IndexFunc(before, func(a Result) bool { return a.Key() == b.Key() }); j >= 0 {
			d.Before, d.PackBefore = before[j].Outcome, before[j].Pack
		}
		if d.Change = changeOf(d.Before, d.After); d.Change != "" {
			out = append(out, d)
		}
	}
	for i, a := range before {
		if i < len(after) && after[i].Key() == a.Key() || slices.ContainsFunc(after, func(b Result) bool { return a.Key() == b.Key() }) {
			continue
		}
		d := Difference{USCC: a.USCC, Rule: a.Rule, Before: a.Outcome, PackBefore: a.Pack}
		if d.Change = changeOf(d.Before, d.After); d.Change != "" {
			out = append(out, d)
		}
	}
	return out
}
