package ring_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"shixin/shared/keys"
	"shixin/shared/keys/ring"
)

var (
	_ keys.Versioned = (*ring.Ring)(nil)
	_ ring.Source    = document("")
)

// document is a keyring in memory.
type document string

func (d document) Document(context.Context) ([]byte, error) { return []byte(d), nil }

// The hash keys are the bytes 0..31 (version 1) and 1..32 (versions 2 and 3).
const golden = document(`{"version":1,"hmac":{` +
	`"1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",` +
	`"2":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",` +
	`"3":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="},"current":1,"tink":{}}`)

// The expected values were computed apart from this program, with Python's hmac and base64. They never change:
// everything stored is found by them.
func TestGolden(t *testing.T) {
	r := ring.New(golden)
	for normal, want := range map[string]string{
		"":                         "1.2ofueclnqd2f7atlisu5kyd544sjnjav2p2kdkgiry53twunyhfq",
		"cn-id:11010519491231002X": "1.5x24t332gulwta5iwssuxbg2suwivathoa6iumdb4vjl4jcwuvvq",
		"msisdn:+8613800138000":    "1.7cetsyvawiokls3alviu5quxvrspgyze5cbfhr2vohbgqy66rj5a",
		"長":                        "1.lcqusyf4st6abwlt7yrhyuy5gwveevfqe5v7ltpfsgi3bql27nga",
	} {
		if got, err := r.Hash(t.Context(), normal); err != nil || got != want {
			t.Errorf("Hash(%q) = %q, %v; want %q", normal, got, err, want)
		}
	}
}

func TestHashAllOrder(t *testing.T) {
	r := ring.New(document(strings.Replace(string(golden), `"current":1`, `"current":2`, 1)))
	got, err := r.HashAll(t.Context(), "")
	want := []string{
		"2.iyshnkex3x632qgriiharjn473vslq7cvxtkbkiihmzhxhxz7sqq",
		"3.iyshnkex3x632qgriiharjn473vslq7cvxtkbkiihmzhxhxz7sqq",
		"1.2ofueclnqd2f7atlisu5kyd544sjnjav2p2kdkgiry53twunyhfq",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("HashAll = %v, %v; want %v", got, err, want)
	}
}

// hiccup fails at first and counts.
type hiccup struct{ fetched int }

func (h *hiccup) Document(context.Context) ([]byte, error) {
	if h.fetched++; h.fetched == 1 {
		return nil, errors.New("hiccup")
	}
	return []byte(golden), nil
}

func TestFetchedOnceAndAfterAHiccup(t *testing.T) {
	h := &hiccup{}
	r := ring.New(h)
	if h.fetched != 0 {
		t.Fatal("the keyring was fetched before it was needed")
	}
	if _, err := r.Hash(t.Context(), "a"); err == nil {
		t.Fatal("a failure was hidden")
	}
	for range 3 {
		if _, err := r.Hash(t.Context(), "a"); err != nil {
			t.Fatalf("a hiccup disabled the ring: %v", err)
		}
	}
	if h.fetched != 2 {
		t.Errorf("fetched %d times, want 2", h.fetched)
	}
}

func TestRefusedDocuments(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(string(golden), old, new, 1) }
	for name, tc := range map[string]struct{ doc, says string }{
		"empty":           {"", "not a JSON object"},
		"an array":        {"[]", "not a JSON object"},
		"unknown field":   {change(`"current"`, `"currents"`), "not a JSON object"},
		"something after": {string(golden) + "{}", "follows"},
		"other version":   {change(`"version":1`, `"version":2`), "reads version 1"},
		"no current":      {change(`"current":1`, `"current":9`), "current is 9"},
		"version zero":    {change(`"2":`, `"0":`), "versions start at 1"},
		"no base64":       {change("AQID", "A!ID"), "not a JSON object"},
		"short key":       {change("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAEC"), "3 bytes"},
		"zeros":           {change("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", strings.Repeat("A", 43)+"="), "zeros"},
		"no keyset":       {change(`"tink":{}`, `"tink":null`), "tink"},
	} {
		_, err := ring.New(document(tc.doc)).Hash(t.Context(), "a")
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v; want an error with %q", name, err, tc.says)
		}
	}
	if _, err := ring.Generate(nil); err == nil {
		t.Error("a keyring without a keyset was made")
	}
	if _, err := ring.Rotate([]byte("{}")); err == nil {
		t.Error("a bad keyring was rotated")
	}
}

// A sentinel over a hasher without versions still proves its one key.
func TestSentinelOfAPlainHasher(t *testing.T) {
	plain := struct{ keys.Hasher }{ring.New(golden)}
	stored, err := keys.Sentinel(t.Context(), plain)
	if err != nil || strings.Contains(stored, " ") {
		t.Fatalf("Sentinel = %q, %v", stored, err)
	}
	if _, err := keys.CheckSentinel(t.Context(), plain, stored); err != nil {
		t.Error(err)
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(golden))
	f.Add([]byte(strings.Replace(string(golden), `"3":`, `"4294967295":`, 1)))
	f.Add([]byte(`{"version":1,"hmac":{"01":""},"current":0,"tink":[]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		all, err := ring.New(document(doc)).HashAll(t.Context(), "a")
		if err != nil {
			return
		}
		next, err := ring.Rotate(doc)
		if err != nil {
			if strings.Contains(err.Error(), "no version is left") {
				return
			}
			t.Fatalf("a readable keyring does not rotate: %v", err)
		}
		rotated, err := ring.New(document(next)).HashAll(t.Context(), "a")
		if err != nil || len(rotated) != len(all)+1 {
			t.Fatalf("rotated to %v, %v", rotated, err)
		}
		for _, hash := range all {
			if !slices.Contains(rotated, hash) {
				t.Errorf("rotation lost %s", hash)
			}
		}
	})
}

func BenchmarkHash(b *testing.B) {
	r := ring.New(golden)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Hash(b.Context(), "cn-id:11010519491231002X"); err != nil {
			b.Fatal(err)
		}
	}
}
