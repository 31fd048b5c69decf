package screening_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/fault"
	"shixin/shared/register"
	rt "shixin/shared/register/registertest"
	"shixin/shared/repeat"
	"shixin/shared/screening"
)

// mirrored adopts entries of another list, numbered from and to.
func (w *world) mirrored(from, to int) {
	w.T.Helper()
	var rows []register.Row
	for n := from; n < to; n++ {
		row := rt.Mirrored(n)
		row.Subject.Names = []register.Name{{Text: fmt.Sprintf("Vorlane %s Trading", word(n))}}
		rows = append(rows, row)
	}
	id := w.ImportRows(rt.Officer, rows)
	_, err := w.Register.Adopt(w.Ctx(), w.World.Call(rt.Decider), id)
	w.Must(err)
	w.Must(w.Register.Work(w.Ctx(), id, w.Now))
}

// word is a made-up word for a number.
func word(n int) string {
	const c, v = "bdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for n += 1000; n > 0; n /= 70 {
		b.WriteByte(c[n%14])
		b.WriteByte(v[n/14%5])
	}
	return b.String()
}

func (w *world) index() (v screening.IndexView) {
	w.T.Helper()
	v, err := w.Index(w.Ctx(), w.Now)
	w.Must(err)
	return v
}

// However often, and from whichever process, the index is made, what is found is the same.
func TestAnIndexChangesNothingOfWhatIsFound(t *testing.T) {
	w := newWorld(t)
	w.mirrored(0, 120)
	q := screening.Query{Name: "Vorlane " + word(17) + " Trading", Threshold: ptr(0.5), Limit: ptr(100)}
	before := w.search(rt.Nobody, q)
	if len(before.Items) == 0 || !strings.Contains(before.Items[0].Name, word(17)) || before.Items[0].Identifiers[0].Value != "fiction:17" {
		t.Fatalf("%+v", before.Items)
	}
	w.build()
	if v := w.index(); v.Behind != 0 || v.Entities != 120 || v.ListVersion != 120 {
		t.Errorf("index %+v", v)
	}
	for what, other := range map[string]*world{"this process": w, "another": w.another()} {
		after := other.search(rt.Nobody, q)
		a, _ := json.Marshal(before.Items)
		b, _ := json.Marshal(after.Items)
		if !bytes.Equal(a, b) || after.ListVersion != before.ListVersion {
			t.Errorf("%s finds\n%s\nafter the index was made, and before\n%s", what, b, a)
		}
	}
	blobs := w.shelf.names("index/")
	w.build()
	if again := w.shelf.names("index/"); len(again) != len(blobs) {
		t.Errorf("a second build with nothing new has made %v of %v", again, blobs)
	}
	for _, name := range blobs {
		if bytes.Contains(w.shelf.blobs[name], []byte("Vorlane")) {
			t.Errorf("%s holds names in clear", name)
		}
	}
}

// A segment that is not what was written is refused, whatever was done to it, and made anew.
func TestADamagedSegmentAnswersNothing(t *testing.T) {
	for what, change := range map[string]func([]byte) []byte{
		"gone":      func([]byte) []byte { return nil },
		"short":     func(b []byte) []byte { return b[:len(b)/2] },
		"empty":     func([]byte) []byte { return []byte{} },
		"a bit off": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
	} {
		w := newWorld(t)
		id := w.published(1, "苏州虚构星河网络科技有限公司")
		w.build()
		w.shelf.change("index/", change)
		fresh := w.another()
		_, err := fresh.try(rt.Nobody, name("虚构星河"))
		f, ok := errors.AsType[*fault.Fault](err)
		if !ok || f.Kind != fault.Unavailable || f.RetryAfter <= 0 {
			t.Fatalf("%s: answered with %v", what, err)
		}
		if len(fresh.queue.take(screening.IndexQueue)) == 0 {
			t.Errorf("%s: nobody is asked to make it anew", what)
		}
		// A file that is looked up meanwhile is not clear either.
		file := fresh.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "虚构星河"))
		fresh.start(rt.Operator, file)
		if err := fresh.work(file); fault.Of(err) != fault.Unavailable {
			t.Errorf("%s: a file is worked on: %v", what, err)
		}
		fresh.build()
		fresh.finds(rt.Nobody, name("虚构星河"), id)
		w.Must(fresh.work(file))
		if p := fresh.progress(rt.Operator, file); p.Counts.Possible != 1 {
			t.Errorf("%s: after it was made anew: %+v", what, p)
		}
	}
}

// A segment that no indexer has looked at for too long is refused, unless one does while the query waits.
func TestAnOldSegmentAnswersNothing(t *testing.T) {
	w := newWorld(t)
	id := w.published(1, "苏州虚构星河网络科技有限公司")
	w.build()
	w.finds(rt.Nobody, name("虚构星河"), id)
	w.Later(3)
	short, cancel := context.WithTimeout(w.Ctx(), 300*time.Millisecond)
	defer cancel()
	if _, err := w.Search(short, rt.Nobody, w.Now, name("虚构星河")); err == nil {
		t.Error("an old segment answers")
	}
	if len(w.queue.take(screening.IndexQueue)) == 0 {
		t.Error("nobody is asked to look at it")
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		time.Sleep(50 * time.Millisecond)
		if err := w.another().Build(w.Ctx(), w.Now); err != nil {
			t.Error(err)
		}
	})
	w.finds(rt.Nobody, name("虚构星河"), id)
	wg.Wait()
}

// A journal that lost what the segment knows is not the segment's.
func TestASegmentOfAnotherJournal(t *testing.T) {
	w := newWorld(t)
	w.published(1, "苏州虚构星河网络科技有限公司")
	w.published(2, "苏州虚构银河网络科技有限公司")
	w.build()
	older := newWorld(t)
	older.published(1, "苏州虚构星河网络科技有限公司")
	index, err := w.Screening.Store.Index(w.Ctx(), w.Now)
	w.Must(err)
	w.Must(older.put(index))
	older.shelf = w.shelf
	older = over(older.World, w.shelf)
	if _, err := older.try(rt.Nobody, name("虚构星河")); fault.Of(err) != fault.Unavailable {
		t.Errorf("answered with %v", err)
	}
}

// A list that shrank at once is held back until a person says that it is right; what was removed is found no more all the same.
func TestAListThatShrankIsHeldBack(t *testing.T) {
	w := newWorld(t)
	w.mirrored(0, 100)
	w.build()
	ids := map[string]bool{}
	for n := range 40 {
		q := screening.Query{Name: "Vorlane " + word(n) + " Trading", Identifier: &screening.Identifier{Scheme: "list-ref", Value: fmt.Sprintf("fiction:%d", n)}}
		i := w.search(rt.Nobody, q).Items[0]
		if i.Verdict != screening.Match {
			t.Fatalf("%+v", i)
		}
		ids[i.Listing] = true
		asked := w.World.Asked(rt.Officer, i.Listing, register.Request{Kind: "revocation", Grounds: "It is not on that list."})
		w.Granted(rt.SecondDecider, i.Listing, asked)
	}
	if len(ids) != 40 {
		t.Fatalf("%d listings", len(ids))
	}
	w.build()
	held := w.index().Held
	if held == nil || held.Was != 100 || held.Entities != 60 || w.index().Entities != 100 {
		t.Fatalf("held back: %+v", held)
	}
	gone := screening.Query{Name: "Vorlane " + word(3) + " Trading", Threshold: ptr(0.99)}
	w.finds(rt.Nobody, gone)
	w.another().finds(rt.Nobody, gone)
	release := func(who access.Principal, version int64) error {
		_, err := w.Release(w.Ctx(), repeat.Call{Who: who, Now: w.Now}, screening.Release{ListVersion: version, Reasons: "The other list withdrew a programme."})
		return err
	}
	if err := release(rt.Decider, held.ListVersion-1); fault.Of(err) != fault.Conflict {
		t.Errorf("the release of something else: %v", err)
	}
	w.Must(release(rt.Decider, held.ListVersion))
	w.build()
	if v := w.index(); v.Held != nil || v.Entities != 60 || v.Behind != 0 {
		t.Errorf("after the release: %+v", v)
	}
	if err := release(rt.Decider, held.ListVersion); fault.Of(err) != fault.Conflict {
		t.Errorf("a release of nothing: %v", err)
	}
	w.finds(rt.Nobody, gone)
}

// Terms that run out are no loss.
func TestExpiryIsNoShrinking(t *testing.T) {
	w := newWorld(t)
	var all []string
	for n := range 30 {
		all = append(all, w.Listed(called(rt.Organization(n), fmt.Sprintf("苏州虚构%s有限公司", word(n)))))
	}
	w.build()
	w.Later(365 * 3)
	w.mirrored(0, 1)
	w.build()
	if v := w.index(); v.Held != nil || v.Entities != 1 || len(all) != 30 {
		t.Errorf("%+v", v)
	}
}

// Segments that are no more in use go, after a while, and not while a file that has pinned one is worked on.
func TestOldSegmentsGo(t *testing.T) {
	w := newWorld(t)
	w.mirrored(0, 3)
	w.build()
	first := w.shelf.names("index/")
	file := w.ordered(rt.Operator, screening.Order{Format: "csv"}, lines("name", "Vorlane "+word(1)+" Trading"))
	w.start(rt.Operator, file)
	w.shelf.fail = func(call, name string) error {
		if call == "put" && strings.Contains(name, "/results/") {
			return errKilled
		}
		return nil
	}
	if err := w.work(file); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	w.mirrored(3, 6)
	w.build()
	w.Later(2)
	w.build()
	if got := w.shelf.names(first[0]); len(got) != 1 {
		t.Fatalf("a pinned segment is gone: %v", w.shelf.names("index/"))
	}
	w.shelf.fail = nil
	w.Must(w.another().work(file))
	if p := w.progress(rt.Operator, file); p.Counts.Possible != 1 || *p.ListVersion != 3 {
		t.Errorf("%+v", p)
	}
	w.build()
	if got := w.shelf.names(first[0]); len(got) != 0 {
		t.Errorf("it is still there: %v", w.shelf.names("index/"))
	}
	if got := w.shelf.names("index/"); len(got) != 1 {
		t.Errorf("segments: %v", got)
	}
}

// An indexer that is killed at any of its writes leaves an index that answers, and the next one ends its work.
func TestAnIndexerIsKilled(t *testing.T) {
	for at := 1; ; at++ {
		w := newWorld(t)
		w.mirrored(0, 5)
		w.build()
		w.mirrored(5, 9)
		calls, reached := 0, false
		w.shelf.fail = func(call, _ string) error {
			if call == "put" || call == "delete" {
				if calls++; calls == at {
					reached = true
					return errKilled
				}
			}
			return nil
		}
		err := w.Build(w.Ctx(), w.Now)
		w.shelf.fail = nil
		if reached != (err != nil) {
			t.Fatalf("killed %v, error %v", reached, err)
		}
		q := screening.Query{Name: "Vorlane " + word(7) + " Trading", Threshold: ptr(0.99)}
		if got := w.another().search(rt.Nobody, q); len(got.Items) != 1 {
			t.Errorf("killed at %d: %+v", at, got.Items)
		}
		w.build()
		if v := w.index(); v.Entities != 9 || v.Behind != 0 {
			t.Errorf("killed at %d: %+v", at, v)
		}
		if !reached {
			return
		}
	}
}
