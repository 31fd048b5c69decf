package supervision_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/infra/calendars"
	"shixin/infra/clocks"
	"shixin/infra/indicators"
	"shixin/infra/ladder"
	"shixin/infra/policies"
	"shixin/infra/regimes"
	"shixin/infra/risk"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/blob/file"
	"shixin/shared/compliance"
	"shixin/shared/journal"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/supervision"
	"shixin/shared/supervision/judging"
	"shixin/shared/table"
	"shixin/shared/table/bolt"
	"shixin/shared/table/tabletest"
)

var (
	start   = time.Date(2026, 10, 8, 9, 0, 0, 0, time.UTC)
	officer = access.Principal{Account: "officer", Person: "p1", Role: access.Officer, Authority: "nation", Level: access.National,
		Region: "000000", Sectors: []string{"telecom", "finance", "internet"}}
	cityOfficer = access.Principal{Account: "city-officer", Person: "p2", Role: access.Officer, Authority: "suzhou", Level: access.City,
		Region: "320500", Sectors: []string{"telecom", "finance", "internet"}}
	auditor = access.Principal{Account: "auditor", Person: "p3", Role: access.Auditor}
)

type document []byte

func (d document) Document(context.Context) ([]byte, error) { return d, nil }

// mailbox is a queue whose messages a test delivers by hand.
type mailbox struct {
	mu     sync.Mutex
	bodies []string
	fail   bool
}

func (m *mailbox) Send(_ context.Context, messages ...queue.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail {
		return errors.New("the queue is away")
	}
	for _, one := range messages {
		if err := one.Check(); err != nil {
			return err
		}
		m.bodies = append(m.bodies, one.Body)
	}
	return nil
}

// cut is a table that dies at one Write: before it took effect, or after, so that its answer is lost.
type cut struct {
	table.Table
	writes  []string // the families of each Write so far
	at      int      // the number of the Write, from 1; 0 is never
	applied bool
}

var errCut = errors.New("killed here")

func (c *cut) Write(ctx context.Context, b table.Batch) error {
	var about []string
	for _, op := range b.Ops {
		name, _, _ := strings.Cut(op.Item.Sort, "#")
		family, _, _ := strings.Cut(op.Item.Partition, "#")
		if op.Item.Partition == "run#schedule" || family == "finding" {
			name = family
		}
		if (family == "run" || family == "finding") && !strings.HasSuffix(op.Item.Partition, "#all") && !strings.HasSuffix(op.Item.Partition, "#open") && !slices.Contains(about, name) {
			about = append(about, name)
		}
	}
	slices.Sort(about)
	c.writes = append(c.writes, strings.Join(about, "+"))
	if len(c.writes) != c.at {
		return c.Table.Write(ctx, b)
	}
	if c.applied {
		if err := c.Table.Write(ctx, b); err != nil {
			return err
		}
	}
	return errCut
}

type world struct {
	*supervision.Supervision
	t     testing.TB
	table table.Table
	box   *mailbox
	now   time.Time
}

var keyring = func() document {
	doc, err := tinkseal.Generate()
	if err != nil {
		panic(err)
	}
	return doc
}()

// listedOnly has no pack but that of the rule listed: what other tests are about.
type listedOnly struct{ *judging.Book }

var book = judging.New() // keeps what it has compiled

func (listedOnly) Builtin() ([]compliance.PackText, error) {
	all, err := book.Builtin()
	return slices.DeleteFunc(slices.Clone(all), func(p compliance.PackText) bool { return p.ID != compliance.RuleListed }), err
}

// newRuled is a world with all packs that come with the register.
func newRuled(t testing.TB, tab table.Table) *world {
	w := newWorld(t, tab)
	w.Rules = book
	return w
}

func newWorld(t testing.TB, tab table.Table) *world {
	t.Helper()
	if tab == nil {
		tab = tabletest.NewModel()
	}
	r := ring.New(keyring)
	w := &world{t: t, table: tab, box: &mailbox{}, now: start}
	w.Supervision = &supervision.Supervision{
		Store: &records.Store{Table: tab}, Blobs: file.New(t.TempDir()), Queue: w.box, Hash: r, Seal: tinkseal.New(r),
		Policy: policy.New(policies.Files, nil), Regimes: regimes.Load, Calendar: calendars.Load, Clocks: clocks.Load, Ladder: ladder.Load, Weights: risk.Load, Indicators: indicators.Load, Rules: listedOnly{book},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PageSize: 10,
	}
	return w
}

func openBolt(t testing.TB) table.Table {
	t.Helper()
	tab, err := bolt.Open(filepath.Join(t.TempDir(), "table"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tab.Close() })
	return tab
}

// code makes the n-th USCC (GB 32100-2015).
func code(n int) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	weights := []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	body := []byte(fmt.Sprintf("91320500%08d", n))
	// The ninth to seventeenth characters are an organisation code with a check character of its own (GB 11714).
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[8+i]-'0')
	}
	check := "0123456789X0"[(11-sum%11)%11]
	if (11-sum%11)%11 == 10 {
		check = 'X'
	}
	body = append(body, check)
	sum = 0
	for i, w := range weights {
		sum += w * strings.IndexByte(alphabet, body[i])
	}
	return string(body) + string(alphabet[(31-sum%31)%31])
}

func enterprise(parties ...supervision.Party) supervision.Enterprise {
	return supervision.Enterprise{Names: []supervision.Name{{Text: "示例通信有限公司", Lang: "zh"}}, Sectors: []string{"telecom"}, Region: "320500", Size: "small", Parties: parties}
}

func supplier(uscc string) supervision.Party {
	return supervision.Party{Role: "supplier", Name: "示例供应商", Identifier: supervision.Identifier{Scheme: "uscc", Value: uscc}}
}

const cnID = "11010519491231002X"

var represented = supervision.Party{Role: "legal-representative", Name: "张示例", Identifier: supervision.Identifier{Scheme: "cn-id", Value: cnID}}

func (w *world) call(who access.Principal) supervision.Call {
	return supervision.Call{Who: who, Now: w.now}
}

func (w *world) register(n int, parties ...supervision.Party) string {
	w.t.Helper()
	w.put(w.call(officer), code(n), enterprise(parties...))
	return code(n)
}

func (w *world) put(call supervision.Call, uscc string, e supervision.Enterprise) *supervision.Reply {
	w.t.Helper()
	reply, err := w.Put(context.Background(), call, uscc, e)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply
}

func (w *world) ref(scheme, value string) subject.Ref {
	w.t.Helper()
	id, err := subject.Parse(scheme, value)
	if err != nil {
		w.t.Fatal(err)
	}
	hash, err := w.Hash.Hash(context.Background(), id.Normal())
	if err != nil {
		w.t.Fatal(err)
	}
	return id.Ref(hash)
}

// effect writes the next entry of the journal.
func (w *world) effect(e journal.Entry) {
	w.t.Helper()
	ctx := context.Background()
	head, err := w.Store.Head(ctx, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	e.N, e.At, e.Regime, e.Ground, e.Authority = head.N+1, w.now, "telecom-business", "bad-record", "nation"
	bytes, err := journal.Encode(e)
	if err != nil {
		w.t.Fatal(err)
	}
	leaf := journal.Leaf([]byte("salt"), bytes)
	next, err := head.Add(e.At, leaf)
	if err != nil {
		w.t.Fatal(err)
	}
	var b records.Batch
	b.PutEntry(e.N, bytes, leaf)
	b.PutHead(head, next.Know(e.Identifiers))
	for _, ref := range e.Identifiers {
		r, err := w.Store.Record(ctx, w.now, ref.ID())
		if err != nil {
			w.t.Fatal(err)
		}
		r.Record = r.Record.Add(e, ref.ID())
		b.PutRecord(r)
	}
	if err := w.Store.Commit(ctx, w.now, &b); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) list(listing string, published bool, refs ...subject.Ref) {
	w.t.Helper()
	w.effect(journal.Entry{Type: journal.Listed, Listing: listing, Identifiers: refs, Standing: journal.Standing{From: "2026-01-01", Published: published}})
}

func (w *world) remove(listing string, refs ...subject.Ref) {
	w.t.Helper()
	w.effect(journal.Entry{Type: journal.Removed, Listing: listing, Identifiers: refs, Standing: journal.Standing{From: "2026-01-01", Removed: "appeal"}})
}

// deliver hands messages to the worker until there are none.
func (w *world) deliver() error {
	for len(w.box.bodies) > 0 {
		body := w.box.bodies[0]
		w.box.bodies = w.box.bodies[1:]
		if err := w.Work(context.Background(), body, w.now); err != nil {
			return err
		}
	}
	return nil
}

// day moves on by a day and does the scheduled run of it.
func (w *world) day() compliance.Run { return w.later(24 * time.Hour) }

// later moves on and does a scheduled run.
func (w *world) later(by time.Duration) compliance.Run {
	w.t.Helper()
	w.now = w.now.Add(by)
	id, err := w.Schedule(context.Background(), w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.deliver(); err != nil {
		w.t.Fatal(err)
	}
	return w.run(id)
}

func (w *world) run(id string) compliance.Run {
	w.t.Helper()
	run, found, err := w.Store.Run(context.Background(), w.now, id)
	if err != nil || !found {
		w.t.Fatalf("run %s: found %v, %v", id, found, err)
	}
	return run.State
}

func (w *world) findings(who access.Principal, uscc string) []supervision.FindingView {
	w.t.Helper()
	views, _, err := w.Findings(context.Background(), who, w.now, uscc, 0, 50)
	if err != nil {
		w.t.Fatal(err)
	}
	return views
}

func owner(uscc string) access.Principal {
	return access.Principal{Account: "enterprise", Person: "e", Role: access.Enterprise, USCC: uscc}
}

func events(f supervision.FindingView) string {
	var all []string
	for _, m := range f.Runs {
		all = append(all, string(m.Event))
	}
	return strings.Join(all, " ")
}

func closed(t testing.TB, run compliance.Run, judged, isolated int) {
	t.Helper()
	c := run.Counts
	if run.State != compliance.Closed || c.Judged != judged || c.Isolated != isolated || c.Enterprises != judged+isolated {
		t.Fatalf("run is %s with %+v, want closed with %d judged and %d isolated", run.State, c, judged, isolated)
	}
}

func into[T any](t testing.TB, body []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
