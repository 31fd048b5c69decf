// Package inquiry provides the record of one query, the chain that a caller's records of one day make, and what a day's
// queries look like together.
//
// A [Record] says who asked, when, for what purpose and what came of it. What was asked stands in it as a keyed hash only.
// Each record carries the hash of the one before it, so that none can be altered, taken out or put between unseen;
// [Check] is the rule by which whoever holds an export verifies it. A [Day] is where a chain stands, with the counts that quotas
// and alarms are judged by.
package inquiry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/workday"
)

// Record is one query as the log keeps it.
type Record struct {
	N         int64       `json:"n"`  // its place in the chain, from 1: the order in which the log took it
	ID        string      `json:"id"` // of the request that asked
	At        time.Time   `json:"at"` // of the request, UTC, whole milliseconds
	Account   string      `json:"account"`
	Person    string      `json:"person"`
	Role      access.Role `json:"role"`
	Authority string      `json:"authority,omitempty"` // of officers and deciders
	USCC      string      `json:"uscc,omitempty"`      // of enterprises
	Route     string      `json:"route"`               // for example POST /v1/status
	// Sealed is purpose, reference and salt, which may say something about a person; empty where neither was stated.
	Sealed []byte `json:"sealed,omitempty"`
	// Texts commits to purpose and reference without telling them: [Texts.Sum]; empty with Sealed.
	Texts       string         `json:"texts,omitempty"`
	Asked       string         `json:"asked"`       // keyed hash of what was asked
	Identifiers int            `json:"identifiers"` // how many identifiers, names or listings were asked for
	Invalid     int            `json:"invalid"`     // how many of them could not be read
	ListVersion int64          `json:"list_version"`
	Verdicts    map[string]int `json:"verdicts"` // how often each was answered
	Prev        string         `json:"prev"`     // Hash of the record before; empty for the first
	Hash        string         `json:"hash"`     // [Record.Sum]
}

// Caller names who a chain and a quota belong to: an enterprise with all its accounts, else one account.
func Caller(p access.Principal) string {
	if p.Role == access.Enterprise {
		return "uscc:" + p.USCC
	}
	return "account:" + p.Account
}

// Caller is the chain's caller of a record.
func (r Record) Caller() string {
	return Caller(access.Principal{Role: r.Role, Account: r.Account, USCC: r.USCC})
}

// Day is the chain's day of a record: that of the request, Asia/Shanghai.
func (r Record) Day() workday.Day { return workday.DayOf(r.At) }

// Sum is the hash of a record: SHA-256, in lower-case hex, over its fields in the order below, each as its length in bytes, a
// colon, the text and a comma. Times are RFC 3339 in UTC with milliseconds, numbers are decimal, and verdicts are name=count in the order of
// their names, joined by semicolons. Only hash and sealed are left out: texts commits to what is sealed.
func (r Record) Sum() string {
	var verdicts []string
	for _, name := range slices.Sorted(maps.Keys(r.Verdicts)) {
		verdicts = append(verdicts, name+"="+strconv.Itoa(r.Verdicts[name]))
	}
	return sum(r.Prev, strconv.FormatInt(r.N, 10), r.ID, r.Moment(), r.Account, r.Person, string(r.Role), r.Authority, r.USCC,
		r.Route, r.Texts, r.Asked, strconv.Itoa(r.Identifiers), strconv.Itoa(r.Invalid), strconv.FormatInt(r.ListVersion, 10), strings.Join(verdicts, ";"))
}

// Moment is the record's time as the hash and exports have it.
func (r Record) Moment() string { return r.At.UTC().Format("2006-01-02T15:04:05.000Z") }

func sum(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte(':')
		b.WriteString(p)
		b.WriteByte(',')
	}
	h := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(h[:])
}

// Texts are the free texts of a query. The salt, in hex, keeps them from being guessed from their hash.
type Texts struct {
	Salt      string `json:"salt"`
	Purpose   string `json:"purpose"`
	Reference string `json:"reference"`
}

// Sum is the hash of salt, purpose and reference, written as in [Record.Sum].
func (t Texts) Sum() string { return sum(t.Salt, t.Purpose, t.Reference) }

// Check verifies records that follow one another in one chain, behind the record with the hash prev and the number after;
// "" and 0 where the chain begins with them.
func Check(prev string, after int64, records []Record) error {
	for _, r := range records {
		switch {
		case r.N != after+1:
			return fmt.Errorf("inquiry: record %d follows record %d", r.N, after)
		case r.Prev != prev:
			return fmt.Errorf("inquiry: record %d does not carry the hash of the one before it", r.N)
		case r.Sum() != r.Hash:
			return fmt.Errorf("inquiry: record %d is not what its hash says", r.N)
		}
		prev, after = r.Hash, r.N
	}
	return nil
}
