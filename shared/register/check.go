package register

import (
	"context"
	"errors"
	"fmt"

	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// mostText is the limit of every free text, in characters: facts, reasons, statements, grounds.
const mostText = subject.MaxFactsChars

// wrong collects the wrong fields of a listing's texts.
type wrong struct{ fault.Wrong }

// text checks a free text of at most a number of characters.
func (w *wrong) text(pointer, text string, most int) { w.Err(pointer, subject.CheckText(text, most)) }

func (w *wrong) basis(basis []string) {
	for i, b := range basis {
		w.text(fmt.Sprintf("/legal_basis/%d", i), b, 1000)
	}
}

func (w *wrong) evidence(pointer string, evidence []Evidence) {
	for i, e := range evidence {
		w.text(fmt.Sprintf("%s/%d/title", pointer, i), e.Title, 300)
	}
}

func (w *wrong) receipt(e *Evidence) {
	if e != nil {
		w.text("/receipt/title", e.Title, 300)
	}
}

func (w *wrong) nameList(at string, names []Name) {
	if len(names) < 1 || len(names) > subject.MaxNames {
		w.Add(at, fmt.Sprintf("1 to %d names", subject.MaxNames), "名称应为 1 至 200 个")
	}
	for i, n := range names {
		w.Err(fmt.Sprintf("%s/%d/text", at, i), subject.CheckName(n.Text))
		if n.Lang != "" {
			w.Err(fmt.Sprintf("%s/%d/lang", at, i), subject.CheckLang(n.Lang))
		}
	}
}

// identifiers reads identifiers to their normal forms; those that cannot be read are named.
func (w *wrong) identifiers(at string, in []Identifier) []subject.Identifier {
	if len(in) < 1 || len(in) > subject.MaxIdentifiers {
		w.Add(at, fmt.Sprintf("1 to %d identifiers", subject.MaxIdentifiers), "标识应为 1 至 20 个")
		return nil
	}
	ids := make([]subject.Identifier, 0, len(in))
	for i, raw := range in {
		pointer := fmt.Sprintf("%s/%d", at, i)
		id, err := subject.Parse(raw.Scheme, raw.Value)
		if _, unknown := errors.AsType[*subject.UnknownScheme](err); unknown {
			w.Err(pointer+"/scheme", err)
			continue
		}
		if err != nil {
			w.Err(pointer+"/value", err)
			continue
		}
		id.From, id.To = raw.From, raw.To
		ids = append(ids, id)
	}
	return ids
}

func (w *wrong) change(c *Change) {
	if c == nil {
		return
	}
	if c.Names != nil {
		w.nameList("/change/names", c.Names)
	}
	if c.Identifiers != nil {
		w.identifiers("/change/identifiers", c.Identifiers)
	}
}

// proposal checks everything in a row that needs neither the law nor the record.
func (w *wrong) proposal(row Row, today workday.Day) {
	w.text("/facts", row.Facts, mostText)
	w.basis(row.LegalBasis)
	w.evidence("/evidence", row.Evidence)
	if cv := row.Conviction; cv != nil {
		w.text("/conviction/document", cv.Document, 300)
	}
	s := row.Subject
	w.nameList("/subject/names", s.Names)
	ids := w.identifiers("/subject/identifiers", s.Identifiers)
	w.birth(s, ids, today)
	if d := row.Decided; d != nil {
		w.text("/decided/document", d.Document, 300)
		if d.Authority != "" {
			w.text("/decided/authority", d.Authority, 100)
		}
	} else if len(row.Evidence) == 0 {
		w.Add("/evidence", "at least one document, by title and SHA-256", "至少一份证据材料")
	}
}

// birth checks a stated birth against those that identifiers state.
func (w *wrong) birth(s Subject, ids []subject.Identifier, today workday.Day) {
	switch {
	case s.Birth == "":
	case s.Kind != string(subject.Person):
		w.Add("/subject/birth", "only a person has a birth", "仅自然人可填写出生日期")
	case s.Birth > today:
		w.Add("/subject/birth", "must not be in the future", "不得晚于今日")
	}
	for i, id := range ids {
		b := id.Birth()
		if b > today {
			w.Add(fmt.Sprintf("/subject/identifiers/%d/value", i), "the day of birth in it is in the future", "其中的出生日期晚于今日")
		}
		if b != "" && s.Birth != "" && b != s.Birth {
			w.Add("/subject/birth", "contradicts the cn-id", "与居民身份证号不符")
		}
	}
}

// content turns a checked proposal into what the procedure takes: identifiers hashed, texts kept in the vault.
func (r *Register) content(ctx context.Context, p Proposal, v *vault) (listing.Content, error) {
	var w wrong
	s, err := r.subject(ctx, p.Subject, "/subject", v, &w)
	if err == nil {
		err = w.Fault()
	}
	c := listing.Content{Subject: s, Facts: v.put(p.Facts), LegalBasis: v.texts(p.LegalBasis), Evidence: v.evidence(p.Evidence)}
	if p.Conviction != nil {
		c.Conviction = v.conviction(p.Conviction)
	}
	return c, err
}

// subject keeps a subject. Its birth is the one that a cn-id states, or the one given.
func (r *Register) subject(ctx context.Context, s Subject, at string, v *vault, w *wrong) (listing.Subject, error) {
	kind := subject.Kind(s.Kind)
	refs, birth, err := r.refs(ctx, s.Identifiers, kind, at+"/identifiers", v, w)
	if birth == "" {
		birth = s.Birth
	}
	return listing.NewSubject(kind, v.names(s.Names, kind), refs, birth, v.put(string(birth))), err
}

// refs hashes identifiers, and tells the birth that a cn-id among them states.
func (r *Register) refs(ctx context.Context, in []Identifier, kind subject.Kind, at string, v *vault, w *wrong) ([]subject.Ref, workday.Day, error) {
	var refs []subject.Ref
	var birth workday.Day
	for i, id := range w.identifiers(at, in) {
		if !id.Scheme.Fits(kind) {
			w.Add(fmt.Sprintf("%s/%d/scheme", at, i), fmt.Sprintf("%s does not identify a subject of kind %s", id.Scheme, kind), "该标识类型不适用于此类主体")
			continue
		}
		if b := id.Birth(); b != "" {
			birth = b
		}
		ref, err := v.ref(ctx, r.Hash, id)
		if err != nil {
			return nil, "", err
		}
		refs = append(refs, ref)
	}
	return refs, birth, nil
}
