package compliance_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
	"shixin/shared/journal"
	"shixin/shared/workday"
)

// However the journal is cut into steps, and however small the parts are, the snapshot has the same bytes.
func TestStepsAndPartsLeaveNoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var entries []journal.Entry
		for n := range rapid.IntRange(1, 120).Draw(t, "entries") {
			s := journal.Standing{From: "2026-01-01", Until: rapid.SampledFrom([]workday.Day{"", "2026-02-01", "2027-01-01"}).Draw(t, "until")}
			entries = append(entries, entry(int64(n)+1, fmt.Sprint("l", rapid.IntRange(1, 40).Draw(t, "listing")), s, uscc(rapid.IntRange(1, 60).Draw(t, "who"))))
		}
		whole := shelf{}
		want := whole.snapshot(t, whole.fold(t, compliance.ListFold{}, entries...))

		s, fold := shelf{}, compliance.ListFold{}
		size := rapid.IntRange(40, 2000).Draw(t, "size")
		for left := entries; len(left) > 0; {
			n := rapid.IntRange(1, len(left)).Draw(t, "step")
			b := compliance.NewFolder(key, fold)
			b.SmallParts(size)
			for _, e := range left[:n] {
				if err := b.Add(e); err != nil {
					t.Fatal(err)
				}
			}
			before := maps.Clone(s)
			if err := b.Merge(s.read, s.write); err != nil {
				t.Fatal(err)
			}
			for name, body := range before {
				if !bytes.Equal(s[name], body) {
					t.Fatal("a part was changed")
				}
			}
			text, err := json.Marshal(b.ListFold)
			if err != nil {
				t.Fatal(err)
			}
			fold = compliance.ListFold{}
			if err := json.Unmarshal(text, &fold); err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(fold.Parts, func(a, b compliance.Part) int { return bytes.Compare(a.Last, b.Last) }) {
				t.Fatal("the parts are not in order")
			}
			left = left[n:]
		}
		if got := s.snapshot(t, fold); !bytes.Equal(got, want) {
			t.Fatalf("%d parts of about %d bytes give another snapshot", len(fold.Parts), size)
		}
	})
}

// Of a large fold only the parts change that an entry touches.
func TestPartsThatNothingTouchesStay(t *testing.T) {
	var entries []journal.Entry
	for n := range 1400 {
		entries = append(entries, entry(int64(n)+1, fmt.Sprint("l", n), journal.Standing{From: "2026-01-01"}, uscc(n)))
	}
	s := shelf{}
	b := compliance.NewFolder(key, compliance.ListFold{})
	b.SmallParts(4000)
	for _, e := range entries {
		if err := b.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Merge(s.read, s.write); err != nil {
		t.Fatal(err)
	}
	before := b.ListFold
	read := 0
	b = compliance.NewFolder(key, before)
	b.SmallParts(4000)
	if err := b.Add(entry(1401, "l7", journal.Standing{From: "2026-01-01", Removed: "appeal"}, uscc(7))); err != nil {
		t.Fatal(err)
	}
	if err := b.Merge(func(p compliance.Part) ([]byte, error) { read++; return s.read(p) }, s.write); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, p := range b.Parts {
		if slices.ContainsFunc(before.Parts, func(o compliance.Part) bool { return o.Blob == p.Blob }) {
			kept++
		}
	}
	if len(before.Parts) < 10 || read > 3 || kept < len(before.Parts)-3 {
		t.Errorf("of %d parts %d were read and %d kept", len(before.Parts), read, kept)
	}
	if l := open(t, s.snapshot(t, b.ListFold)); l.Len() != 1399 || l.Version() != 1401 {
		t.Errorf("%d identifiers at version %d", l.Len(), l.Version())
	}
}

func TestDamagedPartsAreRefused(t *testing.T) {
	s := shelf{}
	fold := s.fold(t, compliance.ListFold{}, entry(1, "l1", journal.Standing{From: "2026-01-01"}, uscc(1)))
	name := fold.Parts[0].Blob
	whole := s[name]
	for n := range whole {
		for _, damaged := range [][]byte{whole[:n], append(bytes.Clone(whole[:n]), append([]byte{whole[n] ^ 1}, whole[n+1:]...)...)} {
			s[name] = damaged
			if _, err := fold.Snapshot(key, at, s.read); !errors.Is(err, compliance.ErrFold) {
				t.Fatalf("%d of %d bytes: %v", len(damaged), len(whole), err)
			}
			b := compliance.NewFolder(key, fold)
			if err := b.Add(entry(2, "l1", journal.Standing{From: "2026-01-01"}, uscc(1))); err != nil {
				t.Fatal(err)
			}
			if err := b.Merge(s.read, s.write); !errors.Is(err, compliance.ErrFold) {
				t.Fatalf("merged with %d of %d bytes: %v", len(damaged), len(whole), err)
			}
		}
	}
}

// Whatever lies in a part whose sum is right is read or refused.
func FuzzFold(f *testing.F) {
	s := shelf{}
	fold := s.fold(f, compliance.ListFold{}, entry(1, "l1", journal.Standing{From: "2026-01-01", Removed: "appeal", Cap: &journal.Cap{Months: 6, Basis: "b"},
		Stays: []journal.Stay{{What: []string{"publication"}, Until: "2027-01-01"}}}, uscc(1), listRef("ofac", 3)))
	f.Add(s[fold.Parts[0].Blob])
	f.Fuzz(func(t *testing.T, body []byte) {
		s := shelf{}
		p, err := s.write(body)
		if err != nil {
			t.Fatal(err)
		}
		p.Identifiers = 1
		other := fold
		other.Parts = []compliance.Part{p}
		if _, err := other.Snapshot(key, at, s.read); err != nil && !errors.Is(err, compliance.ErrFold) && len(body) < 1<<20 {
			t.Fatal(err)
		}
	})
}
