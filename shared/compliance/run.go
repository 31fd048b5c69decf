package compliance

import "time"

// RunState is where an audit run stands.
type RunState string

// The states of a run.
const (
	Planned RunState = "planned" // pinned; its snapshot and shards are being made
	Running RunState = "running"
	Closed  RunState = "closed"
	Failed  RunState = "failed" // it could not be planned; the reason says why
)

// Pins is all that a run's judgments depend on besides the enterprises.
type Pins struct {
	ListVersion int64             `json:"list_version"`
	At          time.Time         `json:"at"` // the moment at which the list is read
	Packs       []Pack            `json:"packs"`
	Regimes     map[string]string `json:"regimes"`          // regime -> version in effect
	Calendar    int               `json:"calendar"`         // the last year with data
	Ladder      string            `json:"ladder,omitempty"` // version of the ladder by which it proposes
	Engine      string            `json:"engine"`
	Snapshot    string            `json:"snapshot,omitempty"` // SHA-256 of the list's snapshot, once it is made
}

// Counts is how many enterprises a run, or a shard of it, has.
type Counts struct {
	Enterprises int             `json:"enterprises"`
	Judged      int             `json:"judged"`
	Isolated    int             `json:"isolated"`
	Outcomes    map[Outcome]int `json:"outcomes,omitempty"` // verdicts, of each rule
}

// Add adds other counts.
func (c *Counts) Add(o Counts) {
	c.Enterprises += o.Enterprises
	c.Judged += o.Judged
	c.Isolated += o.Isolated
	outcomes := map[Outcome]int{}
	for _, m := range []map[Outcome]int{c.Outcomes, o.Outcomes} {
		for k, n := range m {
			outcomes[k] += n
		}
	}
	c.Outcomes = outcomes
}

// Run is one sweep over a scope with everything it depends on pinned.
type Run struct {
	ID        string     `json:"id"`
	State     RunState   `json:"state"`
	At        time.Time  `json:"at"`                  // when it was ordered
	Scheduled *time.Time `json:"scheduled,omitempty"` // by the schedule
	By        string     `json:"by,omitempty"`        // the account that ordered it
	Person    string     `json:"person,omitempty"`    // the natural person behind that account
	Authority string     `json:"authority,omitempty"`
	Scope     Scope      `json:"scope"`
	Pins      Pins       `json:"pins"`
	Key       []byte     `json:"key"` // of its snapshot
	Closed    *time.Time `json:"closed,omitempty"`
	Counts    Counts     `json:"counts"` // at its close
	Reason    string     `json:"reason,omitempty"`
}

// Open reports whether there is work left.
func (r Run) Open() bool { return r.State == Planned || r.State == Running }

// Region is the region that the run's scope names, that of the nation where it names none.
func (r Run) Region() string {
	if r.Scope.Region == "" {
		return "000000"
	}
	return r.Scope.Region
}

// Progress is how far a run has come in one shard.
type Progress struct {
	Shard  int    `json:"shard"`
	Cursor string `json:"cursor,omitempty"` // the last enterprise that is done
	Done   bool   `json:"done,omitempty"`
	Counts Counts `json:"counts"`
}
