package ledger

import (
	"context"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/inquiry"
	"shixin/shared/querylog"
	"shixin/shared/records"
	"shixin/shared/workday"
)

// Policy answers what a role may do at all.
type Policy interface {
	Role(p access.Principal, action string) error
}

// View is one query as its caller and auditors see it.
type View struct {
	Caller string      `json:"caller"` // with Day the name of the chain
	Day    workday.Day `json:"day"`
	inquiry.Record
	At        string `json:"at"` // as the hash has it: UTC, with milliseconds
	Salt      string `json:"salt,omitempty"`
	Purpose   string `json:"purpose,omitempty"`
	Reference string `json:"reference,omitempty"`
}

// Filter says which queries are wanted: of the days from From to To, both included, and of one caller where it is named.
type Filter struct {
	From, To workday.Day
	Caller   string
}

// Place is where a page of an export ends.
type Place struct {
	Day    workday.Day `json:"d"`
	Caller string      `json:"c"`
	N      int64       `json:"n"` // the last record; 0 is none of the chain
	Upto   time.Time   `json:"u"` // when the export began: reading it is a query itself
}

func (p Place) chain() records.QueryChain { return records.QueryChain{Caller: p.Caller, Day: p.Day} }

// chainsAtOnce is how many chains are looked up at a time.
const chainsAtOnce = 100

// SeesAll reports whether a caller reads others' queries too.
func (l *Ledger) SeesAll(who access.Principal) bool { return l.Policy.Role(who, "query.all") == nil }

// Export answers a page of the log in the order of day, caller and number: to an auditor all, to others their own; another's, asked for by
// name, is fault.Forbidden. The next place is nil at the end.
func (l *Ledger) Export(ctx context.Context, who access.Principal, now time.Time, f Filter, from Place, limit int) ([]View, *Place, error) {
	if !l.SeesAll(who) {
		own := inquiry.Caller(who)
		if f.Caller != "" && f.Caller != own {
			return nil, nil, fault.Parameter(fault.Forbidden, "caller", "only own queries may be read: leave it out", "只能查询本人的查询记录,请省略该参数")
		}
		f.Caller = own
	}
	out := []View{}
	at := from
	if at.Upto.IsZero() {
		at.Upto = now
	}
	for {
		chains, more, err := l.chains(ctx, now, f, at)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range chains {
			if at.chain() != c {
				at.Day, at.Caller, at.N = c.Day, c.Caller, 0
			}
			if full, err := l.read(ctx, now, &at, limit, &out); full || err != nil {
				return out, &at, err
			}
		}
		if !more {
			return out, nil, nil
		}
	}
}

// read adds the records of a chain behind a place, and moves the place. It reports whether there is another record and no room for it.
func (l *Ledger) read(ctx context.Context, now time.Time, at *Place, limit int, out *[]View) (full bool, err error) {
	for n := at.N; ; {
		records, err := l.Store.Queries(ctx, now, at.chain(), n, limit+1-len(*out))
		if err != nil || len(records) == 0 {
			return false, err
		}
		for _, r := range records {
			n = r.N
			if !r.At.Before(at.Upto) {
				continue
			}
			if len(*out) == limit {
				return true, nil
			}
			v, err := l.view(ctx, at.chain(), r)
			if err != nil {
				return false, err
			}
			*out = append(*out, v)
			at.N = n
		}
	}
}

// chains is the chains to look at behind a place, that of the place included.
func (l *Ledger) chains(ctx context.Context, now time.Time, f Filter, at Place) (out []records.QueryChain, more bool, err error) {
	if f.Caller != "" {
		day := max(f.From, at.Day)
		for ; day <= f.To && len(out) < chainsAtOnce; day = day.AddDays(1) {
			out = append(out, records.QueryChain{Caller: f.Caller, Day: day})
		}
		if more = day <= f.To; more {
			return out, true, nil
		}
		return out, false, nil
	}
	after := ""
	if at.Day != "" {
		out = append(out, at.chain())
		after = at.chain().Place()
	}
	next, more, err := l.Store.QueryChains(ctx, now, f.From, f.To, after, chainsAtOnce)
	return append(out, next...), more, err
}

func (l *Ledger) view(ctx context.Context, c records.QueryChain, r inquiry.Record) (View, error) {
	v := View{Caller: c.Caller, Day: c.Day, Record: r, At: r.Moment()}
	if len(r.Sealed) == 0 {
		return v, nil
	}
	t, err := querylog.Open(ctx, l.Hash, r.ID, r.Sealed)
	if err != nil {
		return v, err
	}
	v.Sealed, v.Salt, v.Purpose, v.Reference = nil, t.Salt, t.Purpose, t.Reference
	return v, nil
}
