package journal_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"shixin/shared/journal"
	"shixin/shared/subject"
)

// store is a whole tree as x/mod keeps it: every hash, not only the frontier.
type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, s[i])
	}
	return out, nil
}

func TestRootIsTheTreeHashOfItsLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var head journal.Head
		var all store
		for n := range rapid.Int64Range(0, 70).Draw(t, "leaves") {
			leaf := journal.Leaf([]byte{byte(n)}, []byte(`{"n":1}`))
			added, err := tlog.StoredHashesForRecordHash(n, leaf, all)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, added...)
			if head, err = head.Add(head.At, leaf); err != nil {
				t.Fatal(err)
			}
		}
		want, err := tlog.TreeHash(head.N, all)
		if err != nil {
			t.Fatal(err)
		}
		if head.Root() != want {
			t.Fatalf("root of %d leaves %v, want %v", head.N, head.Root(), want)
		}
	})
}

func TestHeadKeepsItsPast(t *testing.T) {
	var heads []journal.Head
	h := journal.Head{}
	for n := range 9 {
		heads = append(heads, h)
		var err error
		if h, err = h.Add(time.Unix(int64(n), 0), journal.Leaf([]byte("s"), []byte{byte(n)})); err != nil {
			t.Fatal(err)
		}
	}
	again := journal.Head{}
	for n, was := range heads {
		if again.Root() != was.Root() {
			t.Errorf("head %d was changed by those after it", n)
		}
		again, _ = again.Add(time.Unix(int64(n), 0), journal.Leaf([]byte("s"), []byte{byte(n)}))
	}
	if _, err := h.Add(h.At.Add(-time.Millisecond), tlog.Hash{}); err == nil {
		t.Error("time ran back")
	}
	h.Frontier = nil
	if _, err := h.Add(h.At, tlog.Hash{}); err == nil {
		t.Error("a head whose frontier is lost was added to")
	}
}

func TestHeadKnowsTheListsItEverAdopted(t *testing.T) {
	ref := func(key string) subject.Ref { return subject.Ref{Scheme: subject.ListRef, Key: key, Shown: key} }
	h := journal.Head{}.Know([]subject.Ref{ref("ofac:36"), phone, ref("ofac:37"), ref("eu:1")})
	before := h
	h = h.Know([]subject.Ref{ref("un:1")})
	if got, want := before.Lists, []string{"ofac", "eu"}; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v", got)
	}
	if next, err := h.Add(h.At, tlog.Hash{}); err != nil || len(next.Lists) != 3 {
		t.Errorf("%v %v", next.Lists, err)
	}
}

// With the salt gone, not even who guesses the whole entry can test the guess.
func TestLeafHidesWithoutItsSalt(t *testing.T) {
	entry := []byte(`{"n":1}`)
	seen := map[tlog.Hash]bool{tlog.RecordHash(entry): true, journal.Leaf(nil, entry): true}
	for salt := range byte(100) {
		leaf := journal.Leaf(bytes.Repeat([]byte{salt}, 16), entry)
		if seen[leaf] {
			t.Fatal("the leaf does not depend on its salt")
		}
		seen[leaf] = true
	}
	salt := bytes.Repeat([]byte{1}, 16)
	if first, second := journal.Leaf(salt, entry), journal.Leaf(salt, entry); first != second || string(entry) != `{"n":1}` {
		t.Error("a leaf is made of salt and entry alone, and changes neither")
	}
}

func TestEntriesFollowOneAnother(t *testing.T) {
	e := journal.Entry{N: 7, At: time.Unix(100, 0)}
	for name, c := range map[string]struct {
		next journal.Entry
		ok   bool
	}{
		"later":        {journal.Entry{N: 8, At: time.Unix(101, 0)}, true},
		"at once":      {journal.Entry{N: 8, At: time.Unix(100, 0)}, true},
		"a gap":        {journal.Entry{N: 9, At: time.Unix(101, 0)}, false},
		"twice":        {journal.Entry{N: 7, At: time.Unix(101, 0)}, false},
		"back in time": {journal.Entry{N: 8, At: time.Unix(99, 0)}, false},
	} {
		if err := c.next.CheckNext(e); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The bytes of an entry are committed to for good: a change of them would be a change of every leaf.
func TestEntryBytes(t *testing.T) {
	held := phone
	held.From = "2024-01-01"
	e := journal.Entry{N: 3, At: time.UnixMilli(1767225600123).UTC(), Type: journal.Corrected, Listing: "L1", Regime: "telecom-fraud",
		Ground: "designated-trading", Authority: "auth-1", Kind: subject.Person, Identifiers: []subject.Ref{citizen, held}, Left: []subject.Ref{another},
		Standing: journal.Standing{From: "2025-01-01", Until: "2027-01-01", Measures: []string{"m"}, Published: true,
			Stays: []journal.Stay{{What: []string{"measures"}, Until: "2025-06-30"}}, Cap: fiveYears, Removed: "appeal"}}
	got, err := journal.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"n":3,"at":"2026-01-01T00:00:00.123Z","type":"corrected","listing":"L1","regime":"telecom-fraud","ground":"designated-trading",` +
		`"authority":"auth-1","kind":"person","identifiers":[{"scheme":"cn-id","key":"h-1","shown":"110*************0X"},` +
		`{"scheme":"msisdn","key":"h-3","shown":"138******01","from":"2024-01-01"}],"left":[{"scheme":"cn-id","key":"h-2","shown":"310*************04"}],` +
		`"standing":{"from":"2025-01-01","until":"2027-01-01","measures":["m"],"published":true,"stays":[{"what":["measures"],"until":"2025-06-30"}],` +
		`"cap":{"months":60,"basis":"Joint Measures, art. 9"},"removed":"appeal"}}`
	if string(got) != want {
		t.Errorf("the stored shape changed:\n%s\n%s", got, want)
	}
	var back journal.Entry
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := journal.Encode(back); !bytes.Equal(again, got) {
		t.Errorf("not the same bytes again:\n%s", again)
	}
}
