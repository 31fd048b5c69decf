package screening

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Card is a listing as search sees it: what may be shown of it, and what a query is compared with besides the names.
type Card struct {
	Listing   string         `json:"l"`
	Regime    string         `json:"r"`
	Kind      subject.Kind   `json:"k"`
	Names     []subject.Name `json:"n"` // in clear: a card lies only under a seal
	Refs      []subject.Ref  `json:"i"`
	BirthYear int            `json:"b,omitempty"` // 0 where it is not known
	Until     workday.Day    `json:"u,omitempty"` // last day of the term, with those of the subject's other listings
	Published bool           `json:"p,omitempty"`
	Withheld  workday.Day    `json:"w,omitempty"` // last day on which publication is stayed
	Damaged   bool           `json:"d,omitempty"` // its names cannot be read: it is met by its identifiers, and no name is clear of it
}

// reference is the regime whose listings mirror what others have published, persons included.
const reference = "reference"

// inForce reports whether the listing stands on a day.
func (c *Card) inForce(on workday.Day) bool { return c.Until == "" || on <= c.Until }

// public reports whether anyone may find the listing on a day.
func (c *Card) public(on workday.Day) bool {
	return c.Published && (c.Withheld == "" || c.Withheld < on) && (c.Kind == subject.Organization || c.Regime == reference)
}

// region is where an organisation is registered: digits 3 to 8 of its unified social credit code (GB 32100-2015) are a division of
// GB/T 2260. It is empty where that is not known.
func (c *Card) region() string {
	for _, r := range c.Refs {
		if r.Scheme == subject.USCC && len(r.Key) == 18 {
			return r.Key[2:8]
		}
	}
	return ""
}

// shown is the identifiers that are public.
func (c *Card) shown() []Identifier {
	out := []Identifier{}
	for _, r := range c.Refs {
		if r.Scheme.Public() {
			out = append(out, Identifier{Scheme: string(r.Scheme), Value: r.Key})
		}
	}
	return out
}

// cards reads listings as they stand now, at most 500; nil is one that is not in force any more. capped names those whose term adds up
// with that of other listings of the subject.
func (s *Screening) cards(ctx context.Context, now time.Time, ids []string, capped map[string]bool) (map[string]*Card, error) {
	out := make(map[string]*Card, len(ids))
	for _, id := range ids {
		out[id] = nil
	}
	stored, err := s.Store.Listings(ctx, now, ids)
	if err != nil {
		return nil, err
	}
	for _, l := range stored {
		if l.State.State != listing.Listed {
			continue
		}
		card, err := s.card(ctx, l)
		if err != nil {
			return nil, err
		}
		out[card.Listing] = card
	}
	return out, s.accrue(ctx, now, out, capped)
}

func (s *Screening) card(ctx context.Context, l records.Listing) (*Card, error) {
	known, err := register.Clear(ctx, s.Seal, l)
	lost := errors.Is(err, register.ErrDamaged)
	if lost {
		s.log().ErrorContext(ctx, "the names of a listing cannot be read; no name is clear of it", "alarm", "damaged", "listing", l.State.ID, "error", err)
	} else if err != nil {
		return nil, err
	}
	c := &Card{
		Listing: l.State.ID, Regime: l.State.Regime, Kind: l.State.Content.Subject.Kind, Names: known.Names, Refs: l.State.Content.Subject.Identifiers,
		Until: l.State.Term.Until, Published: l.State.Publication != nil, Damaged: lost,
	}
	if known.Birth != "" {
		c.BirthYear = known.Birth.Start().Year()
	}
	for _, stay := range l.State.Stays {
		for _, what := range stay.What {
			if what == "publication" {
				c.Withheld = max(c.Withheld, stay.Until)
			}
		}
	}
	return c, nil
}

// accrue fills in the last day of those whose terms add up, which the records of their identifiers tell.
func (s *Screening) accrue(ctx context.Context, now time.Time, cards map[string]*Card, capped map[string]bool) error {
	var ids []string
	for id := range capped {
		if c := cards[id]; c != nil {
			for _, r := range c.Refs {
				ids = append(ids, r.ID())
			}
		}
	}
	for len(ids) > 0 {
		some := ids[:min(len(ids), 500)]
		ids = ids[len(some):]
		all, err := s.Store.Records(ctx, now, some)
		if err != nil {
			return err
		}
		for _, r := range all {
			for _, h := range r.Record.Listings {
				if c := cards[h.Listing]; c != nil && capped[h.Listing] {
					c.Until = max(c.Until, r.Record.Until(h.Listing, now))
				}
			}
		}
	}
	return nil
}

// visible reports whether a caller of this scope may find the listing on a day.
func (c *Card) visible(all bool, on workday.Day) bool { return c.inForce(on) && (all || c.public(on)) }

// sees reports whether a caller searches everything: persons, and what is not shown in public.
func sees(p Policy, who access.Principal) (bool, error) {
	err := p.Role(who, "search.all")
	if fault.Of(err) == fault.Forbidden {
		return false, nil
	}
	return err == nil, err
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("screening: plain data: " + err.Error())
	}
	return b
}
