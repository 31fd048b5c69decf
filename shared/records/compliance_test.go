package records_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
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
		Pins: compliance.Pins{ListVersion: 7, At: now, Packs: compliance.Packs(), Regimes: map[string]string{"telecom-fraud": "2024-12-01"}, Calendar: 2026, Engine: "1", Snapshot: "ab"},
		Key:  []byte("0123456789abcdef0123456789abcdef"),
	}
	b = records.Batch{}
	b.PutRun(records.Run{}, run)
	b.PutSchedule(now, run.ID)
	b.PlanProgress(run.ID, compliance.Progress{Shard: records.ShardOf(uscc), Counts: compliance.Counts{Enterprises: 1}})
	commit(&b)

	progress, found, err := s.Progress(ctx, now, run.ID, records.ShardOf(uscc))
	if err != nil || !found {
		t.Fatal(found, err)
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
	done := progress.State
	done.Done, done.Cursor = true, "91320500000000078R"
	done.Counts = compliance.Counts{Enterprises: 2, Judged: 1, Isolated: 1, Outcomes: map[compliance.Outcome]int{compliance.Fail: 1, compliance.Unknown: 1}}
	b = records.Batch{}
	b.PutProgress(run.ID, progress, done)
	b.PutOutcomes(run.ID, done.Shard, uscc, page)
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
	if p, done, err := s.AllDone(ctx, now, run.ID); err != nil || !done || len(p) != 1 {
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
	for n := range 40 {
		var b records.Batch
		b.PlanProgress("r", compliance.Progress{Shard: n, Done: true})
		if err := s.Commit(ctx, now, &b); err != nil {
			t.Fatal(err)
		}
	}
	if all, done, err := s.AllDone(ctx, now, "r"); err != nil || !done || len(all) != 40 {
		t.Fatalf("%d shards, done %v, %v", len(all), done, err)
	}
	for n := range 40 {
		var b records.Batch
		b.PlanProgress("r", compliance.Progress{Shard: n})
		if err := s.Commit(ctx, now, &b); err != nil {
			t.Fatal(err)
		}
		if _, done, err := s.AllDone(ctx, now, "r"); err != nil || done {
			t.Fatalf("shard %d is not done and the run is: %v", n, err)
		}
		b = records.Batch{}
		b.PlanProgress("r", compliance.Progress{Shard: n, Done: true})
		if err := s.Commit(ctx, now, &b); err != nil {
			t.Fatal(err)
		}
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
