package table

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A refusal names the place and never quotes a key or a document, which may hold what must not be logged.
func TestRefusalsQuoteNothing(t *testing.T) {
	const secret = "11010519491231002X"
	now := time.Unix(1, 0)
	key := Key{Partition: secret, Sort: secret}
	good := Item{Key: key, Version: 1, Doc: []byte(secret)}
	for place, err := range map[string]error{
		"operation 1":   Batch{Now: now, Ops: []Op{PutOp(good, Is(0)), PutOp(Item{Key: Key{secret, secret + "\xff"}, Version: 1, Doc: good.Doc}, Is(0))}}.Validate(),
		"0 and 1":       Batch{Now: now, Ops: []Op{PutOp(good, Is(0)), DeleteOp(key, Is(1))}}.Validate(),
		"operation 0":   Batch{Now: now, Ops: []Op{CheckOp(key, Condition{})}}.Validate(),
		"key 0":         Read{Now: now, Keys: []Key{{Partition: secret}}}.Validate(),
		"From is above": Range{Now: now, Partition: secret, From: secret, To: "0", Limit: 1}.Validate(),
		"After":         Range{Now: now, Partition: secret, From: "2", After: secret, Limit: 1}.Validate(),
		"Now":           Range{Partition: secret, Limit: 1}.Validate(),
	} {
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), place) {
			t.Errorf("%v, want it refused naming %q", err, place)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("the refusal quotes a key: %v", err)
		}
	}
}

func TestHolds(t *testing.T) {
	for _, test := range []struct {
		cond    Condition
		there   bool
		version int64
		want    bool
	}{
		{Condition{}, false, 0, true}, {Condition{}, true, 5, true},
		{Is(0), false, 0, true}, {Is(0), true, 1, false},
		{Is(5), true, 5, true}, {Is(5), true, 4, false}, {Is(5), false, 5, false},
		{Condition{Kind: Exists}, true, 1, true}, {Condition{Kind: Exists}, false, 1, false},
	} {
		if got := test.cond.Holds(test.there, test.version); got != test.want {
			t.Errorf("%+v on version %d, there %t: %t", test.cond, test.version, test.there, got)
		}
	}
}
