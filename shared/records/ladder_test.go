package records_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/duty"
	"shixin/shared/ladder"
	"shixin/shared/listing"
	"shixin/shared/records"
	"shixin/shared/table/tabletest"
)

var updateLadder = flag.Bool("update-ladder", false, "rewrite the golden items of the ladder")

// The stored shape of actions, standings, work and what is public: what was written once has to be read for ever.
func TestGoldenLadderItems(t *testing.T) {
	ctx, now := context.Background(), time.Date(2026, 10, 8, 1, 2, 3, 4e6, time.UTC)
	rec := &recorder{Table: tabletest.NewModel()}
	s := &records.Store{Table: rec}
	commit := func(b *records.Batch) {
		t.Helper()
		if err := s.Commit(ctx, now, b); err != nil {
			t.Fatal(err)
		}
	}
	suzhou := listing.Authority{ID: "suzhou", Level: access.City, Region: "320500"}
	by := listing.Actor{Person: "p1", Account: "officer", Role: access.Officer, Authority: "suzhou", Level: access.City, Region: "320500"}
	enterprise := listing.Actor{Account: "e", Person: "p2", Role: access.Enterprise, Subject: true}
	document := []listing.Evidence{{Title: "dGl0bGU", SHA256: strings.Repeat("ab", 32)}}
	hours := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	var before records.Action
	step := func(actor listing.Actor, at time.Time, d action.Data, kind string) {
		t.Helper()
		e := action.Event{N: before.State.Version + 1, Type: kind, At: at, Actor: actor, Data: d, Prev: before.State.Head}
		after, err := action.Fold(before.State, e)
		if err != nil {
			t.Fatal(err)
		}
		var b records.Batch
		b.PutAction(before, after, e, []byte("sealed"))
		commit(&b)
		read, found, err := s.Action(ctx, now, after.ID)
		if err != nil || !found || !reflect.DeepEqual(read.State, after) || string(read.Sealed) != "sealed" {
			t.Fatalf("%s read back: %+v %v %v", kind, read, found, err)
		}
		before = read
	}
	step(by, now, action.Data{Taken: &action.TakenData{ID: "06ghltabcdefghijklmnopqrst", USCC: uscc, Rung: "listed-rectification", Ladder: "2022-12-01", Authority: suzhou,
		Sectors: []string{"telecom"}, Proposal: "p", Content: action.Content{Reason: "cg", LegalBasis: []listing.Text{"bA"}, Findings: []string{"f"}, Task: "dA",
			Interview: &action.Interview{At: hours(30), Place: "cA", Participants: []listing.Text{"cQ"}}, Deadline: &action.Deadline{WorkingDays: 20, SetBy: "authority"}}}}, "taken")
	step(by, hours(1), action.Data{Noticed: &action.NoticedData{Method: "post", ServedAt: now, Reply: action.Deadline{From: "2026-10-08", WorkingDays: 5, SetBy: "authority"}, Receipt: &document[0]}}, "noticed")
	step(enterprise, hours(2), action.Data{Replied: &action.RepliedData{N: 1, To: "notice", Text: "dA"}}, "replied")
	step(enterprise, hours(3), action.Data{Shown: &action.ShownData{N: 1, Text: "dA", Documents: document}}, "shown")
	step(by, hours(31), action.Data{Recorded: &action.RecordedData{HeldAt: hours(30), Participants: []listing.Text{"cQ"}, Text: "dA"}}, "recorded")
	step(by, hours(32), action.Data{Extended: &action.ExtendedData{Deadline: action.Deadline{Day: "2027-01-31", SetBy: "authority"}, Reasons: "cg"}}, "extended")
	step(by, hours(33), action.Data{Announced: &action.AnnouncedData{Method: "post", ServedAt: hours(33), Reply: action.Deadline{Day: "2026-10-20", SetBy: "authority"}, Reasons: "cg"}}, "announced")
	decider := by
	decider.Person, decider.Account, decider.Role = "p3", "decider", access.Decider
	step(decider, hours(400), action.Data{Published: &action.PublishedData{Outcome: "publish", Reasons: "cg", LegalBasis: []string{"art. 1"}, Until: "2027-01-31",
		Answers: []listing.Answer{{Statement: 1, Text: "dA"}}}}, "published")
	step(enterprise, hours(401), action.Data{Contested: &action.ContestedData{N: 1, Grounds: "Zw", Documents: document}}, "contested")
	step(decider, hours(402), action.Data{Resolved: &action.ResolvedData{N: 1, Outcome: "refused", Reasons: "cg"}}, "resolved")
	step(decider, hours(403), action.Data{Assessed: &action.AssessedData{Outcome: "cured", Reasons: "cg", Lifts: true}}, "assessed")
	if before.State.Published("2026-11-01") {
		t.Error("what is cured is shown in public")
	}

	past := ladder.Past{ID: before.State.ID, Rung: "listed-rectification", Findings: []string{"f"}, At: now, Closed: true, Outcome: "not_cured"}
	standing := ladder.Standing{Past: []ladder.Past{past},
		Proposal: &ladder.Made{Run: "06ghltabcdefghijklmnopqrst", At: now, Authority: "suzhou", Proposal: ladder.Proposal{ID: "p", Rung: "proposed-listing", Ladder: "2022-12-01", Findings: []string{"f"},
			Reasons: []ladder.Why{{Code: "after", Finding: "f", Rule: "listed", Action: past.ID, Text: "x"}}, Grounds: []string{"market-regulation/serious-violation"}, Needs: []ladder.Why{{Code: "document", Text: "x"}}}},
		Dismissed: []ladder.Dismissal{{Proposal: "q", Rung: "interview", By: "p1", At: now, Reasons: []byte("sealed")}}}
	var b records.Batch
	b.PutStanding(records.Standing{USCC: uscc}, standing)
	b.PutWork(duty.Item{Kind: duty.Action, ID: before.State.ID, Authority: "suzhou", Level: access.City, Region: "320500", Sectors: []string{"telecom"}, State: "noticed", USCC: uscc,
		Rung: "interview", Since: now, Waits: []duty.Wait{{Step: "evidence", For: duty.Subject, By: "2026-10-20", Basis: "x", SetBy: "authority"}}}, false)
	b.PutPublic(records.Public{ID: before.State.ID, USCC: uscc, Rung: "listed-rectification", Ladder: "2022-12-01", Authority: "suzhou", Since: "2026-10-25", Until: "2027-01-31", LegalBasis: []string{"art. 1"}})
	commit(&b)

	all, err := s.Standings(ctx, now, records.ShardOf(uscc), uscc, uscc)
	if one, err2 := s.Standing(ctx, now, uscc); err != nil || err2 != nil || !reflect.DeepEqual(one.State, standing) || !reflect.DeepEqual(all[uscc], one) {
		t.Errorf("standing: %+v %+v, %v %v", one, all, err, err2)
	}
	if places, more, err := s.Work(ctx, now, "suzhou", duty.Action, "", 10); err != nil || more || len(places) != 1 || places[0].Item.Waits[0].By != "2026-10-20" {
		t.Errorf("work: %+v %v", places, err)
	}
	if places, more, err := s.Work(ctx, now, "suzhou", duty.Finding, "", 10); err != nil || more || len(places) != 0 {
		t.Errorf("work of another kind: %+v %v", places, err)
	}
	if ids, more, err := s.ActionsOf(ctx, now, uscc, "", 10); err != nil || more || len(ids) != 1 {
		t.Errorf("actions of the enterprise: %v %v", ids, err)
	}
	if events, more, err := s.ActionEvents(ctx, now, before.State.ID, 2, 3); err != nil || !more || len(events) != 3 || events[0].N != 3 {
		t.Errorf("events: %d %v %v", len(events), more, err)
	}
	if shown, more, err := s.Publics(ctx, now, "", 10); err != nil || more || len(shown) != 1 || shown[0].Until != "2027-01-31" {
		t.Errorf("public: %+v %v", shown, err)
	}
	if shown, _, err := s.Publics(ctx, time.Date(2027, 2, 20, 0, 0, 0, 0, time.UTC), "", 10); err != nil || len(shown) != 0 {
		t.Errorf("what ran out is never swept: %+v %v", shown, err)
	}

	got, file := strings.Join(rec.items, ""), filepath.Join("testdata", "ladder.golden")
	if *updateLadder {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("items are stored otherwise than %s says (%v); -update-ladder, if that is meant", file, err)
	}
	b = records.Batch{}
	b.PutWork(duty.Item{Kind: duty.Action, ID: before.State.ID, Authority: "suzhou"}, true)
	b.DropPublic(before.State.ID)
	commit(&b)
	places, _, _ := s.Work(ctx, now, "suzhou", "", "", 10)
	if shown, _, _ := s.Publics(ctx, now, "", 10); len(places)+len(shown) > 0 {
		t.Errorf("left: %+v %+v", places, shown)
	}
}
