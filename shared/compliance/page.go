package compliance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const usccLength = 18

// Page is the outcomes of a page of enterprises, packed: nine tenths of it is their codes and letters.
type Page struct {
	Rules    []string `json:"rules"`           // pack@version, and /rule where the pack is not called as its rule
	USCCs    string   `json:"usccs"`           // 18 characters each
	Outcomes string   `json:"outcomes"`        // for each enterprise a letter for each rule: p, f, u, n; x where it was isolated
	Words    []string `json:"words,omitempty"` // each reason of the page once, in the order of the first that has it
	Whys     string   `json:"whys,omitempty"`  // for each u a character: '0' and above is a word, '-' none
}

// Result is one cell of a page: what one rule said about one enterprise.
type Result struct {
	USCC    string  `json:"uscc"`
	Rule    string  `json:"rule"`
	Pack    string  `json:"pack"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
}

// Key names the result's rule among those of all packs, whatever their versions.
func (r Result) Key() string { return RuleKey(r.Pack, r.Rule) }

var letters = map[Outcome]byte{Pass: 'p', Fail: 'f', Unknown: 'u', NotApplicable: 'n'}

const (
	firstWord = '0'
	noWord    = '-'
	maxWords  = 40000 // beyond, a reason is left out: the letter stands
)

var errPage = errors.New("compliance: a page of outcomes is damaged")

// NewPage starts a page of a run's packs.
func NewPage(packs []Pack) *Page {
	p := &Page{}
	for _, k := range packs {
		for _, r := range k.rules() {
			name := k.Name()
			if r != k.ID {
				name += "/" + r
			}
			p.Rules = append(p.Rules, name)
		}
	}
	return p
}

// Len is how many enterprises the page has.
func (p *Page) Len() int { return len(p.USCCs) / usccLength }

// Add appends an enterprise with its verdicts, one for each rule; nil where it was isolated.
func (p *Page) Add(uscc string, verdicts []Verdict) error {
	if len(uscc) != usccLength || verdicts != nil && len(verdicts) != len(p.Rules) {
		return fmt.Errorf("compliance: %d verdicts do not fit a page of %d rules", len(verdicts), len(p.Rules))
	}
	p.USCCs += uscc
	if verdicts == nil {
		p.Outcomes += strings.Repeat("x", len(p.Rules))
		return nil
	}
	row, whys := make([]byte, len(p.Rules)), []rune(nil)
	for i, v := range verdicts {
		row[i] = letters[v.Outcome]
		if v.Outcome == Unknown {
			whys = append(whys, p.word(v.Reason))
		}
	}
	p.Outcomes += string(row)
	p.Whys += string(whys)
	return nil
}

func (p *Page) word(reason string) rune {
	i := slices.Index(p.Words, reason)
	switch {
	case reason == "" || i < 0 && len(p.Words) == maxWords:
		return noWord
	case i < 0:
		i = len(p.Words)
		p.Words = append(p.Words, reason)
	}
	return rune(firstWord + i)
}

// Results unpacks the page: for each enterprise a result for each rule, in their orders.
func (p *Page) Results() ([]Result, error) {
	if len(p.USCCs)%usccLength != 0 || len(p.Outcomes) != p.Len()*len(p.Rules) {
		return nil, errPage
	}
	columns := make([]Result, len(p.Rules))
	for i, name := range p.Rules {
		c := &columns[i]
		var own bool
		if c.Pack, c.Rule, own = strings.Cut(name, "/"); !own {
			c.Rule, _, _ = strings.Cut(name, "@")
		}
	}
	whys := []rune(p.Whys)
	out := make([]Result, 0, len(p.Outcomes))
	for i := range len(p.Outcomes) {
		n := i / len(p.Rules)
		r := columns[i%len(p.Rules)]
		r.USCC, r.Outcome = p.USCCs[n*usccLength:(n+1)*usccLength], Unknown
		switch p.Outcomes[i] {
		case 'p':
			r.Outcome = Pass
		case 'f':
			r.Outcome = Fail
		case 'n':
			r.Outcome = NotApplicable
		case 'x':
			r.Reason = ReasonIsolated
		default:
			if len(whys) == 0 {
				break // a page from before reasons were kept so
			}
			if at := int(whys[0] - firstWord); whys[0] != noWord {
				if at < 0 || at >= len(p.Words) {
					return nil, errPage
				}
				r.Reason = p.Words[at]
			}
			whys = whys[1:]
		}
		out = append(out, r)
	}
	return out, nil
}
