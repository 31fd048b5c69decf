package screening_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/blob"
	"shixin/shared/querylog"
	"shixin/shared/queue"
	"shixin/shared/records"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/repeat"
	"shixin/shared/screening"
	"shixin/shared/table"
	"shixin/shared/workday"
)

// shelf is a blob store in memory that fails when it is told to, and uploads into it.
type shelf struct {
	mu    sync.Mutex
	blobs map[string][]byte
	fail  func(call, name string) error
}

func (s *shelf) met(call, name string) error {
	if s.fail != nil {
		return s.fail(call, name)
	}
	return nil
}

func (s *shelf) Put(_ context.Context, name string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.met("put", name); err != nil {
		return err
	}
	s.blobs[name] = append([]byte{}, body...)
	return nil
}

func (s *shelf) Get(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.met("get", name); err != nil {
		return nil, err
	}
	body, ok := s.blobs[name]
	if !ok {
		return nil, blob.ErrNotFound
	}
	return append([]byte{}, body...), nil
}

func (s *shelf) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.met("delete", name); err != nil {
		return err
	}
	delete(s.blobs, name)
	return nil
}

// names lists the blobs with a beginning.
func (s *shelf) names(prefix string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.blobs {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	return out
}

// files names the uploads of a screening, or of all, that hold something. A closed one does not.
func (s *shelf) files(id string) (out []string) {
	for _, name := range s.names("uploads/" + id) {
		if body, err := s.Get(context.Background(), name); err == nil && len(body) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// change alters a blob.
func (s *shelf) change(prefix string, to func([]byte) []byte) {
	for _, name := range s.names(prefix) {
		s.mu.Lock()
		if body := to(s.blobs[name]); body == nil {
			delete(s.blobs, name)
		} else {
			s.blobs[name] = body
		}
		s.mu.Unlock()
	}
}

type inbox struct{ *shelf }

func (i inbox) Address(_ context.Context, name string, within time.Duration) (blob.Address, error) {
	return blob.Address{Method: "PUT", URL: "http://inbox/" + name, Headers: map[string]string{"Within": within.String()}}, nil
}

func (i inbox) Size(ctx context.Context, name string) (int64, error) {
	body, err := i.shelf.Get(ctx, name)
	return int64(len(body)), err
}

func (i inbox) Close(ctx context.Context, name string) error { return i.Put(ctx, name, nil) }

func (i inbox) Read(ctx context.Context, name string, from int64, n int) ([]byte, error) {
	body, err := i.shelf.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	return body[min(from, int64(len(body))):min(from+int64(n), int64(len(body)))], nil
}

// world is a register with the looking up of names over it.
type world struct {
	*rt.World
	*screening.Screening
	shelf *shelf
	queue *queues
}

func newWorld(t testing.TB) *world { return over(rt.New(t), &shelf{blobs: map[string][]byte{}}) }

// over makes a world over what is stored, as another process would.
func over(r *rt.World, s *shelf) *world {
	w := &world{World: r, shelf: s, queue: &queues{}}
	w.Screening = &screening.Screening{Store: r.Register.Store, Blobs: s, Uploads: inbox{s}, Queue: w.queue, Hash: r.Register.Hash, Seal: r.Register.Seal, Policy: r.Register.Policy}
	w.Queries = &querylog.Log{Store: w.Screening.Store, Queue: w.queue, Hash: w.Screening.Hash}
	return w
}

// queues keep what was sent to each, or fail.
type queues struct {
	mu   sync.Mutex
	sent map[string][]string // bodies
	err  error
}

func (q *queues) Send(_ context.Context, all ...queue.Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q.err
	}
	if q.sent == nil {
		q.sent = map[string][]string{}
	}
	for _, m := range all {
		q.sent[m.Queue] = append(q.sent[m.Queue], m.Body)
	}
	return nil
}

// take empties a queue.
func (q *queues) take(name string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.sent[name]
	delete(q.sent, name)
	return all
}

func (w *world) build() {
	w.T.Helper()
	w.Must(w.Build(w.Ctx(), w.Now))
}

// another is another process over the same stores.
func (w *world) another() *world { return over(w.World, w.shelf) }

func (w *world) try(who access.Principal, q screening.Query) (screening.Answer, error) {
	return w.Search(w.Ctx(), who, w.Now, q)
}

func (w *world) search(who access.Principal, q screening.Query) screening.Answer {
	w.T.Helper()
	a, err := w.try(who, q)
	w.Must(err)
	return a
}

// finds fails unless a search finds exactly these listings.
func (w *world) finds(who access.Principal, q screening.Query, want ...string) screening.Answer {
	w.T.Helper()
	a := w.search(who, q)
	var got []string
	for _, i := range a.Items {
		got = append(got, i.Listing)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.T.Fatalf("%q for %q finds %v, want %v", q.Name, who.Account, got, want)
	}
	return a
}

func name(text string) screening.Query { return screening.Query{Name: text} }

// called gives a proposal another name.
func called(p register.Proposal, name string) register.Proposal {
	p.Subject.Names = []register.Name{{Text: name}}
	return p
}

// published lists an organisation where anyone sees it.
func (w *world) published(n int, name string) string {
	w.T.Helper()
	id := w.Listed(called(rt.Market(n), name))
	w.Do(rt.Decider, id, rt.Of(register.Publication{Reasons: "It is in the public interest."}.Step()))
	return id
}

func (w *world) call(who access.Principal) repeat.Call { return repeat.Call{Who: who, Now: w.Now} }

// ordered orders a screening and sends its file.
func (w *world) ordered(who access.Principal, o screening.Order, file string) string {
	w.T.Helper()
	reply, err := w.Create(w.Ctx(), w.call(who), o)
	w.Must(err)
	var out struct{ ID string }
	w.Must(json.Unmarshal(reply.Body, &out))
	w.Must(w.shelf.Put(w.Ctx(), "uploads/"+out.ID, []byte(file)))
	return out.ID
}

func (w *world) start(who access.Principal, id string) {
	w.T.Helper()
	_, err := w.Start(w.Ctx(), w.call(who), id)
	w.Must(err)
}

func (w *world) work(id string) error {
	return w.Work(w.Ctx(), `{"screening":"`+id+`"}`, w.Now)
}

func (w *world) progress(who access.Principal, id string) (p screening.Progress) {
	w.T.Helper()
	reply, err := w.Screening.Read(w.Ctx(), who, w.Now, id)
	w.Must(err)
	w.Must(json.Unmarshal(reply.Body, &p))
	return p
}

// results reads all results, by pages of some.
func (w *world) results(who access.Principal, id string, verdict screening.Verdict, limit int) (all []screening.Result) {
	w.T.Helper()
	var at screening.ResultPlace
	for {
		page, next, err := w.Results(w.Ctx(), who, w.Now, id, verdict, at, limit)
		w.Must(err)
		all = append(all, page...)
		if next == nil {
			return all
		}
		at = *next
	}
}

var errKilled = errors.New("killed")

// lines joins lines.
func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

// day is a day some days from now.
func day(w *world, days int) workday.Day { return workday.DayOf(w.Now).AddDays(days) }

// put makes an index that was read elsewhere the one in use here.
func (w *world) put(other records.Index) error {
	mine, err := w.Screening.Store.Index(w.Ctx(), w.Now)
	if err != nil {
		return err
	}
	mine.Segment, mine.Confirmed = other.Segment, other.Confirmed
	b := &records.Batch{}
	b.PutIndex(mine)
	return w.Screening.Store.Commit(w.Ctx(), w.Now, b)
}

// killing is a table whose writes fail when they are told to.
type killing struct {
	table.Table
	fail func() error
}

func (k killing) Write(ctx context.Context, b table.Batch) error {
	if err := k.fail(); err != nil {
		return err
	}
	return k.Table.Write(ctx, b)
}
