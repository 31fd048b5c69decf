package bolt

import (
	"encoding/hex"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"shixin/shared/table"
)

var now = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// The file of an earlier version must stay readable: these bytes change only together with the format's number.
func TestLayout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.db")
	tab, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	it := table.Item{Key: table.Key{Partition: "列", Sort: "a"}, Version: 0x0102, Expires: time.Unix(0xfedcba98, 0), Doc: []byte("doc")}
	if err := tab.Write(t.Context(), table.Batch{Now: now, Ops: []table.Op{table.PutOp(it, table.Is(0))}}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err = tab.db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				got[string(name)+" "+hex.EncodeToString(k)] = hex.EncodeToString(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"items 0003e5889761":                  "01000000000000010200000000fedcba98646f63",
		"expiry 00000000fedcba980003e5889761": "",
	}
	for k, v := range want {
		if g, ok := got[k]; !ok || g != v {
			t.Errorf("%s holds %q, want %q", k, g, v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the file holds %v", got)
	}
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
}

// An item that cannot be read is an error wherever it is met, and stops nothing else.
func TestDamagedItem(t *testing.T) {
	tab, err := Open(filepath.Join(t.TempDir(), "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	bad, good := table.Key{Partition: "p", Sort: "bad"}, table.Key{Partition: "p", Sort: "good"}
	err = tab.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(itemsBucket).Put(appendKey(nil, bad), []byte{9, 9, 9})
	})
	if err != nil {
		t.Fatal(err)
	}
	put := func(k table.Key) error {
		return tab.Write(t.Context(), table.Batch{Now: now, Ops: []table.Op{table.PutOp(table.Item{Key: k, Version: 1, Doc: []byte("d")}, table.Is(0))}})
	}
	_, getErr := tab.Get(t.Context(), table.Read{Now: now, Keys: []table.Key{bad}})
	_, queryErr := tab.Query(t.Context(), table.Range{Now: now, Partition: "p", Limit: 1})
	for call, err := range map[string]error{"get": getErr, "query": queryErr, "write": put(bad)} {
		if _, conflict := errors.AsType[*table.Conflict](err); err == nil || conflict || errors.Is(err, table.ErrRefused) {
			t.Errorf("%s: %v, want an engine's error", call, err)
		}
	}
	// Joined with a write that fails, others still take effect.
	damaged := &write{batch: table.Batch{Now: now, Ops: []table.Op{table.DeleteOp(bad, table.Condition{})}}, keys: [][]byte{appendKey(nil, bad)}, done: make(chan struct{})}
	whole := &write{batch: table.Batch{Now: now, Ops: []table.Op{table.PutOp(table.Item{Key: good, Version: 1, Doc: []byte("d")}, table.Is(0))}}, keys: [][]byte{appendKey(nil, good)}, done: make(chan struct{})}
	tab.apply([]*write{damaged, whole})
	if damaged.err == nil || whole.err != nil {
		t.Errorf("joined: %v and %v", damaged.err, whole.err)
	}
	if items, err := tab.Get(t.Context(), table.Read{Now: now, Keys: []table.Key{good}}); err != nil || len(items) != 1 {
		t.Errorf("the companion's item: %v, %v", items, err)
	}
}
