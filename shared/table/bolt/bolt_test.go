package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"shixin/shared/table"
	"shixin/shared/table/bolt"
	"shixin/shared/table/tabletest"
)

func open(t testing.TB) *bolt.Table {
	t.Helper()
	tab, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tab.Close(); err != nil {
			t.Error(err)
		}
	})
	return tab
}

func TestContract(t *testing.T) {
	tab := open(t)
	tabletest.Run(t, func(*testing.T) table.Table { return tab })
}

func TestAgreesWithModel(t *testing.T) {
	tabletest.Agree(t, tabletest.NewModel(), open(t))
}

func FuzzAgreesWithModel(f *testing.F) {
	f.Add([]byte("a few bytes from which the operations are drawn"))
	tab := open(f)
	f.Fuzz(rapid.MakeFuzz(tabletest.Same(tabletest.NewModel(), tab)))
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.db")
	tab, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file's mode is %v, %v", info.Mode(), err)
	}
	var want []table.Key
	for i := range 50 {
		it := item(i, 1)
		if err := tab.Write(t.Context(), table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(it, table.Is(0))}}); err != nil {
			t.Fatal(err)
		}
		want = append(want, it.Key)
	}
	// What lies on disk while the file is in use is all there, as after a power cut.
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.db")
	if err := os.WriteFile(cut, image, 0o600); err != nil {
		t.Fatal(err)
	}

	_, err = bolt.Open(path)
	if !errors.Is(err, bolt.ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("a second Open: %v, want ErrInUse with the path", err)
	}
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
	if err := tab.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if _, err := tab.Get(t.Context(), table.Read{Now: tabletest.Now, Keys: want}); !errors.Is(err, bolt.ErrClosed) {
		t.Errorf("Get after Close: %v", err)
	}
	if err := tab.Write(t.Context(), table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(item(99, 1), table.Is(0))}}); !errors.Is(err, bolt.ErrClosed) {
		t.Errorf("Write after Close: %v", err)
	}
	for _, p := range []string{path, cut} {
		tab, err := bolt.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tab.Get(t.Context(), table.Read{Now: tabletest.Now, Keys: want})
		if err != nil || len(got) != len(want) {
			t.Errorf("%s holds %d items, want %d: %v", filepath.Base(p), len(got), len(want), err)
		}
		if err := tab.Close(); err != nil {
			t.Error(err)
		}
	}
}

// used is how much of a file its pages take.
func used(t *testing.T, path string) int64 {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	return tx.Size()
}

// A file that is cut off, or another program's, is refused with what to do about it.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.db")
	tab, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		if err := tab.Write(t.Context(), table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(item(i, 1), table.Is(0))}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	damaged := map[string][]byte{
		"no table":   []byte("a letter\n"),
		"two pages":  image[:2*page],
		"four pages": image[:4*page],
		"a half":     image[:len(image)/2],
		"a page off": image[:used(t, path)-int64(page)],
		"no content": append(slices.Clone(image[:2*page]), make([]byte, len(image)-2*page)...),
	}
	for name, content := range damaged {
		p := filepath.Join(t.TempDir(), "damaged.db")
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := bolt.Open(p)
		if !errors.Is(err, bolt.ErrDamaged) || !strings.Contains(err.Error(), p) || !strings.Contains(err.Error(), "put it back from a copy") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCloseWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.db")
	tab, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var acknowledged sync.Map
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := g * 10_000; ; i++ {
				err := tab.Write(context.Background(), table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(item(i, 1), table.Is(0))}})
				if errors.Is(err, bolt.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("write: %v", err)
					return
				}
				acknowledged.Store(i, true)
			}
		})
	}
	for n := uint64(0); n < 50; n, _ = tab.Stats() {
		runtime.Gosched()
	}
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if tab, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	acknowledged.Range(func(i, _ any) bool {
		got, err := tab.Get(t.Context(), table.Read{Now: tabletest.Now, Keys: []table.Key{item(i.(int), 1).Key}})
		if err != nil || len(got) != 1 {
			t.Errorf("item %d was acknowledged and is lost: %v", i, err)
		}
		return !t.Failed()
	})
}

// TestKill ends a writing process at a random moment, three times on one file: what it had acknowledged is there, and of
// each write all or nothing.
func TestKill(t *testing.T) {
	if path := os.Getenv("BOLT_TEST_WRITE"); path != "" {
		writeUntilKilled(path)
	}
	path := filepath.Join(t.TempDir(), "table.db")
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), "BOLT_TEST_WRITE="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		enough := 50 + rand.IntN(200)
		var acknowledged []string
		for lines := bufio.NewScanner(out); lines.Scan(); {
			acknowledged = append(acknowledged, lines.Text())
			if len(acknowledged) == enough {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait()
		if len(acknowledged) < enough {
			t.Fatalf("round %d: the writer ended after %q", round, acknowledged)
		}
		tab, err := bolt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		left := func(p string) int {
			page, err := tab.Query(t.Context(), table.Range{Now: tabletest.Now, Partition: p, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Items)
		}
		for _, p := range acknowledged[:len(acknowledged)-1] { // the last line may have been cut
			if n := left(p); n != 3 {
				t.Errorf("round %d: write %s was acknowledged and left %d items of 3", round, p, n)
			}
			var pid, writer, i int
			if _, err := fmt.Sscanf(p, "%d-%d-%d", &pid, &writer, &i); err != nil {
				t.Fatal(err)
			}
			if n := left(fmt.Sprintf("%d-%d-%d", pid, writer, i+1)); n != 0 && n != 3 {
				t.Errorf("round %d: the write after %s left %d items of 3", round, p, n)
			}
		}
		if err := tab.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func writeUntilKilled(path string) {
	tab, err := bolt.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				p := fmt.Sprintf("%d-%d-%d", os.Getpid(), g, i)
				var ops []table.Op
				for _, sort := range []string{"a", "b", "c"} {
					ops = append(ops, table.PutOp(table.Item{Key: table.Key{Partition: p, Sort: sort}, Version: 1, Doc: []byte("d")}, table.Is(0)))
				}
				if err := tab.Write(context.Background(), table.Batch{Now: tabletest.Now, Ops: ops}); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				fmt.Println(p)
			}
		}()
	}
	select {}
}

// Writers gather while the disk is busy; a conflict among them changes nothing for its companions.
func TestJoinedWrites(t *testing.T) {
	tab := open(t)
	const writers, each = 64, 20
	var wg sync.WaitGroup
	var conflicts atomic.Int64
	for g := range writers {
		wg.Go(func() {
			for i := range each {
				ops := []table.Op{table.PutOp(item(g*1000+i, 1), table.Is(0))}
				clash := g%4 == 3
				if clash {
					ops = append(ops, table.CheckOp(table.Key{Partition: "never", Sort: "there"}, table.Condition{Kind: table.Exists}))
				}
				err := tab.Write(t.Context(), table.Batch{Now: tabletest.Now, Ops: ops})
				if c, ok := errors.AsType[*table.Conflict](err); ok && clash && slices.Equal(c.Failed, []int{1}) {
					conflicts.Add(1)
				} else if err != nil || clash {
					t.Errorf("write of %d: %v", g, err)
				}
			}
		})
	}
	wg.Wait()
	page, err := tab.Query(t.Context(), table.Range{Now: tabletest.Now, Partition: "p", Limit: 1000})
	if err != nil || len(page.Items) != writers*each*3/4 || conflicts.Load() != writers*each/4 {
		t.Errorf("%d items and %d conflicts, %v", len(page.Items), conflicts.Load(), err)
	}
	writes, syncs := tab.Stats()
	if writes != writers*each*3/4 || syncs == 0 || writes < 8*syncs {
		t.Errorf("%d writes in %d syncs: the writers do not share them", writes, syncs)
	}
}

func TestSweep(t *testing.T) {
	tab := open(t)
	ctx := t.Context()
	put := func(i int, version int64, expires time.Time) {
		t.Helper()
		it := item(i, version)
		it.Expires = expires
		if err := tab.Write(ctx, table.Batch{Now: tabletest.Now, Ops: []table.Op{table.PutOp(it, table.Condition{})}}); err != nil {
			t.Fatal(err)
		}
	}
	hour := tabletest.Now.Add(time.Hour)
	for i := range 20 {
		put(i, 1, hour)
	}
	put(0, 2, time.Time{})                    // kept after all
	put(1, 2, hour.Add(time.Hour))            // prolonged
	put(2, 2, tabletest.Now.Add(time.Minute)) // shortened
	if err := tab.Write(ctx, table.Batch{Now: tabletest.Now, Ops: []table.Op{table.DeleteOp(item(3, 1).Key, table.Is(1))}}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		now         time.Time
		limit, want int
	}{
		{tabletest.Now, 100, 0}, {tabletest.Now.Add(time.Minute), 100, 1},
		{hour.Add(-time.Second), 100, 0}, {hour, 5, 5}, {hour, 100, 11}, {hour, 100, 0}, {hour.Add(time.Hour), 100, 1}, {hour.AddDate(9, 0, 0), 100, 0},
	} {
		if n, err := tab.Sweep(step.now, step.limit); n != step.want || err != nil {
			t.Errorf("at %v with limit %d: swept %d, want %d, %v", step.now, step.limit, n, step.want, err)
		}
	}
	// What was swept is gone even for an earlier reader; what was kept is there.
	page, err := tab.Query(ctx, table.Range{Now: tabletest.Now, Partition: "p", Limit: 100})
	if err != nil || len(page.Items) != 1 || page.Items[0].Version != 2 {
		t.Errorf("left: %+v, %v", page.Items, err)
	}
	// A later write takes along what expired more than an hour before.
	put(50, 1, tabletest.Now.Add(time.Second))
	it := item(51, 1)
	if err := tab.Write(ctx, table.Batch{Now: tabletest.Now.Add(3 * time.Hour), Ops: []table.Op{table.PutOp(it, table.Is(0))}}); err != nil {
		t.Fatal(err)
	}
	if n, err := tab.Sweep(tabletest.Now.Add(3*time.Hour), 100); n != 0 || err != nil {
		t.Errorf("the write left %d expired items, %v", n, err)
	}
}

func item(i int, version int64) table.Item {
	return table.Item{Key: table.Key{Partition: "p", Sort: fmt.Sprintf("%06d", i)}, Version: version, Doc: []byte("a document of some length")}
}
