// Package supervision provides the checking of enterprises: their registration, audit runs, and what runs have found.
//
// HTTP handlers and workers all call it. It asks policy who may see and do what, asks shared/compliance what a rule says, and
// commits each page of a run, its outcomes with its changed findings and how far it came, in one Write.
//
// Its files go by what they are about:
//
//	enterprises, registration, enterpriserows, parents, relations: who is supervised, and who is tied to whom
//	report, reports, reportrows: what enterprises report
//	rulebook, rulepacks, trial: the rules, and how new ones are tried
//	order, plan, survey, bench, work, messages, audits, compare: a run, from its order to what it says otherwise than another
//	findings, proof, contest, risk: what runs have found, and where to look first
//	propose, waiting: what follows from it, and what waits for whom
//
// What authorities do about findings is below it (rungs), as are work lists (desk), figures without names (tally) and the language of the rules
// (judging).
package supervision

import (
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/blob"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/risk"
	"shixin/shared/fault"
	"shixin/shared/keys"
	"shixin/shared/ladder"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/regime"
	"shixin/shared/repeat"
	"shixin/shared/workday"
)

// Policy answers who may do what (shared/access/policy).
type Policy interface {
	Role(p access.Principal, action string) error
	Allow(p access.Principal, action string, r policy.Resource) error
}

// Queue is the logical name of the queue of the runs' work.
const Queue = "audit"

// Slice is how long a worker goes on before it leaves the rest to a new message.
const Slice = 40 * time.Second

// Supervision is the application. Store and Queue are always needed; Hash and Seal for registrations; Policy for callers; Regimes and
// Calendar to start a run; Calendar and Clocks for what must be done by a day; Blobs to plan and work on one. Functions that load data are called on first use.
type Supervision struct {
	Store    *records.Store
	Blobs    blob.Store
	Queue    queue.Sender
	Hash     keys.Hasher
	Seal     keys.Sealer
	Policy   Policy
	Regimes  func() (regime.Library, error)
	Calendar func() (workday.Calendar, error)
	Ladder   func() (ladder.Library, error) // of what a run proposes; nothing when nil
	Weights  func() (risk.Weights, error)   // of the order of inspection, which is not kept when nil
	Clocks   func() (compliance.Clocks, error)
	// Indicators are those that enterprises report.
	Indicators func() (*indicator.Library, error)
	Rules      Rulebook      // to judge, and to draft rules; nil where neither is done
	Log        *slog.Logger  // takes alarms; slog.Default when nil
	Slice      time.Duration // Slice when zero
	Patience   time.Duration // how long a call waits for a trial; ten seconds when zero
	PageSize   int           // enterprises a page of a run; 200 when zero
	FoldStep   int           // journal entries a step of the fold that a run's snapshot is made from; 50,000 when zero

	slots  slots
	lists  lists
	pinned pinnedTexts
	known  sync.Map // authorities that the directory has
}

func (s *Supervision) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// Call is what a call brings besides its content.
type Call = repeat.Call

// Reply is an answer that can be given again.
type Reply = repeat.Reply

// kept is where answers are kept for their idempotency keys.
func (s *Supervision) kept() repeat.Keeper { return repeat.Keeper{Store: s.Store, Seal: s.Seal} }

func notFound() error { return fault.New(fault.NotFound, "there is no such record", "没有该记录") }

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("supervision: plain data: " + err.Error())
	}
	return b
}
