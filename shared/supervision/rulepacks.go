package supervision

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shixin/shared/access/policy"
	"shixin/shared/compliance"
	"shixin/shared/fault"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// maxPackBytes is how long the text of a rule pack may be: one record holds it.
const maxPackBytes = 300 << 10

// PackView is a rule pack as the API shows it.
type PackView struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Sectors  []string      `json:"sectors"`  // whose enterprises it judges; empty is all
	InForce  *int          `json:"in_force"` // the version that runs use today; null where none is
	Versions []EditionView `json:"versions"`
}

// EditionView is one version of a rule pack.
type EditionView struct {
	Version   int          `json:"version"`
	State     string       `json:"state"` // builtin, draft, published
	Sum       string       `json:"sha256"`
	From      *workday.Day `json:"from"` // the first day on which runs use it; null with a draft, and with what comes with the register
	Drafted   *ActView     `json:"drafted"`
	Trial     *string      `json:"trial"` // the newest run that tried it
	Published *ActView     `json:"published"`
}

// ActView is who did a step, as authorities see it.
type ActView struct {
	At        time.Time `json:"at"`
	Authority string    `json:"authority"`
}

func viewAct(a *compliance.Act) *ActView {
	if a == nil {
		return nil
	}
	return &ActView{At: a.At, Authority: a.Authority}
}

func viewEdition(e compliance.Edition) EditionView {
	v := EditionView{Version: e.Version, State: "builtin", Sum: e.Sum, Drafted: viewAct(e.Drafted), Published: viewAct(e.Published)}
	switch {
	case e.Draft():
		v.State = "draft"
	case e.Published != nil:
		v.State, v.From = "published", &e.From
	}
	if e.Trial != "" {
		v.Trial = &e.Trial
	}
	return v
}

func (s *Supervision) viewPack(ctx context.Context, now time.Time, h *shelf, b compliance.Book) (*PackView, error) {
	v := &PackView{Name: b.Name, Sectors: []string{}}
	for _, e := range b.Editions {
		v.Versions = append(v.Versions, viewEdition(e))
	}
	shown := b.Editions[len(b.Editions)-1]
	if e, in := b.On(now); in {
		shown, v.InForce = e, &e.Version
	}
	p, err := s.edition(ctx, now, h, shown)
	if err != nil {
		return nil, err
	}
	v.Title, v.Sectors = p.Title, append(v.Sectors, p.Sectors...)
	return v, nil
}

// etag is a book's version as callers see it: what only comes with the register is the first.
func etag(b records.Book) int { return b.Version() + 1 }

// RulePacks lists all rule packs behind a name, at most limit; more tells whether there are further ones.
func (s *Supervision) RulePacks(ctx context.Context, now time.Time, after string, limit int) (views []PackView, more bool, err error) {
	h, err := s.shelf(ctx, now)
	if err != nil {
		return nil, false, err
	}
	books := slices.Clone(h.books)
	slices.SortFunc(books, func(a, b records.Book) int { return strings.Compare(a.State.Name, b.State.Name) })
	for _, b := range books {
		if b.State.Name <= after {
			continue
		}
		if len(views) == limit {
			return views, true, nil
		}
		v, err := s.viewPack(ctx, now, h, b.State)
		if err != nil {
			return nil, false, err
		}
		views = append(views, *v)
	}
	return views, false, nil
}

// RulePack answers with one rule pack.
func (s *Supervision) RulePack(ctx context.Context, now time.Time, name string) (*Reply, error) {
	h, err := s.shelf(ctx, now)
	if err != nil {
		return nil, err
	}
	b, has := h.book(name)
	if !has {
		return nil, notFound()
	}
	v, err := s.viewPack(ctx, now, h, b.State)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: 200, Version: etag(b), Body: encode(v)}, nil
}

// PackDetail is one version with its text.
type PackDetail struct {
	EditionView
	Pack  rawJSON               `json:"pack"`  // as it is written
	Rules []compliance.RuleText `json:"rules"` // as people read it
}

// rawJSON is a document within a document.
type rawJSON []byte

// MarshalJSON is the document itself.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// PackVersion answers with one version of a rule pack.
func (s *Supervision) PackVersion(ctx context.Context, now time.Time, name string, version int) (*PackDetail, error) {
	h, _, e, err := s.find(ctx, now, name, version)
	if err != nil {
		return nil, err
	}
	p, err := s.edition(ctx, now, h, e)
	if err != nil {
		return nil, err
	}
	return &PackDetail{EditionView: viewEdition(e), Pack: p.Text, Rules: p.Texts}, nil
}

// find reads one version of a rule pack.
func (s *Supervision) find(ctx context.Context, now time.Time, name string, version int) (*shelf, records.Book, compliance.Edition, error) {
	h, err := s.shelf(ctx, now)
	if err != nil {
		return nil, records.Book{}, compliance.Edition{}, err
	}
	b, _ := h.book(name)
	e, has := b.State.Edition(version)
	if !has {
		err = notFound()
	}
	return h, b, e, err
}

// permitted is find for a version that the caller may do something with, and its text.
func (s *Supervision) permitted(ctx context.Context, call Call, action, name string, version int) (records.Book, compliance.Edition, *compliance.PackText, error) {
	h, b, e, err := s.find(ctx, call.Now, name, version)
	if err != nil {
		return b, e, nil, err
	}
	p, err := s.edition(ctx, call.Now, h, e)
	if err != nil {
		return b, e, nil, err
	}
	return b, e, p, s.Policy.Allow(call.Who, action, packResource(p.Sectors))
}

// packResource is a rule pack as policy sees it: one without sectors is for all of them.
func packResource(of []string) policy.Resource {
	if len(of) == 0 {
		of = sectors
	}
	return policy.Resource{Kind: policy.RulePack, Sectors: of}
}

func actOf(call Call) compliance.Act {
	return compliance.Act{At: call.Now.UTC(), By: call.Who.Account, Person: call.Who.Person, Authority: call.Who.Authority}
}

// Draft adds a version to a rule pack, or makes a new pack. Everything that is wrong with it is named at once.
func (s *Supervision) Draft(ctx context.Context, call Call, name string, text []byte) (*Reply, error) {
	l, err := s.Indicators()
	if err != nil {
		return nil, err
	}
	switch name {
	case compliance.RuleListed:
		return nil, fault.New(fault.Conflict, "the pack of the rule listed is not drafted: what it says is the list's", "名单规则包不得另行起草")
	case compliance.RuleReportLate:
		return nil, fault.New(fault.Conflict, "the pack of the rule report-late is not drafted: one for every sector that has the rule stands in its place",
			"按期报送规则包不得另行起草:载有该规则的各行业共同规则包优先适用")
	}
	if text, err = s.Rules.Number(text, name, 1); err != nil {
		return nil, err
	}
	if err := s.Rules.Check(text, l); err != nil {
		return nil, err
	}
	parsed, err := s.Rules.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := builtins(parsed.Texts); err != nil {
		return nil, err
	}
	if err := s.Policy.Allow(call.Who, "rulepack.draft", packResource(parsed.Sectors)); err != nil {
		return nil, err
	}
	return s.kept().Once(ctx, call, func() (*Reply, error) {
		h, err := s.shelf(ctx, call.Now)
		if err != nil {
			return nil, err
		}
		b, _ := h.book(name)
		if call.IfMatch != nil && !call.Matches(etag(b)) {
			return nil, stale()
		}
		next := 1
		if n := len(b.State.Editions); n > 0 {
			next = b.State.Editions[n-1].Version + 1
		}
		numbered, err := s.Rules.Number(text, name, next)
		if err != nil {
			return nil, err
		}
		if len(numbered) > maxPackBytes {
			return nil, fault.New(fault.TooLarge, "the rule pack is larger than one record holds; split it", "规则包超出单条记录容量,请拆分")
		}
		after, e := b.State.Draft(sumOf(numbered), actOf(call))
		batch := &records.Batch{}
		batch.PutBook(b, after)
		batch.PutWork(packItem(name, e, parsed.Sectors), false)
		batch.PutPinned(e.Sum, numbered)
		reply := &Reply{Status: 201, Version: etag(b) + 1, Body: encode(struct {
			ID   string `json:"id"`
			N    int    `json:"n"`
			Name string `json:"name"`
			EditionView
		}{fmt.Sprintf("%s-%d", name, e.Version), e.Version, name, viewEdition(e)})}
		if err := s.kept().Keep(ctx, call, reply, batch); err != nil {
			return nil, err
		}
		return reply, s.Store.Commit(ctx, call.Now, batch)
	})
}

// builtins refuses rules that pass themselves off as built-in ones: by their names, findings weigh and wait.
func builtins(rules []compliance.RuleText) error {
	const builtin = "builtin: "
	var w fault.Wrong
	for i, r := range rules {
		late := r.Written == builtin+compliance.RuleReportLate
		switch {
		case r.Written == builtin+compliance.RuleListed:
			w.Add(fmt.Sprintf("/rules/%d/builtin", i), "stands in a pack of its own, which runs apply to everybody", "名单规则自成一个规则包,适用于全部企业")
		case r.ID == compliance.RuleListed:
			w.Add(fmt.Sprintf("/rules/%d/id", i), "is the name of the built-in rule about the list; choose another", "为名单内置规则的名称,请另行命名")
		case late && r.ID != compliance.RuleReportLate:
			w.Add(fmt.Sprintf("/rules/%d/id", i), "must be report-late, as the built-in rule is called", "须为内置规则的名称 report-late")
		case !late && r.ID == compliance.RuleReportLate:
			w.Add(fmt.Sprintf("/rules/%d/id", i), "is the name of the built-in rule about late figures: write builtin: report-late, or choose another",
				"为按期报送内置规则的名称:请写 builtin: report-late,或者另行命名")
		}
	}
	if w.Any() {
		return w.Fault()
	}
	return nil
}

// Issue is the body of POST .../publication.
type Issue struct {
	From    string `json:"from"`
	Reasons string `json:"reasons"`
}

// Publish puts a version that was tried in force from a day on. Who drafted it does not.
func (s *Supervision) Publish(ctx context.Context, call Call, name string, version int, in Issue) (*Reply, error) {
	var w fault.Wrong
	from, err := workday.ParseDay(in.From)
	if err != nil {
		w.Add("/from", "must be a day YYYY-MM-DD: the first on which runs use the version", "须为 YYYY-MM-DD:启用该版本的首日")
	}
	w.Err("/reasons", subject.CheckText(in.Reasons, 5000))
	if w.Any() {
		return nil, w.Fault()
	}
	return s.kept().Once(ctx, call, func() (*Reply, error) {
		b, e, p, err := s.permitted(ctx, call, "rulepack.publication", name, version)
		if err != nil {
			return nil, err
		}
		if !call.Matches(etag(b)) {
			return nil, stale()
		}
		tried, err := s.tried(ctx, call.Now, e)
		if err != nil {
			return nil, err
		}
		reasons, err := s.Seal.Seal(ctx, []byte(in.Reasons), []byte("rulepack "+name))
		if err != nil {
			return nil, err
		}
		after, err := b.State.Publish(version, tried, from, actOf(call), reasons)
		if err != nil {
			return nil, err
		}
		published, _ := after.Edition(version)
		batch := &records.Batch{}
		batch.PutBook(b, after)
		batch.PutWork(packItem(name, published, p.Sectors), true)
		reply := &Reply{Status: 200, Version: etag(b) + 1, Body: encode(viewEdition(published))}
		if err := s.kept().Keep(ctx, call, reply, batch); err != nil {
			return nil, err
		}
		return reply, s.Store.Commit(ctx, call.Now, batch)
	})
}

// tried reports whether a run that tried the version is closed.
func (s *Supervision) tried(ctx context.Context, now time.Time, e compliance.Edition) (bool, error) {
	if e.Trial == "" {
		return false, nil
	}
	run, found, err := s.Store.Run(ctx, now, e.Trial)
	return found && run.State.State == compliance.Closed, err
}

// errNotTried is that a version has no trial.
var errNotTried = fault.New(fault.NotFound, "the version was not tried", "该版本尚未试运行")
