package tabletest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"shixin/shared/table"
)

const racers = 64

func randomText() string { return strconv.FormatUint(rand.Uint64(), 36) }

// testRace has all racers write the next version at once: in every round exactly one does.
func testRace(t *testing.T, s *suite) {
	for round := range int64(8) {
		for _, joined := range []bool{false, true} {
			sort := fmt.Sprintf("race-%t", joined)
			var winners atomic.Int64
			together(t, func(i int) error {
				ops := []table.Op{table.PutOp(s.item(sort, round+1), table.Is(round))}
				ops[0].Item.Doc = []byte(strconv.Itoa(i))
				if joined {
					ops = append(ops, table.PutOp(s.item(fmt.Sprintf("mark-%d-%d", round, i), 1), table.Is(0)))
				}
				err := s.Write(t.Context(), table.Batch{Now: Now, Ops: ops})
				if err == nil {
					winners.Add(1)
					return nil
				}
				return onlyConflict(err)
			})
			if n := winners.Load(); n != 1 {
				t.Fatalf("round %d: %d winners", round, n)
			}
			got := s.get(t, sort)
			if len(got) != 1 || got[0].Version != round+1 {
				t.Fatalf("round %d left %+v", round, got)
			}
			if joined {
				marks := all(t, s, table.Range{Now: Now, Partition: s.part, From: fmt.Sprintf("mark-%d-", round), To: fmt.Sprintf("mark-%d-~", round), Limit: 100})
				if len(marks) != 1 || marks[0].Sort != fmt.Sprintf("mark-%d-%s", round, got[0].Doc) {
					t.Fatalf("round %d: marks %v beside winner %s", round, sorts(marks), got[0].Doc)
				}
			}
		}
	}
}

// testCounter numbers entries the way the journal does: the head and entry n+1 in one write.
func testCounter(t *testing.T, s *suite) {
	const each = 2
	together(t, func(i int) error {
		for done := 0; done < each; {
			head, err := s.Get(t.Context(), table.Read{Now: Now, Keys: []table.Key{s.key("head")}})
			if err != nil {
				return err
			}
			n := int64(0)
			if len(head) == 1 {
				n = head[0].Version
			}
			err = s.Write(t.Context(), table.Batch{Now: Now, Ops: []table.Op{
				table.PutOp(s.item("head", n+1), table.Is(n)),
				table.PutOp(s.item(fmt.Sprintf("entry-%06d", n+1), 1), table.Is(0)),
			}})
			if err == nil {
				done++
			} else if err := onlyConflict(err); err != nil {
				return err
			}
		}
		return nil
	})
	entries := all(t, s, table.Range{Now: Now, Partition: s.part, From: "entry-", To: "entry-~", Limit: 50})
	if len(entries) != racers*each {
		t.Fatalf("%d entries, want %d", len(entries), racers*each)
	}
	for i, e := range entries {
		if e.Sort != fmt.Sprintf("entry-%06d", i+1) {
			t.Fatalf("entry %d is %s", i+1, e.Sort)
		}
	}
}

// testTransfers moves amounts between accounts while others watch: an account read twice never goes back in version,
// and at the end nothing is lost.
func testTransfers(t *testing.T, s *suite) {
	const accounts, start = 6, 1000
	put := func(i int, version, amount int64) table.Item {
		return table.Item{Key: s.key(fmt.Sprintf("account-%d", i)), Version: version, Doc: binary.BigEndian.AppendUint64(nil, uint64(amount))}
	}
	amount := func(it table.Item) int64 { return int64(binary.BigEndian.Uint64(it.Doc)) }
	for i := range accounts {
		s.mustWrite(t, table.PutOp(put(i, 1, start), table.Is(0)))
	}
	together(t, func(g int) error {
		rng := rand.New(rand.NewPCG(1, uint64(g)))
		var seen [accounts]int64
		for range 4 {
			from := rng.IntN(accounts)
			to := (from + 1 + rng.IntN(accounts-1)) % accounts
			both, err := s.Get(t.Context(), table.Read{Now: Now, Keys: []table.Key{put(from, 1, 0).Key, put(to, 1, 0).Key}})
			if err != nil || len(both) != 2 {
				return errors.Join(err, fmt.Errorf("%d accounts read", len(both)))
			}
			for i, n := range []int{from, to} {
				if both[i].Version < seen[n] {
					return fmt.Errorf("account %d went from version %d back to %d", n, seen[n], both[i].Version)
				}
				seen[n] = both[i].Version
			}
			move := int64(rng.IntN(50))
			err = s.Write(t.Context(), table.Batch{Now: Now, Ops: []table.Op{
				table.PutOp(put(from, both[0].Version+1, amount(both[0])-move), table.Is(both[0].Version)),
				table.PutOp(put(to, both[1].Version+1, amount(both[1])+move), table.Is(both[1].Version)),
			}})
			if err == nil {
				seen[from], seen[to] = both[0].Version+1, both[1].Version+1
			} else if err := onlyConflict(err); err != nil {
				return err
			}
		}
		return nil
	})
	sum := int64(0)
	for _, it := range all(t, s, table.Range{Now: Now, Partition: s.part, Limit: accounts}) {
		sum += amount(it)
	}
	if sum != accounts*start {
		t.Fatalf("the accounts hold %d, want %d", sum, accounts*start)
	}
}

func onlyConflict(err error) error {
	if _, ok := errors.AsType[*table.Conflict](err); ok {
		return nil
	}
	return err
}

// together runs all racers from one start.
func together(t *testing.T, run func(i int) error) {
	t.Helper()
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			<-start
			if err := run(i); err != nil {
				t.Errorf("racer %d: %v", i, err)
			}
		})
	}
	close(start)
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
}
