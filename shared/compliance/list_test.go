package compliance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shixin/shared/compliance"
	"shixin/shared/journal"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

var (
	key = bytes.Repeat([]byte{7}, 32)
	at  = time.Date(2026, 10, 8, 1, 0, 0, 0, time.UTC)
)

func uscc(n int) subject.Ref {
	v := fmt.Sprintf("9132050000000%04dX", n)
	return subject.Ref{Scheme: subject.USCC, Key: v, Shown: v}
}

func listRef(list string, n int) subject.Ref {
	v := fmt.Sprintf("%s:%d", list, n)
	return subject.Ref{Scheme: subject.ListRef, Key: v, Shown: v}
}

// shelf keeps the parts of folds in memory.
type shelf map[string][]byte

func (s shelf) read(p compliance.Part) ([]byte, error) { return s[p.Blob], nil }

func (s shelf) write(body []byte) (compliance.Part, error) {
	sum := sha256.Sum256(body)
	p := compliance.Part{Blob: hex.EncodeToString(sum[:]), SHA256: hex.EncodeToString(sum[:])}
	s[p.Blob] = bytes.Clone(body)
	return p, nil
}

// fold goes on with a fold by some entries.
func (s shelf) fold(t fataler, f compliance.ListFold, entries ...journal.Entry) compliance.ListFold {
	t.Helper()
	b := compliance.NewFolder(key, f)
	for _, e := range entries {
		if err := b.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Merge(s.read, s.write); err != nil {
		t.Fatal(err)
	}
	return b.ListFold
}

func (s shelf) snapshot(t fataler, f compliance.ListFold) []byte {
	t.Helper()
	body, err := f.Snapshot(key, at, s.read)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// fataler is a test, or a check of rapid.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func snapshot(t testing.TB, entries ...journal.Entry) []byte {
	t.Helper()
	s := shelf{}
	return s.snapshot(t, s.fold(t, compliance.ListFold{}, entries...))
}

func open(t testing.TB, body []byte) *compliance.List {
	t.Helper()
	l, err := compliance.OpenList(body, key)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func entry(n int64, listing string, s journal.Standing, refs ...subject.Ref) journal.Entry {
	return journal.Entry{N: n, At: at.Add(time.Duration(n)*time.Minute - 24*time.Hour), Type: journal.Listed, Listing: listing,
		Regime: "telecom-fraud", Ground: "designated-trading", Identifiers: refs, Standing: s}
}

// The list says of each identifier what its record says, whatever happened before, and however often the fold was laid down and taken up again.
func TestListAgreesWithRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]workday.Day{"", "2025-01-01", "2026-10-07", "2026-10-08", "2026-10-09", "2027-06-01"})
		refs := []subject.Ref{uscc(1), uscc(2), {Scheme: subject.MSISDN, Key: "1.abc"}, {Scheme: subject.MSISDN, Key: "1.def"}, listRef("ofac", 1)}
		full := map[string]journal.Record{}
		s := shelf{}
		var fold compliance.ListFold
		var entries []journal.Entry
		for n := int64(1); n <= int64(rapid.IntRange(0, 25).Draw(t, "entries")); n++ {
			st := journal.Standing{From: "2025-01-01", Until: day.Draw(t, "until"), Published: rapid.Bool().Draw(t, "published"),
				Removed: rapid.SampledFrom([]string{"", "", "", "expiry", "appeal"}).Draw(t, "removed")}
			if rapid.Bool().Draw(t, "capped") {
				st.Cap = &journal.Cap{Months: 60, Basis: "b"}
			}
			if rapid.Bool().Draw(t, "stayed") {
				st.Stays = []journal.Stay{{What: []string{"publication", "measures"}, Until: day.Draw(t, "stay")}}
			}
			e := entry(n, fmt.Sprint("l", rapid.IntRange(1, 4).Draw(t, "listing")), st)
			for _, r := range refs {
				switch rapid.IntRange(0, 3).Draw(t, "has") {
				case 0:
					if r.Scheme == subject.MSISDN && rapid.Bool().Draw(t, "held") {
						r.From, r.To = day.Draw(t, "since"), day.Draw(t, "till")
					}
					e.Identifiers = append(e.Identifiers, r)
				case 1:
					e.Left = append(e.Left, r)
				}
			}
			for _, r := range slices.Concat(e.Identifiers, e.Left) {
				full[r.ID()] = full[r.ID()].Add(e, r.ID())
			}
			if entries = append(entries, e); rapid.IntRange(0, 3).Draw(t, "merged") == 0 {
				fold, entries = s.fold(t, fold, entries...), nil
			}
		}
		fold = s.fold(t, fold, entries...)
		l, err := compliance.OpenList(s.snapshot(t, fold), key)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range refs {
			var want []compliance.Listing
			for _, f := range full[r.ID()].At(at) {
				want = append(want, compliance.Listing{ID: f.Listing, Regime: f.Regime, Ground: f.Ground, Published: f.Published})
			}
			_, adopted := full[r.ID()]
			got, known := l.Of(r)
			if !reflect.DeepEqual(got, want) || known != (r.Scheme != subject.ListRef || adopted) {
				t.Fatalf("%s: %v known %v, want %v known %v", r.Shown, got, known, want, adopted)
			}
		}
	})
}

func TestSnapshotIsOneForm(t *testing.T) {
	var entries []journal.Entry
	for n := range 500 {
		entries = append(entries, entry(int64(n)+1, fmt.Sprint("l", n), journal.Standing{From: "2026-01-01"}, uscc(n), uscc(rand.IntN(9000)+1000)))
	}
	a, b := snapshot(t, entries...), snapshot(t, entries...)
	if !bytes.Equal(a, b) {
		t.Error("the same entries under the same key give other bytes")
	}
	for n := range 500 {
		if hits, known := open(t, a).Of(uscc(n)); len(hits) == 0 || !known {
			t.Fatalf("identifier %d is not found", n)
		}
	}
	if l := open(t, a); l.Version() != 500 || l.Len() < 500 {
		t.Errorf("version %d of %d identifiers", l.Version(), l.Len())
	}
	if bytes.Contains(a, []byte("913205000000")) {
		t.Error("the snapshot holds an identifier in clear")
	}
	if _, err := compliance.OpenList(a, bytes.Repeat([]byte{8}, 32)); !errors.Is(err, compliance.ErrSnapshot) {
		t.Errorf("under another key: %v", err)
	}
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	whole := snapshot(t, entry(1, "l1", journal.Standing{From: "2026-01-01"}, uscc(1), listRef("ofac", 3)))
	for n := range whole {
		if _, err := compliance.OpenList(whole[:n], key); !errors.Is(err, compliance.ErrSnapshot) {
			t.Fatalf("cut at %d: %v", n, err)
		}
		altered := slices.Clone(whole)
		altered[n] ^= 4
		if _, err := compliance.OpenList(altered, key); !errors.Is(err, compliance.ErrSnapshot) {
			t.Fatalf("altered at %d: %v", n, err)
		}
	}
}

func TestFolderRefusesGaps(t *testing.T) {
	b := compliance.NewFolder(key, compliance.ListFold{})
	if err := b.Add(entry(2, "l", journal.Standing{}, uscc(1))); err == nil {
		t.Error("an entry is missing and the list is built")
	}
}

// Whatever a snapshot holds, reading it ends in an answer or in ErrSnapshot, even when whoever altered it had the key.
func FuzzOpenList(f *testing.F) {
	whole := snapshot(f, entry(1, "l1", journal.Standing{From: "2026-01-01", Published: true}, uscc(1), listRef("ofac", 3)))
	f.Add(whole[:len(whole)-32])
	f.Add(snapshot(f)[:34])
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 1<<16 {
			return
		}
		l, err := compliance.OpenList(compliance.Authenticated(key, body), key)
		if err != nil {
			if !errors.Is(err, compliance.ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		for _, ref := range []subject.Ref{uscc(1), uscc(2), listRef("ofac", 3)} {
			hits, known := l.Of(ref)
			if len(hits) > 0 && !known {
				t.Fatal("listed, and nothing is known")
			}
		}
	})
}

func BenchmarkListOf(b *testing.B) {
	var entries []journal.Entry
	for n := range 10000 {
		entries = append(entries, entry(int64(n)+1, strings.Repeat("l", 26), journal.Standing{From: "2026-01-01"}, uscc(n)))
	}
	l := open(b, snapshot(b, entries...))
	for b.Loop() {
		l.Of(uscc(77))
	}
}
