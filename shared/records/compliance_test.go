package records_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"shixin/shared/compliance"
	"shixin/shared/compliance/indicator"
	"shixin/shared/compliance/risk"
	"shixin/shared/records"
	"shixin/shared/subject"
	"shixin/shared/table"
	"shixin/shared/table/tabletest"
)

var update = flag.Bool("update-compliance", false, "rewrite the golden items of enterprises, runs and findings")

const uscc = "91320500000000035C"

// recorder notes each item that is put, as it is stored.
type recorder struct {
	table.Table
	items []string
}

func (r *recorder) Write(ctx context.Context, b table.Batch) error {
	for _, op := range b.Ops {
		if op.Kind == table.Put {
			r.items = append(r.items, fmt.Sprintf("%s | %s | v%d\n%s\n", op.Item.Partition, op.Item.Sort, op.Item.Version, op.Item.Doc))
		}
	}
	return r.Table.Write(ctx, b)
}

// The stored shape of enterprises, runs and findings: what was written once has to be read for ever.
func TestGoldenComplianceItems(t *testing.T) {
	ctx, now := context.Background(), time.Date(2026, 10, 8, 1, 2, 3, 4e6, time.UTC)
	rec := &recorder{Table: tabletest.NewModel()}
	s := &records.Store{Table: rec}
	commit := func(b *records.Batch) {
		t.Helper()
		if err := s.Commit(ctx, now, b); err != nil {
			t.Fatal(err)
		}
	}
	r := compliance.Registration{
		USCC: uscc, Names: []subject.Name{{Text: "示例通信有限公司", Lang: "zh"}}, Sectors: []string{"telecom"}, Region: "320500", Authority: "suzhou", Size: "small",
		Parent: "91320500000000078R", Sealed: []byte("sealed"), Revision: 1, At: now,
		Contacts: []compliance.Contact{
			{By: "address", Ref: subject.Ref{Scheme: "address", Key: "1.def"}},
			{By: "phone", Ref: subject.Ref{Scheme: "msisdn", Key: "1.ghi", Shown: "051******00"}},
		},
		Parties: []compliance.Party{
			{Role: "supplier", Name: "示例供应商", Ref: subject.Ref{Scheme: "uscc", Key: "91320500000000078R", Shown: "91320500000000078R"}},
			{Role: "legal-representative", Ref: subject.Ref{Scheme: "cn-id", Key: "1.abc", Shown: "110*************2X"}},
		},
	}
	var b records.Batch
	b.CheckEnterprise(records.Enterprise{State: r}) // a put of the same enterprise says as much
	b.PutEnterprise(records.Enterprise{}, r)
	b.KnowShard(records.ShardOf(uscc))
	b.KnowShard(records.ShardOf(uscc))
	commit(&b)

	run := compliance.Run{
		ID: "06ghltabcdefghijklmnopqrst", State: compliance.Planned, At: now, Scheduled: &now, By: "officer", Authority: "suzhou", Scope: compliance.Scope{Sector: "telecom", Region: "320000", Authority: "a"},
		Pins: compliance.Pins{ListVersion: 7, At: now, Packs: []compliance.Pack{{ID: compliance.RuleListed, Version: "1"}}, Regimes: map[string]string{"telecom-fraud": "2024-12-01"}, Calendar: 2026, Engine: "1", Snapshot: "ab"},
		Key:  []byte("0123456789abcdef0123456789abcdef"),
		Plan: compliance.Plan{{Shard: records.ShardOf(uscc), Enterprises: 1}},
	}
	b = records.Batch{}
	b.PutRun(records.Run{}, run)
	b.PutSchedule(now, run.ID)
	commit(&b)

	fold := records.Fold{At: &compliance.FoldAt{N: 7, Blob: "lists/r/ab", SHA256: "abcd"}, Key: run.Key, Retired: []string{"lists/q/cd"}}
	none, err := s.Fold(ctx, now)
	if err != nil || none.At != nil {
		t.Errorf("before the first fold: %+v, %v", none, err)
	}
	b = records.Batch{}
	b.PutFold(none, fold)
	commit(&b)
	if got, err := s.Fold(ctx, now); err != nil || !reflect.DeepEqual(got.At, fold.At) || !reflect.DeepEqual(got.Retired, fold.Retired) {
		t.Errorf("the fold: %+v, %v", got, err)
	}
	b = records.Batch{}
	b.PutFold(none, fold)
	if lost := s.Commit(ctx, now, &b); !records.IsLost(lost) {
		t.Errorf("a second first fold: %v", lost)
	}

	planned, err := s.AllProgress(ctx, now, run)
	if err != nil || len(planned) != 1 || planned[0].Done || planned[0].Counts.Enterprises != 1 {
		t.Errorf("before the first page: %+v, %v", planned, err)
	}
	if seen, err := s.SeenProgress(ctx, now, run); err != nil || !reflect.DeepEqual(seen, planned) {
		t.Errorf("as people see it: %+v, %v", seen, err)
	}
	progress, found, err := s.Progress(ctx, now, run, records.ShardOf(uscc))
	if err != nil || !found || !reflect.DeepEqual(progress.State, planned[0]) {
		t.Fatal(found, err)
	}
	if _, found, err := s.Progress(ctx, now, run, records.ShardOf(uscc)+1); found || err != nil {
		t.Errorf("progress in a shard that is not in the plan: %v, %v", found, err)
	}
	verdict := compliance.Verdict{Rule: "listed", Pack: "listed@1", Outcome: compliance.Fail, Inputs: []compliance.Input{
		{Of: "supplier", Scheme: "uscc", Value: "91320500000000078R", Listing: "l1", Regime: "telecom-fraud", Ground: "designated-trading", Published: true}}}
	pins := compliance.FindingPins{Run: run.ID, ListVersion: 7, At: now, Enterprise: 1, Engine: "1"}
	finding, _ := compliance.Finding{}.Next(uscc, verdict, pins)
	page := compliance.NewPage(run.Pins.Packs)
	if err := page.Add(uscc, []compliance.Verdict{verdict}); err != nil {
		t.Fatal(err)
	}
	if err := page.Add("91320500000000078R", nil); err != nil {
		t.Fatal(err)
	}
	first := compliance.NewPage(run.Pins.Packs)
	if err := first.Add("91320500000000010A", []compliance.Verdict{verdict}); err != nil {
		t.Fatal(err)
	}
	done := progress.State
	done.Cursor = "91320500000000010A"
	done.Counts = compliance.Counts{Enterprises: 3, Judged: 1, Outcomes: map[compliance.Outcome]int{compliance.Fail: 1}}
	b = records.Batch{}
	progress = b.PutPage(run.ID, progress, done, first)
	commit(&b)
	if p, err := s.OutcomesOf(ctx, now, run.ID, uscc); err != nil || p != nil {
		t.Errorf("outcomes of a page that is not judged: %+v, %v", p, err)
	}
	done.Done, done.Cursor = true, "91320500000000078R"
	done.Counts = compliance.Counts{Enterprises: 3, Judged: 2, Isolated: 1, Outcomes: map[compliance.Outcome]int{compliance.Fail: 2, compliance.Unknown: 1}}
	b = records.Batch{}
	b.PutPage(run.ID, progress, done, page)
	b.PutFinding(records.Finding{USCC: uscc}, finding)
	commit(&b)

	month, err := indicator.ParsePeriod("2026-09")
	if err != nil {
		t.Fatal(err)
	}
	report := compliance.Report{Period: month, Revision: 1, N: 1, Indicators: map[string]float64{"lines_unregistered": 12}, Source: "checked", Reason: []byte("sealed"),
		At: now, Role: "officer", By: "officer", Person: "p1", Authority: "suzhou"}
	whole, err := s.Whole(ctx, now, uscc)
	if err != nil {
		t.Fatal(err)
	}
	b = records.Batch{}
	b.PutReport(uscc, report)
	b.PutFigures(whole[0], []byte("packed"), 1)
	commit(&b)
	if got, err := s.AllReports(ctx, now, uscc); err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], report) {
		t.Errorf("the report: %+v, %v", got, err)
	}
	if all, more, err := s.Shard(ctx, now, records.ShardOf(uscc), "", 10, false); err != nil || more || len(all) != 1 || string(all[0].Figures) != "packed" || all[0].Reports != 1 || !reflect.DeepEqual(all[0].Enterprise, r.Enterprise()) {
		t.Errorf("what a run reads: %+v, %v", all, err)
	}

	weighs := records.Risk{USCC: uscc, Sectors: r.Sectors, Region: r.Region, Authority: r.Authority, Lists: []string{records.RiskBy("suzhou"), records.RiskIn("320000")},
		Score: risk.Score{Points: 1250, Weights: "1", At: now, Summands: []risk.Summand{{Finding: finding.ID, Rule: "listed", Pack: "listed@1", Outcome: "fail", State: "open",
			Severity: "medium", Since: "2026-10-08", SeverityPoints: 5, OutcomePercent: 100, AgePercent: 100, RulePercent: 250, Points: 1250}}}}
	b = records.Batch{}
	b.PutRisk(records.Risk{}, weighs)
	commit(&b)
	if all, err := s.RisksOf(ctx, now, []string{uscc}); err != nil || len(all) != 1 || !all[0].Score.Same(weighs.Score) {
		t.Errorf("what it weighs: %+v, %v", all, err)
	}

	if e, err := s.Enterprise(ctx, now, uscc); err != nil || !reflect.DeepEqual(e.State, r) || e.Version != 1 {
		t.Errorf("read back: %+v, %v", e, err)
	}
	if e, found, err := s.Revision(ctx, now, uscc, 1); err != nil || !found || !reflect.DeepEqual(e, r.Enterprise()) {
		t.Errorf("its revision: %+v, %v, %v", e, found, err)
	}
	if got, _, err := s.Run(ctx, now, run.ID); err != nil || !reflect.DeepEqual(got.State, run) {
		t.Errorf("the run: %+v, %v", got.State, err)
	}
	if f, err := s.FindingsOf(ctx, now, uscc); err != nil || len(f) != 1 || !reflect.DeepEqual(f[0].State, finding) {
		t.Errorf("the finding: %+v, %v", f, err)
	}
	if p, err := s.OutcomesOf(ctx, now, run.ID, uscc); err != nil || !reflect.DeepEqual(p, page) {
		t.Errorf("the outcomes: %+v, %v", p, err)
	}
	if p, more, err := s.Outcomes(ctx, now, run.ID, "", 10); err != nil || more || len(p) != 2 || !reflect.DeepEqual(&p[0].Page, first) || !reflect.DeepEqual(&p[1].Page, page) {
		t.Errorf("all outcomes: %+v, %v, %v", p, more, err)
	}
	if p, done, err := s.AllDone(ctx, now, run); err != nil || !done || len(p) != 1 {
		t.Errorf("the progress: %+v, %v, %v", p, done, err)
	}

	golden := filepath.Join("testdata", "compliance.golden")
	got := strings.Join(rec.items, "\n")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("stored items have changed:\n%s\nwant\n%s", got, want)
	}
}

func TestAllDoneSeesEveryShard(t *testing.T) {
	ctx, now := context.Background(), time.Unix(1e9, 0)
	s := &records.Store{Table: tabletest.NewModel()}
	run := compliance.Run{ID: "r"}
	at := map[int]records.Progress{}
	put := func(shard int, done bool) {
		var b records.Batch
		at[shard] = b.PutPage("r", at[shard], compliance.Progress{Shard: shard, Done: done}, compliance.NewPage(nil))
		if err := s.Commit(ctx, now, &b); err != nil {
			t.Fatal(err)
		}
	}
	for shard := 0; shard < 120; shard += 3 {
		run.Plan = append(run.Plan, compliance.Share{Shard: shard, Enterprises: 1})
		if _, done, err := s.AllDone(ctx, now, run); err != nil || done {
			t.Fatalf("nobody has looked at shard %d and the run is done: %v", shard, err)
		}
		put(shard, true)
	}
	if all, done, err := s.AllDone(ctx, now, run); err != nil || !done || len(all) != 40 {
		t.Fatalf("%d shards, done %v, %v", len(all), done, err)
	}
	for _, share := range run.Plan {
		put(share.Shard, false)
		if _, done, err := s.AllDone(ctx, now, run); err != nil || done {
			t.Fatalf("shard %d is not done and the run is: %v", share.Shard, err)
		}
		put(share.Shard, true)
	}
	if all, done, err := s.AllDone(ctx, now, compliance.Run{ID: "r"}); err != nil || !done || len(all) != 0 {
		t.Errorf("a run without enterprises: %v, %v, %v", all, done, err)
	}
}

// The last page of a shard lies with its progress where it has few bytes; whoever reads pages sees no difference.
func TestPagesAreReadInOrderWhereverTheyLie(t *testing.T) {
	ctx, now := context.Background(), time.Unix(1e9, 0)
	s := &records.Store{Table: tabletest.NewModel()}
	pass := []compliance.Verdict{{Rule: "listed", Pack: "listed@1", Outcome: compliance.Pass}}
	var want []string
	for shard, pages := range [][]int{{2}, {3, 3, 1}, {600}, {0}, {1}} { // enterprises of each page
		var at records.Progress
		at.State.Shard = shard
		for i, n := range pages {
			page := compliance.NewPage([]compliance.Pack{{ID: compliance.RuleListed, Version: "1"}})
			for k := range n {
				code := fmt.Sprintf("91%03d%01d%012X", shard, i, k*7919*7919)
				want = append(want, code)
				at.State.Cursor = code
				if err := page.Add(code, pass); err != nil {
					t.Fatal(err)
				}
			}
			at.State.Done = i == len(pages)-1
			var b records.Batch
			at = b.PutPage("r", at, at.State, page)
			if one := b.Len() == 1; one != (at.State.Done && n < 600) {
				t.Errorf("page %d of shard %d, of %d enterprises: %d operations", i, shard, n, b.Len())
			}
			if err := s.Commit(ctx, now, &b); err != nil {
				t.Fatal(err)
			}
		}
	}
	for limit := 1; limit < 10; limit++ {
		var got []string
		after := ""
		for more := true; more; {
			var pages []records.Outcomes
			var err error
			if pages, more, err = s.Outcomes(ctx, now, "r", after, limit); err != nil {
				t.Fatal(err)
			}
			for _, p := range pages {
				for i := range p.Page.Len() {
					got = append(got, p.Page.USCCs[18*i:18*i+18])
				}
				after = p.After
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d pages at a time: %d enterprises, want %d in their order", limit, len(got), len(want))
		}
	}
	if pages, more, err := s.ShardOutcomes(ctx, now, "r", 1, "", 10); err != nil || more || len(pages) != 3 {
		t.Errorf("the pages of one shard: %v, %v, %v", pages, more, err)
	}
}

// The shard of a code is where its items lie: another one loses every enterprise.
func TestShardIsFrozen(t *testing.T) {
	for code, want := range map[string]int{uscc: 0x0a, "91320500000000078R": 0x08} {
		if got := records.ShardOf(code); got != want {
			t.Errorf("%s lies in shard %#x, want %#x", code, got, want)
		}
	}
}
