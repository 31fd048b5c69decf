package records_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/table"
)

var updateListings = flag.Bool("update-listings", false, "rewrite the golden items of listings, journal and imports")

// kept notes the last item that was put under each key, also of those that are deleted later.
type kept struct {
	table.Table
	order   []table.Key // as they were put first
	items   map[table.Key]table.Item
	deleted map[table.Key]bool
}

func (k *kept) Write(ctx context.Context, b table.Batch) error {
	if err := k.Table.Write(ctx, b); err != nil {
		return err
	}
	for _, op := range b.Ops {
		switch op.Kind {
		case table.Put:
			if _, known := k.items[op.Item.Key]; !known {
				k.order = append(k.order, op.Item.Key)
			}
			k.items[op.Item.Key] = op.Item
			delete(k.deleted, op.Item.Key)
		case table.Delete:
			k.deleted[op.Item.Key] = true
		}
	}
	return nil
}

// script is a life that leaves an item of every kind.
func script(w *rt.World) {
	// A person's listing: amended, decided, corrected, and removed on appeal.
	id := w.Propose(rt.Officer, rt.Convicted(1))
	facts := "It let out more phone cards."
	w.Do(rt.Officer, id, rt.Of(register.Amendment{Facts: &facts}.Step()))
	w.Do(rt.Officer, id, rt.Of(w.Notice().Step()))
	w.Do(w.Person(1), id, rt.Of(register.Statement{Kind: "statement", Text: "It was not me."}.Step()))
	w.Do(w.Person(1), id, rt.Of(register.Statement{Kind: "waiver", Text: "I say no more."}.Step()))
	d := rt.Listing()
	d.Answers = []register.Answer{{Statement: 1, Text: "It was."}}
	w.Do(rt.Decider, id, rt.Of(d.Step()))
	w.Do(rt.Officer, id, rt.Of(register.Service{Of: "decision", Method: "post", ServedAt: w.Now, Receipt: &rt.Document}.Step()))
	w.Do(rt.Officer, id, rt.Of(register.TermStart{From: "2026-03-01", Document: "release"}.Step()))
	w.Do(rt.Decider, id, rt.Of(register.Publication{Reasons: "It is published."}.Step()))
	n := w.Asked(w.Person(1), id, register.Request{Kind: "correction", Grounds: "The number is not mine.", Evidence: []register.Evidence{rt.Document},
		Change: &register.Change{Names: []register.Name{{Text: "虚构人", Lang: "zh"}}, Identifiers: []register.Identifier{{Scheme: "cn-id", Value: rt.CNID(1)}, {Scheme: "msisdn", Value: rt.MSISDN(9), From: "2025-01-01", To: "2026-01-01"}}}})
	w.Granted(rt.SecondDecider, id, n)
	n = w.Asked(rt.Officer, id, register.Request{Kind: "stay", Grounds: "A court asks.", Until: "2026-05-01", Change: &register.Change{What: []string{"measures"}}})
	w.Granted(rt.SecondDecider, id, n)
	n = w.Asked(w.Person(1), id, register.Request{Kind: "appeal", Grounds: "Less would do."})
	w.Do(rt.SecondDecider, id, rt.Of(register.Outcome{Outcome: "varied", Reasons: "Less does.", Change: &register.Change{Until: "2027-01-01", Measures: []string{"credit-db"}}}.Step(n)))

	// A city's organisation: consent, drop. Another's runs out.
	id = w.Propose(rt.CityOfficer, rt.Market(2))
	w.Waive(rt.CityOfficer, id)
	w.Do(rt.ProvinceDecider, id, rt.Of(register.Consent{Outcome: "refused", Reasons: "It is not proven."}.Step()))
	w.Do(rt.CityDecider, id, rt.Of(register.Decision{Outcome: "drop", Reasons: "It is not proven."}.Step()))
	id = w.Propose(rt.Officer, rt.Market(3))
	w.Do(rt.Officer, id, rt.Of(register.Withdrawal{}.Step()))
	id = w.Listed(rt.Organization(4))
	n = w.Asked(rt.Officer, id, register.Request{Kind: "revocation", Grounds: "It was wrong."})
	w.Granted(rt.SecondDecider, id, n)

	// A list of two rows, one decided, and a call with an idempotency key.
	imp := w.ImportRows(rt.Officer, []register.Row{rt.Mirrored(5), {Proposal: rt.Organization(6)}})
	call := w.Call(rt.Decider)
	call.Once = &records.Once{Caller: "decider", Route: "POST /v1/imports/x/adoption", Key: "k", Body: "b"}
	_, err := w.Adopt(w.Ctx(), call, imp)
	w.Must(err)
	w.Must(w.Work(w.Ctx(), imp, w.Now))
	w.Listed(rt.Organization(7))
	w.Later(731)
	w.Must(w.Tick(w.Ctx(), w.Now))
}

var (
	idForm   = regexp.MustCompile(`\b0[0-9a-v]{25}\b`)
	hexForm  = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	textForm = regexp.MustCompile(`"[A-Za-z0-9_-]{43}"`)
	hashForm = regexp.MustCompile(`"[A-Za-z0-9+/]{43}="`)
	sealForm = regexp.MustCompile(`"answer":"[A-Za-z0-9+/=]{100,}"`)
)

// golden is the items as text, with everything random replaced by a word that says what it is.
func (k *kept) golden() string {
	names := map[string]string{}
	for _, key := range k.order {
		for _, id := range idForm.FindAllString(key.Partition+" "+key.Sort, -1) {
			if names[id] == "" {
				names[id] = fmt.Sprintf("ID%02d", len(names)+1)
			}
		}
	}
	plain := func(s string) string {
		s = idForm.ReplaceAllStringFunc(s, func(id string) string { return names[id] })
		s = hexForm.ReplaceAllStringFunc(s, func(h string) string {
			if h == rt.Document.SHA256 {
				return h
			}
			return "HASH"
		})
		s = textForm.ReplaceAllString(s, `"TEXT"`)
		s = hashForm.ReplaceAllString(s, `"HASH"`)
		return sealForm.ReplaceAllString(s, `"answer":"SEALED"`)
	}
	var out []string
	for _, key := range k.order {
		item := k.items[key]
		text := "sealed"
		if json.Valid(item.Doc) {
			text = string(item.Doc)
		}
		expires, gone := "", ""
		if !item.Expires.IsZero() {
			expires = " | expires " + item.Expires.UTC().Format(time.RFC3339)
		}
		if k.deleted[key] {
			gone = " | deleted later"
		}
		out = append(out, plain(fmt.Sprintf("%s | %s | v%d%s%s\n%s\n", key.Partition, key.Sort, item.Version, expires, gone, text)))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// What was written once has to be read for ever: a change of a stored shape is seen here. After a change that old items survive, refresh with
// go test ./shared/records -run Golden -update-listings.
func TestGoldenListingItems(t *testing.T) {
	w := rt.New(t)
	k := &kept{Table: w.Table, items: map[table.Key]table.Item{}, deleted: map[table.Key]bool{}}
	w.Store.Table = k
	script(w)
	got := k.golden()
	path := filepath.Join("testdata", "listings.golden")
	if *updateListings {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("line %d is %q, stored so far as %q; where old items can still be read, refresh with -update-listings", i+1, a[i], b[i])
		}
	}
	t.Fatalf("%d lines, stored so far %d", len(a), len(b))
}

// The golden items have one of each family and sort that this part of the register stores.
func TestGoldenIsComplete(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "listings.golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"listing#ID01 | state", "listing#ID01 | sealed", "listing#ID01 | event#000001", "status#cn-id#", "status#uscc#", "journal#000000 | 000000000001", "head | head",
		"subject#cn-id#", "queue#cn-antifraud | listed#", "authority | cn-antifraud", "due#", "removed#", "import#", " | chunk#0000", "import | ID", "once#", "meta | clock",
	} {
		if !strings.Contains(string(data), key) {
			t.Errorf("there is no item %s", key)
		}
	}
}
