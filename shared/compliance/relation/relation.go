// Package relation provides the links between enterprises: who shares a party, an address or a number with whom.
//
// A link is something for an authority to look at. No judgment imports this package, so that nobody is listed, and no rule fails,
// by relation alone.
package relation

import (
	"slices"

	"shixin/shared/compliance"
	"shixin/shared/subject"
)

// By is what two enterprises share.
type By string

// The kinds of link, in the order in which they are followed.
const (
	Party   By = "party"   // a person or an organisation that represents, owns or answers for the enterprise
	Parent  By = "parent"  // the enterprise that it is a branch of
	Address By = "address" // of its contact
	Phone   By = "phone"   // of its contact
	Email   By = "email"   // of its contact
)

// Link is one thing of an enterprise that others may share.
type Link struct {
	By   By
	Role compliance.Role // of a Party
	Ref  subject.Ref     // of a Party or Parent; of a Phone that may be a listed subject's
	At   int             // the party's place in the registration
	Key  string          // the same for everybody who has it; holds no clear text of a person
}

// roles are those of parties that link: who represents, owns or answers for an enterprise. Suppliers are shared by everybody.
var roles = []compliance.Role{compliance.LegalRepresentative, compliance.Shareholder, compliance.BeneficialOwner, compliance.ResponsiblePerson}

// Links reports whether parties in a role link enterprises.
func Links(role compliance.Role) bool { return slices.Contains(roles, role) }

// Of lists what links an enterprise to others, parties first. A party in two roles is two links with one key.
func Of(r compliance.Registration) []Link {
	var links []Link
	for i, p := range r.Parties {
		if Links(p.Role) {
			links = append(links, Link{By: Party, Role: p.Role, Ref: p.Ref, At: i, Key: p.Ref.ID()})
		}
	}
	if r.Parent != "" {
		links = append(links, Link{By: Parent, Ref: enterprise(r.Parent), Key: Branches(r.Parent)})
	}
	for _, c := range r.Contacts {
		l := Link{By: By(c.By), Key: c.Ref.ID()}
		if c.Ref.Scheme == subject.MSISDN {
			l.Ref = c.Ref
		}
		links = append(links, l)
	}
	return links
}

// Itself lists the keys under which others have an enterprise as their party or parent.
func Itself(uscc string) []string { return []string{enterprise(uscc).ID(), Branches(uscc)} }

// Branches is the key that the branches of an enterprise share.
func Branches(uscc string) string { return string(Parent) + "#" + uscc }

func enterprise(uscc string) subject.Ref {
	return subject.Ref{Scheme: subject.USCC, Key: uscc, Shown: uscc}
}

// Keys are the keys of an enterprise's links, each once, ascending.
func Keys(r compliance.Registration) []string {
	var keys []string
	for _, l := range Of(r) {
		keys = append(keys, l.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Change is which keys an enterprise gains, and which it leaves, from one registration to the next. What an earlier change could not
// leave at once is left now.
func Change(before, after compliance.Registration) (gained, left []string) {
	old, now := Keys(before), Keys(after)
	for _, k := range now {
		if _, had := slices.BinarySearch(old, k); !had {
			gained = append(gained, k)
		}
	}
	for _, k := range slices.Concat(old, before.Leaving) {
		if _, has := slices.BinarySearch(now, k); !has {
			left = append(left, k)
		}
	}
	slices.Sort(left)
	return gained, slices.Compact(left)
}

// Share returns the pairs of links by which two enterprises are tied: what the first has under a key, and what the second has under it.
// An enterprise that is itself the other's party or parent has no link of its own under the key: its place is empty.
func Share(a, b compliance.Registration) []Tie {
	var ties []Tie
	mine, theirs := Of(a), Of(b)
	for _, l := range mine {
		for _, m := range theirs {
			if l.Key == m.Key {
				ties = append(ties, Tie{l, m})
			}
		}
		if l.Ref.Scheme == subject.USCC && l.Ref.Key == b.USCC {
			ties = append(ties, Tie{l, Link{}})
		}
	}
	for _, m := range theirs {
		if m.Ref.Scheme == subject.USCC && m.Ref.Key == a.USCC {
			ties = append(ties, Tie{Link{}, m})
		}
	}
	return ties
}

// Tie is one thing that two enterprises share, as each of them has it.
type Tie [2]Link

// Link is what is shared, as whoever has it has it.
func (t Tie) Link() Link {
	if t[0].Key != "" {
		return t[0]
	}
	return t[1]
}
