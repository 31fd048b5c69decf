package compliance

import (
	"fmt"
	"strings"
	"time"
)

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
	Regimes     map[string]string `json:"regimes"`  // regime -> version in effect
	Calendar    int               `json:"calendar"` // the last year with data
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

const usccLength = 18

// Page is the outcomes of a page of enterprises, packed: nine tenths of it is their codes.
type Page struct {
	Rules    []string       `json:"rules"`             // packs by name, which here hold one rule each
	USCCs    string         `json:"usccs"`             // 18 characters each
	Outcomes string         `json:"outcomes"`          // for each enterprise a letter for each rule: p, f, u, n; x where it was isolated
	Reasons  map[int]string `json:"reasons,omitempty"` // position in Outcomes -> why unknown
}

// Result is one line of a page: what one rule said about one enterprise.
type Result struct {
	USCC    string  `json:"uscc"`
	Rule    string  `json:"rule"`
	Pack    string  `json:"pack"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
}

var letters = map[Outcome]byte{Pass: 'p', Fail: 'f', Unknown: 'u', NotApplicable: 'n'}

// NewPage starts a page of a run's packs.
func NewPage(packs []Pack) *Page {
	p := &Page{}
	for _, k := range packs {
		p.Rules = append(p.Rules, k.Name())
	}
	return p
}

// Len is how many enterprises the page has.
func (p *Page) Len() int { return len(p.USCCs) / usccLength }

// Add appends an enterprise with its verdicts, one for each pack; nil where it was isolated.
func (p *Page) Add(uscc string, verdicts []Verdict) error {
	if len(uscc) != usccLength || verdicts != nil && len(verdicts) != len(p.Rules) {
		return fmt.Errorf("compliance: %d verdicts do not fit a page of %d rules", len(verdicts), len(p.Rules))
	}
	p.USCCs += uscc
	for i := range p.Rules {
		letter, reason := byte('x'), ""
		if verdicts != nil {
			letter, reason = letters[verdicts[i].Outcome], verdicts[i].Reason
		}
		if reason != "" {
			if p.Reasons == nil {
				p.Reasons = map[int]string{}
			}
			p.Reasons[len(p.Outcomes)] = reason
		}
		p.Outcomes += string(letter)
	}
	return nil
}

// Results unpacks the page.
func (p *Page) Results() ([]Result, error) {
	if len(p.USCCs)%usccLength != 0 || len(p.Outcomes) != p.Len()*len(p.Rules) {
		return nil, fmt.Errorf("compliance: a page of outcomes is damaged")
	}
	out := make([]Result, 0, len(p.Outcomes))
	for i := range len(p.Outcomes) {
		n, rule := i/len(p.Rules), p.Rules[i%len(p.Rules)]
		r := Result{USCC: p.USCCs[n*usccLength : (n+1)*usccLength], Pack: rule, Reason: p.Reasons[i], Outcome: Unknown}
		r.Rule, _, _ = strings.Cut(rule, "@")
		switch p.Outcomes[i] {
		case 'p':
			r.Outcome = Pass
		case 'f':
			r.Outcome = Fail
		case 'n':
			r.Outcome = NotApplicable
		case 'x':
			r.Reason = ReasonIsolated
		}
		out = append(out, r)
	}
	return out, nil
}
