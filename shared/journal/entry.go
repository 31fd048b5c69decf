// Package journal provides the one ordered record of everything that changes what the list says.
//
// An [Entry] is one effect; its number is the list version it makes. A [Record] is what all entries say about one
// identifier, so that now and any past moment are the same single read. Both fold from the same entries, and
// [Tree] commits to each entry's bytes for proofs.
package journal

import (
	"fmt"
	"time"

	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Type is the kind of an effect.
type Type string

// The effects.
const (
	Listed      Type = "listed"
	Published   Type = "published"
	Unpublished Type = "unpublished"
	Corrected   Type = "corrected" // names, identifiers, term or measures
	Stayed      Type = "stayed"
	Removed     Type = "removed"
)

// Entry is one effect: what the list says about a listing from this moment on.
type Entry struct {
	N         int64        `json:"n"`
	At        time.Time    `json:"at"` // UTC, whole milliseconds; never before the entry before
	Type      Type         `json:"type"`
	Listing   string       `json:"listing"`
	Regime    string       `json:"regime"`
	Ground    string       `json:"ground"`
	Authority string       `json:"authority"`
	Kind      subject.Kind `json:"kind"`
	// Identifiers are those of the listing after the effect; a personal one is its keyed hash and mask.
	Identifiers []subject.Ref `json:"identifiers"`
	// Left are identifiers that a correction took off the listing.
	Left     []subject.Ref `json:"left,omitempty"`
	Standing Standing      `json:"standing"`
}

// Stay suspends measures, publication or both to the end of a day.
type Stay struct {
	What  []string    `json:"what"`
	Until workday.Day `json:"until"`
}

// Cap is the regime's limit on listings in a row.
type Cap struct {
	Months int    `json:"months"`
	Basis  string `json:"basis"`
}

// Standing is what the list says about a listing between two effects. Days are judged on reading.
type Standing struct {
	From      workday.Day `json:"from,omitempty"`
	Until     workday.Day `json:"until,omitempty"` // last day included; empty: without an end, or not started
	Measures  []string    `json:"measures,omitempty"`
	Published bool        `json:"published,omitempty"`
	Stays     []Stay      `json:"stays,omitempty"`
	Cap       *Cap        `json:"cap,omitempty"`     // set where terms of one subject add up
	Removed   string      `json:"removed,omitempty"` // the cause; empty while listed
}

// CheckNext reports an entry that cannot follow the one before it.
func (e Entry) CheckNext(before Entry) error {
	if e.N != before.N+1 || e.At.Before(before.At) {
		return fmt.Errorf("journal: entry %d at %s does not follow entry %d at %s", e.N, e.At, before.N, before.At)
	}
	return nil
}
