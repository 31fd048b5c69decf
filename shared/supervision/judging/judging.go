// Package judging provides the language of rule packs to supervision: their texts, what is wrong with them, and the judgment by them.
package judging

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"shixin/infra/rulepacks"
	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/peers"
	"shixin/shared/compliance/rules"
	"shixin/shared/fault"
	"shixin/shared/regime"
	"shixin/shared/supervision"
)

// Book is the rulebook of the packs that come with the register and of those that are drafted. It keeps what it has compiled.
type Book struct {
	mu       sync.Mutex
	programs map[compiled]*rules.Program
	opened   opened
}

// opened is the distributions of the run that was worked on last.
type opened struct {
	library *indicator.Library
	stored  []byte
	peers   *peers.Distribution
}

// compiled names a program: the same text is another program under other indicators.
type compiled struct{ text, indicators string }

// maxPrograms bounds what is kept.
const maxPrograms = 100

// New makes a rulebook.
func New() *Book { return &Book{programs: map[compiled]*rules.Program{}} }

var builtin = sync.OnceValues(func() ([]compliance.PackText, error) {
	packs, err := rulepacks.Load()
	if err != nil {
		return nil, err
	}
	own := []rules.Pack{rules.ListedPack()}
	for _, p := range packs {
		for _, r := range p.Rules {
			if r.Builtin == rules.ReportLate && len(p.Sectors) == 0 {
				own = append(own, rules.ReportLatePack(r))
			}
		}
	}
	all := []compliance.PackText{}
	for _, p := range append(own, packs...) {
		text, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		all = append(all, describe(p, text))
	}
	return all, nil
})

// Builtin lists the packs that come with the register.
func (b *Book) Builtin() ([]compliance.PackText, error) { return builtin() }

// Parse reads the text of a pack.
func (b *Book) Parse(text []byte) (*compliance.PackText, error) {
	p, err := read(text)
	if err != nil {
		return nil, err
	}
	d := describe(p, text)
	return &d, nil
}

func read(text []byte) (rules.Pack, error) {
	var p rules.Pack
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("judging: a rule pack: %w", err)
	}
	return p, nil
}

// Number gives a text the name and number of a version.
func (b *Book) Number(text []byte, name string, version int) ([]byte, error) {
	p, err := read(text)
	if err != nil {
		return nil, err
	}
	if p.Name != "" && p.Name != name {
		return nil, fault.At("/name", "must be the name in the path, or be left out", "须与路径中的名称一致,或者省略")
	}
	p.Name, p.Version = name, strconv.Itoa(version)
	return json.Marshal(p)
}

// Check says what is wrong with a pack.
func (b *Book) Check(text []byte, l *indicator.Library) error {
	_, err := b.program(text, l)
	if m, ok := errors.AsType[rules.Mistakes](err); ok {
		return m.Fault()
	}
	return err
}

// program compiles a text, once.
func (b *Book) program(text []byte, l *indicator.Library) (*rules.Program, error) {
	key := compiled{string(text), l.Version}
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.programs[key]; p != nil {
		return p, nil
	}
	pack, err := read(text)
	if err != nil {
		return nil, err
	}
	p, err := rules.Compile(pack, l)
	if err != nil {
		return nil, err
	}
	if len(b.programs) >= maxPrograms {
		clear(b.programs)
	}
	b.programs[key] = p
	return p, nil
}

// Bench makes a judge of what a run has pinned. Distributions that cannot be read leave peers unknown.
func (b *Book) Bench(m supervision.Material) (supervision.Bench, error) {
	in := rules.Inputs{At: m.At, Library: m.Indicators, List: m.List}
	for _, text := range m.Packs {
		p, err := b.program(text, m.Indicators)
		if err != nil {
			return nil, err
		}
		in.Programs = append(in.Programs, p)
	}
	var err error
	if in.Peers, err = b.peers(m.Indicators, m.Peers); err != nil {
		return nil, err
	}
	judge, err := rules.NewJudge(in)
	if err != nil {
		return nil, err
	}
	out := &bench{judge: judge, in: in}
	for _, p := range in.Programs {
		for _, r := range p.Pack.Rules {
			severity := string(r.Severity)
			if r.Builtin == rules.Listed {
				severity = ""
			}
			out.severities = append(out.severities, severity)
		}
	}
	return out, nil
}

// peers opens distributions, those of one run once; nil where there are none.
func (b *Book) peers(l *indicator.Library, stored []byte) (*peers.Distribution, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if o := b.opened; o.library == l && len(o.stored) == len(stored) && &o.stored[0] == &stored[0] {
		return o.peers, nil
	}
	d, err := peers.Open(l, stored)
	if err == nil {
		b.opened = opened{l, stored, d}
	}
	return d, err
}

type bench struct {
	judge *rules.Judge
	in    rules.Inputs
	past  []rules.Past
	// severities is that of each rule, in the order of the verdicts; empty with the rule listed.
	severities []string
}

// Due is by when figures are in.
func (b *bench) Due() indicator.Due { return b.in.Library.Due }

// Judge judges by the findings that an enterprise had before the run.
func (b *bench) Judge(e compliance.Enterprise, figures []byte, before []compliance.Finding) []compliance.Verdict {
	b.past = b.past[:0]
	for _, f := range before {
		if p, was := rules.PastOf(f, b.in.At); was {
			b.past = append(b.past, p)
		}
	}
	verdicts := b.judge.Judge(nil, rules.Facts{Enterprise: e, Figures: figures, Findings: b.past})
	for i := range verdicts {
		verdicts[i].Severity = b.severities[i]
	}
	return verdicts
}

// Again judges by the findings that a verdict's inputs remember.
func (b *bench) Again(e compliance.Enterprise, figures []byte, inputs []compliance.Input) []compliance.Verdict {
	past, _ := rules.PastFrom(inputs)
	return b.judge.Judge(nil, rules.Facts{Enterprise: e, Figures: figures, Findings: past})
}

// describe is a pack as people read it.
func describe(p rules.Pack, text []byte) compliance.PackText {
	out := compliance.PackText{Title: both(p.Title), Text: text}
	out.Pack = compliance.Pack{ID: p.Name, Version: p.Version, Sectors: p.Sectors}
	for _, r := range p.Rules {
		out.Rules = append(out.Rules, r.ID)
		t := compliance.RuleText{ID: r.ID, Title: both(r.Title), Written: written(r), Severity: string(r.Severity), Cure: both(r.Cure), Basis: []string{r.Source.Cite}}
		if r.Deadline != nil {
			t.Deadline = &compliance.Deadline{WorkingDays: r.Deadline.WorkingDays, SetBy: string(r.Deadline.SetBy)}
		}
		out.Texts = append(out.Texts, t)
	}
	if len(out.Rules) == 1 && out.Rules[0] == p.Name {
		out.Rules = nil
	}
	return out
}

func both(t regime.Text) string { return fault.Both(t.En, t.Zh) }

// written is a rule as it is written, in one text.
func written(r rules.Rule) string {
	switch {
	case r.Builtin != "":
		return "builtin: " + r.Builtin
	case r.When != "":
		return "when: " + r.When + "\nfails: " + r.Fails
	}
	return "fails: " + r.Fails
}
