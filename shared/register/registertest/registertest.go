// Package registertest provides a register on a fresh table, with people and texts to try it with.
package registertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/infra/calendars"
	"shixin/infra/policies"
	"shixin/infra/regimes"
	"shixin/shared/access"
	"shixin/shared/access/policy"
	"shixin/shared/fault"
	"shixin/shared/keys/ring"
	"shixin/shared/keys/tinkseal"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/register/lookup"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/table/bolt"
	"shixin/shared/workday"
)

// World is a register with its table and a clock that the test moves.
type World struct {
	T testing.TB
	*register.Register
	Lookup *lookup.Lookup
	Table  table.Table
	Queue  *Messages
	Now    time.Time
}

// New makes a world on a new embedded file.
func New(t testing.TB) *World {
	t.Helper()
	b, err := bolt.Open(filepath.Join(folder(t), "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return On(t, b)
}

// folder lies in memory where there is such a place: a test is not about the disk. A benchmark is.
func folder(t testing.TB) string {
	if _, bench := t.(*testing.B); !bench {
		if dir, err := os.MkdirTemp("/dev/shm", "shixin-*"); err == nil {
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			return dir
		}
	}
	return t.TempDir()
}

// On makes a world on a table, which may have a past. All worlds share one keyring.
func On(t testing.TB, tab table.Table) *World {
	t.Helper()
	keyring := ring.New(document{})
	messages := &Messages{}
	engine := policy.New(policies.Files, nil)
	store := &records.Store{Table: tab}
	return &World{
		T: t, Table: tab, Queue: messages, Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("", 8*3600)),
		Register: &register.Register{Store: store, Hash: keyring, Seal: tinkseal.New(keyring), Policy: engine, Queue: messages,
			Regimes: regimes.Load, Calendar: calendars.Load},
		Lookup: &lookup.Lookup{Store: store, Hash: keyring, Policy: engine},
	}
}

// document is a keyring whose hash key never changes, so that what is stored can be compared with golden files.
type document struct{}

var keyring = sync.OnceValues(func() ([]byte, error) {
	doc, err := tinkseal.Generate()
	if err != nil {
		return nil, err
	}
	var d map[string]any
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, err
	}
	d["hmac"] = map[string]any{"1": bytes.Repeat([]byte{7}, ring.KeyBytes)}
	return json.Marshal(d)
})

func (document) Document(context.Context) ([]byte, error) { return keyring() }

// Messages is a queue that keeps what was sent.
type Messages struct {
	mu  sync.Mutex
	all []queue.Message
}

// Send implements queue.Sender.
func (m *Messages) Send(_ context.Context, messages ...queue.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, messages...)
	return nil
}

// Take empties the queue.
func (m *Messages) Take() []queue.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.all
	m.all = nil
	return all
}

// Ctx is the context of the test.
func (w *World) Ctx() context.Context { return w.T.Context() }

// Call is a call of a person at the world's time.
func (w *World) Call(who access.Principal) register.Call { return register.Call{Who: who, Now: w.Now} }

// Later moves the clock by days.
func (w *World) Later(days int) { w.Now = w.Now.AddDate(0, 0, days) }

// Must fails the test on an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Propose opens a listing and returns its id.
func (w *World) Propose(who access.Principal, p register.Proposal) string {
	w.T.Helper()
	reply, err := w.Register.Propose(w.Ctx(), w.Call(who), p)
	w.Must(err)
	return w.View(reply).ID
}

// View reads a reply.
func (w *World) View(reply *register.Reply) (v register.View) {
	w.T.Helper()
	w.Must(json.Unmarshal(reply.Body, &v))
	return v
}

// Taken is a step as its body made it.
type Taken struct {
	step register.Step
	err  error
}

// Of takes what a body's Step returns.
func Of(step register.Step, err error) Taken { return Taken{step, err} }

// Try takes a step.
func (w *World) Try(who access.Principal, id string, t Taken) (*register.Reply, error) {
	if t.err != nil {
		return nil, t.err
	}
	return w.Take(w.Ctx(), w.Call(who), id, t.step)
}

// Do takes a step that must succeed.
func (w *World) Do(who access.Principal, id string, t Taken) *register.Reply {
	w.T.Helper()
	reply, err := w.Try(who, id, t)
	w.Must(err)
	return reply
}

// Notice is a notice served in person now, with four weeks for a statement.
func (w *World) Notice() register.Notice {
	return register.Notice{Method: "in_person", ServedAt: w.Now, RespondUntil: workday.DayOf(w.Now).AddDays(28)}
}

// Waive serves notice and records the subject's waiver.
func (w *World) Waive(officer access.Principal, id string) {
	w.T.Helper()
	w.Do(officer, id, Of(w.Notice().Step()))
	w.Do(officer, id, Of(register.Statement{Kind: "waiver", Text: "I say nothing."}.Step()))
}

// Listed proposes and decides a listing.
func (w *World) Listed(p register.Proposal) string {
	w.T.Helper()
	id := w.Propose(Officer, p)
	w.Waive(Officer, id)
	w.Do(Decider, id, Of(Listing().Step()))
	return id
}

// Listing is a decision to list.
func Listing() register.Decision {
	return register.Decision{Outcome: "list", Reasons: "The facts are proven."}
}

// Asked files a request and returns its number.
func (w *World) Asked(who access.Principal, id string, q register.Request) int {
	w.T.Helper()
	var n struct{ N int }
	w.Must(json.Unmarshal(w.Do(who, id, Of(q.Step())).Body, &n))
	return n.N
}

// Granted decides a request.
func (w *World) Granted(who access.Principal, id string, n int) *register.Reply {
	w.T.Helper()
	return w.Do(who, id, Of(register.Outcome{Outcome: "granted", Reasons: "It is founded."}.Step(n)))
}

// ImportRows receives rows and returns the import's id.
func (w *World) ImportRows(who access.Principal, rows []register.Row) string {
	w.T.Helper()
	in := make([]register.ImportRow, len(rows))
	for i, row := range rows {
		in[i] = register.ImportRow{Line: i + 1, Row: row}
	}
	reply, err := w.Register.Import(w.Ctx(), w.Call(who), in)
	w.Must(err)
	var out struct {
		ID       string
		Rejected []fault.Rejected
	}
	w.Must(json.Unmarshal(reply.Body, &out))
	if len(out.Rejected) > 0 {
		w.T.Fatalf("rejected: %v", out.Rejected)
	}
	return out.ID
}

// ShownImport reads an import.
func (w *World) ShownImport(who access.Principal, id string) (v register.ImportView) {
	w.T.Helper()
	reply, err := w.ShowImport(w.Ctx(), who, w.Now, id)
	w.Must(err)
	w.Must(json.Unmarshal(reply.Body, &v))
	return v
}

// Organization is a proposal about the organisation numbered n, under a ground without a time of its own.
func Organization(n int) register.Proposal {
	return register.Proposal{
		Regime: "telecom-fraud", Ground: "designated-trading",
		Subject: register.Subject{Kind: "organization", Names: []register.Name{{Text: fmt.Sprintf("虚构网络科技有限公司%d", n), Lang: "zh"}},
			Identifiers: []register.Identifier{{Scheme: "uscc", Value: USCC(n)}}},
		Facts: "It let out phone cards.", LegalBasis: []string{"Joint Measures, art. 3"}, Evidence: []register.Evidence{Document},
	}
}

// Market is a proposal about the organisation numbered n under a ground that is published and has a time for statements.
func Market(n int) register.Proposal {
	p := Organization(n)
	p.Regime, p.Ground = "market-regulation", "serious-violation"
	return p
}

// Human is a proposal about the person numbered n.
func Human(n int) register.Proposal {
	p := Organization(n)
	p.Subject = register.Subject{Kind: "person", Names: []register.Name{{Text: fmt.Sprintf("虚构人%d", n)}},
		Identifiers: []register.Identifier{{Scheme: "cn-id", Value: CNID(n)}, {Scheme: "msisdn", Value: MSISDN(n)}}}
	return p
}

// Convicted is a proposal about the person numbered n under a ground that is published and whose term starts with an event.
func Convicted(n int) register.Proposal {
	p := Human(n)
	p.Ground = "criminal-punishment"
	months := 18
	p.Conviction = &register.Conviction{Document: "judgment 1", OffenceOn: "2025-02-01", SentenceMonths: &months}
	return p
}

// Mirrored is a row about entry n of another list.
func Mirrored(n int) register.Row {
	return register.Row{
		Proposal: register.Proposal{Regime: "reference", Ground: "mirrored",
			Subject: register.Subject{Kind: "organization", Names: []register.Name{{Text: fmt.Sprintf("FICTIONAL TRADING %d", n)}},
				Identifiers: []register.Identifier{{Scheme: "list-ref", Value: fmt.Sprintf("fiction:%d", n)}}},
			Facts: fmt.Sprintf("Entry %d of a fictional list.", n), LegalBasis: []string{"Fictional list"}},
		Decided: &register.Decided{Document: fmt.Sprintf("entry %d", n), On: "2026-01-05"},
	}
}

// Document is a piece of evidence.
var Document = register.Evidence{Title: "transcript", SHA256: strings.Repeat("ab", 32)}

// USCC is a code with right check characters, for n below 100,000.
func USCC(n int) string {
	const chars = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	org := fmt.Sprintf("MA%06d", n)
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		c := org[i]
		v := int(c - '0')
		if c >= 'A' {
			v = int(c-'A') + 10
		}
		sum += w * v
	}
	code := "91320500" + org + string("0123456789X0"[(11-sum%11)%11])
	sum = 0
	for i, w := 0, 1; i < 17; i, w = i+1, w*3%31 {
		sum += w * strings.IndexByte(chars, code[i])
	}
	return code + string(chars[(31-sum%31)%31])
}

// CNID is an ID number with a right check character, for n below 1,000.
func CNID(n int) string {
	id := fmt.Sprintf("32050519900307%03d", n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(id[i]-'0')
	}
	return id + string("10X98765432"[sum%11])
}

// MSISDN is a phone number.
func MSISDN(n int) string { return fmt.Sprintf("+86138%08d", n) }

// OrganizationRef is the key (subject.Ref.ID) of the organisation numbered n.
func OrganizationRef(n int) string { return subject.Ref{Scheme: subject.USCC, Key: USCC(n)}.ID() }
