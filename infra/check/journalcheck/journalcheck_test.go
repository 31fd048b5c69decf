package journalcheck_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"shixin/infra/check/journalcheck"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/table"
	"shixin/shared/table/bolt"
)

// live makes a register with some lives in it.
func live(t *testing.T, tab table.Table) *rt.World {
	w := rt.On(t, tab)
	w.Listed(rt.Organization(1))
	id := w.Listed(rt.Human(2))
	w.Granted(rt.SecondDecider, id, w.Asked(w.Person(2), id, register.Request{Kind: "correction", Grounds: "The number is not mine.",
		Change: &register.Change{Identifiers: []register.Identifier{{Scheme: "cn-id", Value: rt.CNID(2)}}}}))
	id = w.Listed(rt.Market(3))
	w.Do(rt.Decider, id, rt.Of(register.Publication{Reasons: "It is published."}.Step()))
	w.Granted(rt.SecondDecider, id, w.Asked(rt.Officer, id, register.Request{Kind: "stay", Grounds: "A court asks.", Until: "2026-05-01", Change: &register.Change{What: []string{"measures"}}}))
	w.Granted(rt.SecondDecider, id, w.Asked(rt.Enterprise(3), id, register.Request{Kind: "appeal", Grounds: "It was not us."}))
	rows := []register.Row{rt.Mirrored(1), rt.Mirrored(2)}
	imp := w.ImportRows(rt.Officer, rows)
	_, err := w.Adopt(w.Ctx(), w.Call(rt.Decider), imp)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), imp, w.Now))
	w.Listed(rt.Organization(4))
	w.Later(1000)
	w.Must(w.Tick(w.Ctx(), w.Now))
	return w
}

func run(t *testing.T, w *rt.World, repair bool) journalcheck.Report {
	t.Helper()
	report, err := journalcheck.Run(w.Ctx(), w.Store, journalcheck.Options{Now: w.Now, Seal: w.Seal, Repair: repair})
	w.Must(err)
	return report
}

func TestSound(t *testing.T) {
	for name, open := range map[string]func() table.Table{
		"bolt":     func() table.Table { return rt.New(t).Table },
		"dynoxide": func() table.Table { return rt.Dynoxide(t, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, open())
			r := run(t, w, false)
			if !r.Sound() || len(r.Problems) > 0 {
				t.Fatalf("%v", r.Problems)
			}
			if r.Entries < 12 || r.Listings != 6 || r.Identifiers != 7 || int64(r.Leaves) != r.Entries {
				t.Errorf("%+v", r)
			}
		})
	}
}

// raw reads and changes an item behind the register's back.
func raw(w *rt.World, key table.Key, change func(doc map[string]any)) {
	items, err := w.Table.Get(w.Ctx(), table.Read{Now: w.Now, Keys: []table.Key{key}})
	w.Must(err)
	if len(items) != 1 {
		w.T.Fatalf("there is no item %v", key)
	}
	var doc map[string]any
	w.Must(json.Unmarshal(items[0].Doc, &doc))
	change(doc)
	items[0].Doc, err = json.Marshal(doc)
	w.Must(err)
	w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.PutOp(items[0], table.Condition{})}}))
}

func drop(w *rt.World, key table.Key) {
	w.Must(w.Table.Write(w.Ctx(), table.Batch{Now: w.Now, Ops: []table.Op{table.DeleteOp(key, table.Condition{})}}))
}

var (
	statusItem = table.Key{Partition: "status#" + rt.OrganizationRef(1), Sort: "record"}
	headItem   = table.Key{Partition: "head", Sort: "head"}
)

func entryItem(n string) table.Key { return table.Key{Partition: "journal#000000", Sort: n} }

func TestBroken(t *testing.T) {
	listing := func(w *rt.World) table.Key {
		entries, err := w.Store.EntriesAfter(w.Ctx(), w.Now, 0, 1)
		w.Must(err)
		return table.Key{Partition: "listing#" + entries[0].Listing, Sort: "state"}
	}
	for name, c := range map[string]struct {
		damage   func(w *rt.World)
		says     string
		repaired bool
	}{
		"status item lost":    {func(w *rt.World) { drop(w, statusItem) }, "is missing", true},
		"status item emptied": {func(w *rt.World) { raw(w, statusItem, func(d map[string]any) { d["listings"] = []any{} }) }, "is missing", true},
		"status item of an earlier moment": {func(w *rt.World) {
			raw(w, statusItem, func(d map[string]any) {
				h := d["listings"].([]any)[0].(map[string]any)
				h["spans"] = h["spans"].([]any)[:1]
			})
		}, "ends with entry 1", true},
		"status item of a later moment": {func(w *rt.World) {
			raw(w, statusItem, func(d map[string]any) {
				h := d["listings"].([]any)[0].(map[string]any)
				spans := h["spans"].([]any)
				more := map[string]any{}
				for k, v := range spans[0].(map[string]any) {
					more[k] = v
				}
				more["n"] = 999
				h["spans"] = append(spans, more)
			})
		}, "goes up to entry 999", true},
		"status item made milder": {func(w *rt.World) {
			raw(w, statusItem, func(d map[string]any) {
				h := d["listings"].([]any)[0].(map[string]any)
				h["spans"].([]any)[0].(map[string]any)["standing"].(map[string]any)["until"] = "2026-03-03"
			})
		}, "is not what the journal says", true},
		"head behind": {func(w *rt.World) {
			head, err := w.Store.Head(w.Ctx(), w.Now)
			w.Must(err)
			b := &records.Batch{}
			next := head.Head
			next.N, next.Frontier = 0, nil
			b.PutHead(head, next)
			w.Must(w.Store.Commit(w.Ctx(), w.Now, b))
		}, "the head is at 0", true},
		"head ahead": {func(w *rt.World) { raw(w, headItem, func(d map[string]any) { d["n"] = 4096 }) }, "is missing: the head is at 4096", false},
		"entry lost": {func(w *rt.World) { drop(w, entryItem("000000000003")) }, "entry 3 is missing", false},
		"first lost": {func(w *rt.World) { drop(w, entryItem("000000000001")) }, "entry 1 is missing", false},
		"leaf changed": {func(w *rt.World) {
			raw(w, entryItem("000000000002"), func(d map[string]any) { d["leaf"] = strings.Repeat("A", 43) + "=" })
		}, "do not lead to the tree", false},
		"entry changed": {func(w *rt.World) {
			raw(w, entryItem("000000000001"), func(d map[string]any) { d["entry"].(map[string]any)["authority"] = "x" })
		}, "not what its leaf commits to", false},
		"time runs back": {func(w *rt.World) {
			raw(w, entryItem("000000000004"), func(d map[string]any) { d["entry"].(map[string]any)["at"] = "2025-01-01T00:00:00Z" })
		}, "before the entry before it", false},
		"listing lost":    {func(w *rt.World) { drop(w, listing(w)) }, "not in the register", false},
		"listing changed": {func(w *rt.World) { raw(w, listing(w), func(d map[string]any) { d["state"] = "listed" }) }, "is not what its events lead to", false},
		"term changed": {func(w *rt.World) {
			raw(w, listing(w), func(d map[string]any) { d["term"].(map[string]any)["until"] = "2031-01-01" })
		}, "its term is not that of entry", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, rt.New(t).Table)
			c.damage(w)
			for _, repair := range []bool{false, true} {
				r := run(t, w, repair)
				var all strings.Builder
				for _, p := range r.Problems {
					all.WriteString(p.Text + "\n")
					for _, secret := range []string{rt.USCC(1), rt.CNID(2), rt.MSISDN(2)} {
						if strings.Contains(p.Text, secret) {
							t.Error("the problem names an identifier")
						}
					}
				}
				if !strings.Contains(all.String(), c.says) {
					t.Errorf("repair %t: %q does not say %q", repair, all.String(), c.says)
				}
				if r.Sound() != (repair && c.repaired) {
					t.Errorf("repair %t: sound is %t", repair, r.Sound())
				}
			}
			if r := run(t, w, false); r.Sound() != c.repaired {
				t.Errorf("after the repair: %v", r.Problems)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	if err := journalcheck.Command(t.Context(), &bytes.Buffer{}, journalcheck.Where{Data: dir}, false); err == nil {
		t.Error("a folder without a table is sound")
	}
	b, err := bolt.Open(filepath.Join(dir, "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := live(t, b)
	drop(w, statusItem)
	w.Must(b.Close())
	var out bytes.Buffer
	where := journalcheck.Where{Data: dir}
	if err := journalcheck.Command(t.Context(), &out, where, false); !errors.Is(err, journalcheck.ErrUnsound) || !strings.Contains(out.String(), "missing") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := journalcheck.Command(t.Context(), &out, where, true); err != nil || !strings.Contains(out.String(), "(repaired)") {
		t.Errorf("%v: %s", err, out.String())
	}
}
