package supervision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/records"
)

// Rulebook is the language of rule packs (shared/supervision/judging). Functions that judge nothing have none, and do not link it.
type Rulebook interface {
	// Builtin lists the packs that come with the register, by name and version.
	Builtin() ([]compliance.PackText, error)
	// Parse reads the text of a pack, whatever indicators it asks for.
	Parse(text []byte) (*compliance.PackText, error)
	// Number gives a text the name and number of a version; fault.Invalid where it has another name.
	Number(text []byte, name string, version int) ([]byte, error)
	// Check says what is wrong with a pack of these indicators: a fault.Invalid that names each mistake with line and column.
	Check(text []byte, l *indicator.Library) error
	// Bench makes a judge of what a run has pinned. It is not safe for concurrent use.
	Bench(m Material) (Bench, error)
}

// Material is what a run has pinned for its judgments.
type Material struct {
	At         time.Time
	Indicators *indicator.Library
	Packs      [][]byte         // their texts, in the run's order
	List       *compliance.List // nil where its snapshot cannot be read
	Peers      []byte           // the distributions of its first pass; nil where there are none
}

// Bench judges one enterprise after another.
type Bench interface {
	// Due is by when figures are in.
	Due() indicator.Due
	// Judge says what each rule of each pack says about an enterprise, in their orders, from its packed figures and its findings as they
	// were before the run.
	Judge(e compliance.Enterprise, figures []byte, before []compliance.Finding) []compliance.Verdict
	// Again is Judge with the findings that a verdict's inputs remember.
	Again(e compliance.Enterprise, figures []byte, inputs []compliance.Input) []compliance.Verdict
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// pinnedTexts keeps the texts that a process has read: they never change.
type pinnedTexts struct {
	mu        sync.Mutex
	texts     map[string][]byte
	libraries map[string]*indicator.Library
}

const maxTexts = 200

// text reads a pinned text by its sum.
func (s *Supervision) text(ctx context.Context, now time.Time, sum string) ([]byte, error) {
	s.pinned.mu.Lock()
	text := s.pinned.texts[sum]
	s.pinned.mu.Unlock()
	if text != nil {
		return text, nil
	}
	text, err := s.Store.Pinned(ctx, now, sum)
	if err != nil {
		return nil, err
	}
	if sumOf(text) != sum {
		return nil, fmt.Errorf("%w: the text %s of a run's pins", records.ErrDamaged, sum)
	}
	s.pinned.mu.Lock()
	defer s.pinned.mu.Unlock()
	if s.pinned.texts == nil || len(s.pinned.texts) >= maxTexts {
		s.pinned.texts = map[string][]byte{}
	}
	s.pinned.texts[sum] = text
	return text, nil
}

// keep keeps a text for whoever judges again, unless it is kept already.
func (s *Supervision) keep(ctx context.Context, now time.Time, sum string, text []byte) error {
	if _, err := s.text(ctx, now, sum); !errors.Is(err, records.ErrDamaged) {
		return err
	}
	b := &records.Batch{}
	b.PutPinned(sum, text)
	return s.Store.Commit(ctx, now, b)
}

// keptLibrary is the text of a library: its definitions with their codes, which the API does not show.
type keptLibrary struct {
	Version     string           `json:"version"`
	Due         indicator.Due    `json:"due"`
	Definitions []keptDefinition `json:"definitions"`
}

type keptDefinition struct {
	Code int `json:"code"`
	indicator.Definition
}

func libraryText(l *indicator.Library) []byte {
	k := keptLibrary{Version: l.Version, Due: l.Due}
	for _, d := range l.All() {
		k.Definitions = append(k.Definitions, keptDefinition{d.Code, d})
	}
	return encode(k)
}

// library is the indicators that a run has pinned.
func (s *Supervision) library(ctx context.Context, now time.Time, sum string) (*indicator.Library, error) {
	s.pinned.mu.Lock()
	l := s.pinned.libraries[sum]
	s.pinned.mu.Unlock()
	if l != nil {
		return l, nil
	}
	text, err := s.text(ctx, now, sum)
	if err != nil {
		return nil, err
	}
	var k keptLibrary
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("%w: the indicators of a run's pins: %w", records.ErrDamaged, err)
	}
	definitions := make([]indicator.Definition, len(k.Definitions))
	for i, d := range k.Definitions {
		definitions[i] = d.Definition
		definitions[i].Code = d.Code
	}
	if l, err = indicator.NewLibrary(k.Version, k.Due, definitions); err != nil {
		return nil, fmt.Errorf("%w: the indicators of a run's pins: %w", records.ErrDamaged, err)
	}
	s.pinned.mu.Lock()
	defer s.pinned.mu.Unlock()
	if s.pinned.libraries == nil {
		s.pinned.libraries = map[string]*indicator.Library{}
	}
	s.pinned.libraries[sum] = l
	return l, nil
}

// shelf is all rule packs: what comes with the register, and what was drafted.
type shelf struct {
	books []records.Book // by name
	texts map[string]compliance.PackText
}

// shelf reads all rule packs.
func (s *Supervision) shelf(ctx context.Context, now time.Time) (*shelf, error) {
	stored, err := s.Store.Books(ctx, now)
	if err != nil {
		return nil, err
	}
	builtin, err := s.Rules.Builtin()
	if err != nil {
		return nil, err
	}
	out := &shelf{texts: map[string]compliance.PackText{}}
	editions := map[string][]compliance.Edition{}
	var names []string
	for _, p := range builtin {
		sum := sumOf(p.Text)
		out.texts[sum] = p
		n, err := versionOf(p.Version)
		if err != nil {
			return nil, err
		}
		if editions[p.ID] == nil {
			names = append(names, p.ID)
		}
		editions[p.ID] = append(editions[p.ID], compliance.Edition{Version: n, Sum: sum})
	}
	books := map[string]records.Book{}
	for _, b := range stored {
		if _, has := editions[b.State.Name]; !has {
			names = append(names, b.State.Name)
		}
		books[b.State.Name] = b
	}
	slices.Sort(names)
	if i := slices.Index(names, compliance.RuleListed); i > 0 { // the list comes first
		names = slices.Insert(slices.Delete(names, i, i+1), 0, compliance.RuleListed)
	}
	for _, name := range names {
		b := books[name]
		b.State.Name = name
		b.State = b.State.Join(editions[name])
		out.books = append(out.books, b)
	}
	return out, nil
}

func versionOf(version string) (n int, err error) {
	if _, err = fmt.Sscanf(version, "%d", &n); err != nil || n < 1 {
		return 0, fmt.Errorf("supervision: a rule pack has the version %q", version)
	}
	return n, nil
}

// book finds the versions of a pack; false where there is none.
func (h *shelf) book(name string) (records.Book, bool) {
	i := slices.IndexFunc(h.books, func(b records.Book) bool { return b.State.Name == name })
	if i < 0 {
		return records.Book{State: compliance.Book{Name: name}}, false
	}
	return h.books[i], true
}

// edition is one version of a pack as it is written.
func (s *Supervision) edition(ctx context.Context, now time.Time, h *shelf, e compliance.Edition) (*compliance.PackText, error) {
	if p, has := h.texts[e.Sum]; has {
		return &p, nil
	}
	return s.packText(ctx, now, e.Sum)
}

// packText reads a pinned pack as it is written.
func (s *Supervision) packText(ctx context.Context, now time.Time, sum string) (*compliance.PackText, error) {
	text, err := s.text(ctx, now, sum)
	if err != nil {
		return nil, err
	}
	p, err := s.Rules.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: the rule pack %s: %w", records.ErrDamaged, sum, err)
	}
	return p, nil
}

// named is a pack by its name, or one of its versions by name@version, as orders name them.
type named struct {
	name    string
	version int // 0 is that in force
}

// parseNamed reads name or name@version.
func parseNamed(s string) (named, bool) {
	name, version, has := strings.Cut(s, "@")
	n := named{name: name}
	if has {
		var err error
		if n.version, err = strconv.Atoi(version); err != nil || n.version < 1 || strconv.Itoa(n.version) != version {
			return n, false
		}
	}
	return n, name != ""
}

// find is the version that an order means at a moment; false where there is none that can be run.
func (h *shelf) find(n named, at time.Time) (compliance.Edition, bool) {
	b, has := h.book(n.name)
	if !has {
		return compliance.Edition{}, false
	}
	if n.version == 0 {
		return b.State.On(at)
	}
	e, has := b.State.Edition(n.version)
	return e, has && !e.Draft()
}
