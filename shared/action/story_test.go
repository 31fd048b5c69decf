package action_test

import (
	"flag"
	"os"
	"testing"

	"shixin/shared/action"
	"shixin/shared/fault"
	"shixin/shared/listing"
	"shixin/shared/procedure"
)

func TestInterview(t *testing.T) {
	s := begin(t, "interview")
	s.refused(countyRules, s.taking(), fault.Forbidden, "another role")
	s.refused(enterprise, s.taking(), fault.Forbidden, "another role")
	s.refused(clock, s.taking(), fault.Forbidden, "not by the clock")
	s.refused(nobody, s.taking(), fault.Forbidden, "no natural person")
	late := s.taking()
	late.Content.Interview = &action.Interview{At: s.now, Place: said}
	s.refused(officer, late, fault.Invalid, "/interview/participants")
	s.refused(officer, late, fault.Invalid, "must be in the future")
	task := s.taking()
	task.Content.Task = said
	s.refused(officer, task, fault.Invalid, "does not have it")
	s.do(county, s.taking())
	s.refused(enterprise, action.Say{To: action.ToNotice, Text: said}, fault.Conflict, "taken")
	s.refused(colleague, action.Assess{Outcome: action.Cured, Reasons: said}, fault.Invalid, "only be withdrawn")
	s.refused(enterprise, s.notice(), fault.Forbidden, "authority")
	unset := s.notice()
	unset.Reply = nil
	s.refused(officer, unset, fault.Invalid, "/respond_until")
	s.do(officer, s.notice())
	s.do(enterprise, action.Say{To: action.ToNotice, Text: said})
	s.refused(officer, action.Recorded{HeldAt: s.now, Participants: participants, Text: said}, fault.Conflict, "2026-03-05")
	s.on("2026-03-06")
	s.refused(colleague, action.Assess{Outcome: action.Cured, Reasons: said}, fault.Invalid, "recorded first")
	s.do(officer, action.Recorded{HeldAt: s.now, Participants: participants, Text: said})
	s.refused(officer, action.Assess{Outcome: action.Cured, Reasons: said}, fault.Forbidden, "another person")
	s.refused(wangDecides, action.Assess{Outcome: action.Cured, Reasons: said}, fault.Forbidden, "another person")
	s.refused(colleague, action.Assess{Outcome: action.NotCured, Reasons: said}, fault.Conflict, "2026-03-09")
	s.on("2026-03-10")
	s.do(colleague, action.Assess{Outcome: action.NotCured, Reasons: said})
	s.refused(officer, s.announcement(), fault.Conflict, "not made public")
	s.refused(enterprise, action.Show{Text: said}, fault.Conflict, "closed")
}

func TestRectificationInPublic(t *testing.T) {
	s := begin(t, "listed-rectification")
	s.refused(county, s.taking(), fault.Forbidden, "higher level")
	s.do(officer, s.taking())
	s.do(officer, s.notice())
	s.refused(decider, s.publication(), fault.Conflict, "told first")
	s.do(colleague, s.announcement())
	s.refused(officer, s.announcement(), fault.Conflict, "announced already")
	s.do(enterprise, action.Say{To: action.ToAnnouncement, Text: said})
	s.refused(decider, s.publication(), fault.Conflict, "2026-03-10")
	s.on("2026-03-10")
	s.refused(officer, s.publication(), fault.Forbidden, "another role")
	s.refused(wangDecides, s.publication(), fault.Forbidden, "may not decide it")
	s.refused(countyRules, s.publication(), fault.Forbidden, "higher level")
	for _, c := range []struct {
		says string
		with func(*action.Publish)
	}{
		{"/answers", func(p *action.Publish) { p.Answers = nil }},
		{"/answers/0", func(p *action.Publish) { p.Answers = []listing.Answer{{Statement: 7}} }},
		{"/legal_basis", func(p *action.Publish) { p.LegalBasis = nil }},
		{"/until", func(p *action.Publish) { p.Until = "" }},
		{"/outcome", func(p *action.Publish) { p.Outcome = "show" }},
	} {
		p := s.publication()
		c.with(&p)
		s.refused(decider, p, fault.Invalid, c.says)
	}
	s.do(decider, s.publication())
	if !s.a.Published(s.today()) || s.a.Published("2026-05-10") {
		t.Error("it is shown to its last day and no further")
	}
	s.do(enterprise, action.Dispute{Grounds: said})
	s.refused(enterprise, action.Dispute{Grounds: said}, fault.Conflict, "one at a time")
	s.refused(decider, action.Resolve{N: 1, Outcome: "refused", Reasons: said}, fault.Forbidden, "may not decide")
	s.refused(second, action.Resolve{N: 2, Outcome: "refused", Reasons: said}, fault.NotFound, "no contest")
	s.do(second, action.Resolve{N: 1, Outcome: "refused", Reasons: said})
	s.refused(decider, action.Assess{Outcome: action.NotCured, Reasons: said}, fault.Conflict, "2026-03-30")
	s.do(officer, action.Extend{Deadline: action.Deadline{Day: "2026-04-10"}, Reasons: said})
	s.refused(officer, action.Extend{Deadline: action.Deadline{Day: "2026-04-10"}, Reasons: said}, fault.Invalid, "must be after 2026-04-10")
	s.on("2026-04-11")
	s.do(decider, action.Assess{Outcome: action.NotCured, Reasons: said})
	if !s.a.Published(s.today()) {
		t.Error("what is not cured stays in public to its last day")
	}
	s.do(enterprise, action.Show{Text: said, Documents: []listing.Evidence{*paper}})
	s.do(decider, action.Assess{Outcome: action.Cured, Reasons: said})
	if s.a.Published(s.today()) || s.a.Publication.Lifted.Cause != action.ByCure {
		t.Errorf("what is cured is shown no more: %+v", s.a.Publication)
	}
}

func TestContestGranted(t *testing.T) {
	s := begin(t, "supervised-handling")
	s.do(officer, s.taking())
	s.do(officer, s.notice())
	s.do(officer, s.announcement())
	s.do(colleague, action.Say{To: action.ToAnnouncement, Waiver: true, Text: said}) // handed in on paper
	s.refused(person("zhao", "decider", "city"), s.publication(), fault.Forbidden, "may not decide it")
	s.do(decider, s.publication())
	s.do(enterprise, action.Dispute{Grounds: said})
	s.do(second, action.Resolve{N: 1, Outcome: "granted", Reasons: said})
	if s.a.Published(s.today()) {
		t.Error("shown after a contest was granted")
	}
}

// A deadline in working days beyond the calendar is pending, and holds up what rests on it and nothing else.
func TestDeadlineBeyondTheCalendar(t *testing.T) {
	s := begin(t, "supervised-handling").on("2026-12-14")
	s.do(officer, s.taking())
	s.do(officer, s.notice())
	pending := false
	for _, w := range action.Waits(s.a, s.rules) {
		pending = pending || w.Step == "evidence" && w.By == "" && w.Pending == "calendar"
	}
	if !pending {
		t.Errorf("waits %+v", action.Waits(s.a, s.rules))
	}
	s.on("2027-02-20")
	s.refused(colleague, action.Assess{Outcome: action.NotCured, Reasons: said}, fault.Conflict, "beyond the published calendar")
	s.refused(officer, action.Extend{Deadline: action.Deadline{Day: "2027-03-01"}, Reasons: said}, fault.Invalid, "not known")
	s.do(colleague, action.Assess{Outcome: action.Cured, Reasons: said})
}

func TestReferral(t *testing.T) {
	s := begin(t, "proposed-listing")
	bare := s.taking()
	bare.Content.Listing = nil
	s.refused(officer, bare, fault.Invalid, "/listing/document")
	s.do(officer, s.taking())
	if s.a.State != action.Referred || len(action.Allowed(s.a, decider, s.rules, s.now)) > 0 || len(action.Waits(s.a, s.rules)) > 0 {
		t.Errorf("%s goes on by itself: %v", s.a.State, action.Allowed(s.a, decider, s.rules, s.now))
	}
}

var update = flag.Bool("update", false, "write PROCEDURE.md anew")

const intro = `# The life of an action

This page is made from the transition table in [transition.go](transition.go), the same that decides every step and that the API's
` + "`allowed`" + ` is computed from. After a change: ` + "`go test ./shared/action -update`" + `.

Guards about persons compare natural persons and come first (403); then the state and the guards about the record (409, with the first
day on which the step is possible where there is one); then what the step itself says (422). No step is the clock's. Which rungs there
are, who may take, close and publish each, what it must say and its clocks is data of the ladder (infra/ladder).

`

func TestProcedurePage(t *testing.T) {
	page := intro + procedure.Page(action.Table())
	if *update {
		if err := os.WriteFile("PROCEDURE.md", []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("PROCEDURE.md")
	if err != nil || string(want) != page {
		t.Errorf("PROCEDURE.md does not say what the table does (%v); go test ./shared/action -update", err)
	}
}
