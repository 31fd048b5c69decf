package relation_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
	"shixin/shared/compliance/relation"
	"shixin/shared/subject"
)

func person(role compliance.Role, n int) compliance.Party {
	return compliance.Party{Role: role, Ref: subject.Ref{Scheme: subject.CNID, Key: fmt.Sprint("1.", n), Shown: "3****7"}}
}

func organisation(role compliance.Role, uscc string) compliance.Party {
	return compliance.Party{Role: role, Ref: subject.Ref{Scheme: subject.USCC, Key: uscc, Shown: uscc}}
}

func TestWhatTwoEnterprisesShare(t *testing.T) {
	reach := []compliance.Contact{{By: "address", Ref: subject.Ref{Scheme: "address", Key: "1.x"}}}
	a := compliance.Registration{USCC: "A", Contacts: reach, Parties: []compliance.Party{person(compliance.LegalRepresentative, 1), person(compliance.Supplier, 2)}}
	for name, c := range map[string]struct {
		b    compliance.Registration
		want string
	}{
		"one person in two roles":      {compliance.Registration{USCC: "B", Parties: []compliance.Party{person(compliance.Shareholder, 1)}}, "party legal-representative/shareholder; "},
		"a supplier ties nobody":       {compliance.Registration{USCC: "B", Parties: []compliance.Party{person(compliance.Shareholder, 2)}}, ""},
		"an address":                   {compliance.Registration{USCC: "B", Contacts: reach}, "address /; "},
		"a branch":                     {compliance.Registration{USCC: "B", Parent: "A"}, "parent /; "},
		"whose party the other is":     {compliance.Registration{USCC: "B", Parties: []compliance.Party{organisation(compliance.Shareholder, "A")}}, "party /shareholder; "},
		"whose supplier the other is":  {compliance.Registration{USCC: "B", Parties: []compliance.Party{organisation(compliance.Supplier, "A")}}, ""},
		"a branch of a shared owner":   {compliance.Registration{USCC: "B", Parent: "C"}, ""},
		"the same in two of its roles": {compliance.Registration{USCC: "B", Parties: []compliance.Party{person(compliance.Shareholder, 1), person(compliance.BeneficialOwner, 1)}}, "party legal-representative/shareholder; party legal-representative/beneficial-owner; "},
	} {
		got := ""
		for _, tie := range relation.Share(a, c.b) {
			got += fmt.Sprintf("%s %s/%s; ", tie.Link().By, tie[0].Role, tie[1].Role)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		back := relation.Share(c.b, a)
		if forth := relation.Share(a, c.b); len(back) != len(forth) {
			t.Errorf("%s: %d ties one way and %d the other", name, len(forth), len(back))
		}
	}
}

// Whatever registrations follow each other, the keys that are stored after each change are those of the registration.
func TestChangesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := map[string]bool{}
		var before compliance.Registration
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			after := compliance.Registration{USCC: "A", Parent: rapid.SampledFrom([]string{"", "P", "Q"}).Draw(t, "parent")}
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, 9), 0, 9).Draw(t, "parties") {
				after.Parties = append(after.Parties, person(rapid.SampledFrom([]compliance.Role{compliance.Shareholder, compliance.Supplier, compliance.ResponsiblePerson}).Draw(t, "role"), n))
			}
			gained, left := relation.Change(before, after)
			cut := rapid.IntRange(0, len(left)).Draw(t, "done at once")
			for _, k := range gained {
				if stored[k] && !slices.Contains(before.Leaving, k) {
					t.Fatalf("%s is gained twice", k)
				}
				stored[k] = true
			}
			for _, k := range left[:cut] {
				delete(stored, k)
			}
			after.Leaving = left[cut:]
			want := append(relation.Keys(after), after.Leaving...)
			if len(stored) != len(want) {
				t.Fatalf("stored %v, want %v", stored, want)
			}
			for _, k := range want {
				if !stored[k] {
					t.Fatalf("%s is not stored", k)
				}
			}
			before = after
		}
	})
}
