package watching

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/subject"
	"shixin/shared/watching/side"
)

// Input is one counterparty as its owner writes it: a name, identifiers or both, and the owner's own id for it. Operators say for personal
// identifiers for what Purpose they watch, and under which Reference of their own.
type Input struct {
	ID          string       `json:"id,omitempty"`
	Name        string       `json:"name,omitempty"`
	Kind        subject.Kind `json:"kind,omitempty"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
	Purpose     string       `json:"purpose,omitempty"`
	Reference   string       `json:"reference,omitempty"`
}

// Identifier is one identifier as callers write it.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// Row is one row of a body: a counterparty, or what is wrong with the line.
type Row struct {
	Line  int
	Input Input
	Err   error
}

// entry is one counterparty as it is kept, sealed.
type entry struct {
	Key  string        `json:"key"`          // the same as long as the counterparty is
	ID   string        `json:"id,omitempty"` // the owner's own
	Name string        `json:"name,omitempty"`
	Kind subject.Kind  `json:"kind,omitempty"`
	Refs []subject.Ref `json:"refs,omitempty"`
	Side string        `json:"side"` // hash of whom it means: name and identifiers
}

// The limits of a watch list.
const (
	MaxEntries     = 100_000
	MaxRows        = 20_000 // in one call
	MaxParts       = 100
	MaxLists       = 50 // of one owner
	maxIdentifiers = 20
	maxText        = 300 // bytes of purpose and reference
)

// read checks one row and makes the entry that is kept. A refusal is a fault of kind fault.Invalid.
func (w *Watching) read(ctx context.Context, who access.Principal, now time.Time, list string, in Input) (entry, error) {
	e := entry{ID: in.ID, Name: strings.TrimSpace(in.Name), Kind: in.Kind}
	switch {
	case in.ID != "" && !isID(in.ID):
		return e, fault.At("/id", "must be an id of at most 40 letters, digits, _ and -", "须为最多 40 位的标识(字母、数字、_、-)")
	case e.Name == "" && len(in.Identifiers) == 0:
		return e, fault.At("/name", "give a name, an identifier or both", "名称与标识至少填写一项")
	case e.Kind != "" && e.Kind != subject.Organization && e.Kind != subject.Person:
		return e, fault.At("/kind", "must be organization or person", "须为 organization 或 person")
	case len(in.Identifiers) > maxIdentifiers:
		return e, fault.At("/identifiers", "at most 20 identifiers", "最多 20 个标识")
	case len(in.Purpose) > maxText:
		return e, fault.At("/purpose", "at most 300 bytes", "过长")
	case len(in.Reference) > maxText:
		return e, fault.At("/reference", "at most 300 bytes", "过长")
	}
	if e.Name != "" {
		if err := subject.CheckName(e.Name); err != nil {
			return e, fault.Fields(fault.Field{Pointer: "/name", Detail: err.Error()})
		}
	}
	for i, raw := range in.Identifiers {
		ref, err := w.ref(ctx, who, in, i, raw)
		if err != nil {
			return e, err
		}
		if !slices.ContainsFunc(e.Refs, func(r subject.Ref) bool { return r.ID() == ref.ID() }) {
			e.Refs = append(e.Refs, ref)
		}
	}
	if e.Kind == subject.Person && len(e.Refs) == 0 && !w.seesAll(who.Role) {
		// It would never be told, and the silence would look like an answer.
		return e, fault.At("/kind", "persons are watched by name for operators, authorities and the auditor only", "仅经营机构、主管部门和审计人员可按姓名关注个人")
	}
	var err error
	if e.Side, err = side.Of(ctx, w.Hash, e.Name, e.Refs); err != nil {
		return e, err
	}
	means := string(e.Kind) + " " + e.Side
	if e.ID != "" {
		means = "id " + e.ID
	}
	e.Key, err = side.Keyed(ctx, w.Hash, "entry", owner(who), list, means)
	return e, err
}

// ref reads one identifier of a row, where this caller may watch it.
func (w *Watching) ref(ctx context.Context, who access.Principal, in Input, i int, raw Identifier) (subject.Ref, error) {
	at := "/identifiers/" + strconv.Itoa(i) + "/value"
	id, err := subject.Parse(raw.Scheme, raw.Value)
	if err != nil {
		return subject.Ref{}, fault.Fields(fault.Field{Pointer: at, Detail: err.Error()})
	}
	if id.Scheme.Public() {
		return id.Ref(""), nil
	}
	hash, err := w.Hash.Hash(ctx, id.Normal())
	if err != nil {
		return subject.Ref{}, err
	}
	ref := id.Ref(hash)
	own := who.Role == access.Person && ref.Scheme == subject.CNID && who.Subject != "" && ref.Key == who.Subject
	switch {
	case own:
	case w.Policy.Role(who, "status.personal") != nil:
		return subject.Ref{}, fault.At(at, "this caller may not watch personal identifiers", "无权关注个人标识")
	case who.Role == access.Operator && (strings.TrimSpace(in.Purpose) == "" || strings.TrimSpace(in.Reference) == ""):
		return subject.Ref{}, fault.At(at, "operators state purpose and reference to watch personal identifiers", "关注个人标识须说明 purpose 与 reference")
	}
	return ref, nil
}

// isID reports whether s is an id of the contract.
func isID(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// masked is the identifiers of an entry as they are shown: personal ones masked.
func (e *entry) masked() []Identifier {
	out := []Identifier{}
	for _, r := range e.Refs {
		out = append(out, Identifier{Scheme: string(r.Scheme), Value: r.Shown})
	}
	return out
}

// organizations is the codes of the organisations among references.
func organizations(refs []subject.Ref) (out []string) {
	for _, r := range refs {
		if r.Scheme == subject.USCC {
			out = append(out, r.Key)
		}
	}
	return slices.Compact(out)
}
