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
	Snapshot    string            `json:"snapshot,omitempty"`   // SHA-256 of the list's snapshot, once it is made
	Indicators  string            `json:"indicators,omitempty"` // SHA-256 of the definitions
	Peers       string            `json:"peers,omitempty"`      // SHA-256 of the distributions of the first pass
}

// Counts is how many enterprises a run, or a shard of it, has.
type Counts struct {
	Enterprises int             `json:"enterprises"`
	Judged      int             `json:"judged"`
	Isolated    int             `json:"isolated"`
	Outcomes    map[Outcome]int `json:"outcomes,omitempty"` // verdicts, of each rule
	// With a trial: verdicts that newly fail, and that no longer do.
	Flagged int `json:"flagged,omitempty"`
	Cleared int `json:"cleared,omitempty"`
}

// Add adds other counts.
func (c *Counts) Add(o Counts) {
	c.Enterprises += o.Enterprises
	c.Judged += o.Judged
	c.Isolated += o.Isolated
	c.Flagged += o.Flagged
	c.Cleared += o.Cleared
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
	Packs     []string   `json:"packs,omitempty"`  // those that were ordered, all in force where it is empty; pinned when it is planned
	Trial     *Trial     `json:"trial,omitempty"`  // it tries a draft and finds nothing
	Fold      *FoldAt    `json:"fold,omitempty"`   // how far the journal is folded for its snapshot, while that is made
	Survey    *Survey    `json:"survey,omitempty"` // how far its first pass has come, while it is planned
	Plan      Plan       `json:"plan,omitempty"`   // the shards that its first pass has found enterprises in
	Pins      Pins       `json:"pins"`
	Key       []byte     `json:"key"` // of its fold and its snapshot
	Closed    *time.Time `json:"closed,omitempty"`
	Counts    Counts     `json:"counts"` // at its close
	Reason    string     `json:"reason,omitempty"`
}

// Trial is the version of a rule pack that a run tries in shadow, beside the one in force.
type Trial struct {
	Pack    string `json:"pack"`
	Version int    `json:"version"`
	Against int    `json:"against"` // 0 where none is in force
}

// FoldAt is a fold of the journal that lies in blobs.
type FoldAt struct {
	N      int64  `json:"n"`      // the last entry that is in it
	Blob   string `json:"blob"`   // its ListFold
	SHA256 string `json:"sha256"` // of that blob
}

// Survey is how far the first pass of a run has come: it counts the enterprises and the figures of peers.
type Survey struct {
	Shard  int    `json:"shard"`            // the next one
	Counts string `json:"counts,omitempty"` // SHA-256 of what was counted so far
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
