package rungs

import (
	"time"

	"shixin/shared/action"
	"shixin/shared/listing"
	"shixin/shared/sealedtext"
	"shixin/shared/workday"
)

// Evidence names a document and its SHA-256.
type Evidence struct {
	Title  string `json:"title" validate:"required,max=300,text"`
	SHA256 string `json:"sha256" validate:"required,sha256"`
}

// Interview is when and where, and with whom.
type Interview struct {
	At           time.Time `json:"at" validate:"required"`
	Place        string    `json:"place" validate:"required,max=300,line"`
	Participants []string  `json:"participants" validate:"min=1,max=50,dive,required,max=300,line"`
}

// Listing is the listing that the last rung proposes.
type Listing struct {
	Regime   string     `json:"regime" validate:"required,max=100"`
	Ground   string     `json:"ground" validate:"required,max=100"`
	Document string     `json:"document" validate:"required,max=300,line"`
	Evidence []Evidence `json:"evidence" validate:"min=1,max=100,dive"`
}

// Taking is the body of POST /v1/enterprises/{uscc}/actions.
type Taking struct {
	Rung        string      `json:"rung" validate:"required,max=100"`
	Proposal    string      `json:"proposal,omitempty" validate:"omitempty,id"`
	Findings    []string    `json:"findings" validate:"min=1,max=100,unique,dive,id"`
	Reason      string      `json:"reason" validate:"required,max=20000,text"`
	LegalBasis  []string    `json:"legal_basis" validate:"min=1,max=20,dive,required,max=1000,text"`
	Interview   *Interview  `json:"interview,omitempty"`
	Task        string      `json:"task,omitempty" validate:"omitempty,max=20000,text"`
	Due         workday.Day `json:"due,omitempty" validate:"omitempty,day"`
	WorkingDays int         `json:"working_days,omitempty" validate:"omitempty,min=1,max=1000"`
	Listing     *Listing    `json:"listing,omitempty"`
}

// Notice is the body of .../notice.
type Notice struct {
	Method       string      `json:"method" validate:"required"`
	ServedAt     time.Time   `json:"served_at" validate:"required"`
	RespondUntil workday.Day `json:"respond_until,omitempty" validate:"omitempty,day"`
	WorkingDays  int         `json:"working_days,omitempty" validate:"omitempty,min=1,max=1000"`
	Receipt      *Evidence   `json:"receipt,omitempty"`
}

// Said is the body of .../replies.
type Said struct {
	Text   string `json:"text" validate:"required,max=20000,text"`
	To     string `json:"to,omitempty" validate:"omitempty,oneof=notice announcement"`
	Waiver bool   `json:"waiver,omitempty"`
}

// Cure is the body of .../evidence.
type Cure struct {
	Text     string     `json:"text" validate:"required,max=20000,text"`
	Evidence []Evidence `json:"evidence" validate:"min=1,max=100,dive"`
}

// Record is the body of .../record.
type Record struct {
	HeldAt       time.Time `json:"held_at" validate:"required"`
	Participants []string  `json:"participants" validate:"min=1,max=50,dive,required,max=300,line"`
	Text         string    `json:"text" validate:"required,max=20000,text"`
}

// Extension is the body of .../extension.
type Extension struct {
	Due         workday.Day `json:"due,omitempty" validate:"omitempty,day"`
	WorkingDays int         `json:"working_days,omitempty" validate:"omitempty,min=1,max=1000"`
	Reasons     string      `json:"reasons" validate:"required,max=20000,text"`
}

// Outcome is the body of .../outcome.
type Outcome struct {
	Outcome string `json:"outcome" validate:"required,oneof=cured not_cured withdrawn"`
	Reasons string `json:"reasons" validate:"required,max=20000,text"`
}

// Announcement is the body of .../announcement.
type Announcement struct {
	Method       string      `json:"method" validate:"required"`
	ServedAt     time.Time   `json:"served_at" validate:"required"`
	RespondUntil workday.Day `json:"respond_until,omitempty" validate:"omitempty,day"`
	WorkingDays  int         `json:"working_days,omitempty" validate:"omitempty,min=1,max=1000"`
	Reasons      string      `json:"reasons" validate:"required,max=20000,text"`
	Receipt      *Evidence   `json:"receipt,omitempty"`
}

// Answer is what a publication says to a reply.
type Answer struct {
	Reply int    `json:"reply" validate:"min=1"`
	Text  string `json:"text" validate:"required,max=20000,text"`
}

// Publication is the body of .../publication.
type Publication struct {
	Outcome    string      `json:"outcome" validate:"required,oneof=publish drop"`
	Reasons    string      `json:"reasons" validate:"required,max=20000,text"`
	LegalBasis []string    `json:"legal_basis,omitempty" validate:"max=20,dive,required,max=1000,line"`
	Until      workday.Day `json:"until,omitempty" validate:"omitempty,day"`
	Answers    []Answer    `json:"answers,omitempty" validate:"max=1000,dive"`
}

// Contest is the body of .../contests.
type Contest struct {
	Grounds  string     `json:"grounds" validate:"required,max=20000,text"`
	Evidence []Evidence `json:"evidence,omitempty" validate:"max=100,dive"`
}

// Resolution is the body of .../contests/{n}/outcome.
type Resolution struct {
	Outcome string `json:"outcome" validate:"required,oneof=granted refused"`
	Reasons string `json:"reasons" validate:"required,max=20000,text"`
}

// Dismissal is the body of .../proposals/{id}/dismissal.
type Dismissal struct {
	Reasons string `json:"reasons" validate:"required,max=20000,text"`
}

// deadline is what a caller said of a last day; nil where it said nothing.
func deadline(day workday.Day, workingDays int) *action.Deadline {
	if day == "" && workingDays == 0 {
		return nil
	}
	return &action.Deadline{Day: day, WorkingDays: workingDays}
}

func texts(v sealedtext.Vault, in []string) []listing.Text {
	var out []listing.Text
	for _, t := range in {
		out = append(out, v.Put(t))
	}
	return out
}

func documents(v sealedtext.Vault, in []Evidence) []listing.Evidence {
	var out []listing.Evidence
	for _, e := range in {
		out = append(out, listing.Evidence{Title: v.Put(e.Title), SHA256: e.SHA256})
	}
	return out
}

func receipt(v sealedtext.Vault, e *Evidence) *listing.Evidence {
	if e == nil {
		return nil
	}
	return &documents(v, []Evidence{*e})[0]
}

// Step is one thing asked of an action, already held against everything but the record.
type Step struct {
	policy  string         // action of policy
	probe   action.Command // the command without content: it tells who may take the step at all, and when
	command func(v sealedtext.Vault) action.Command
	// created makes the answer 201 with the number of what was made; nil answers 200 with the action.
	created func(a *action.Action) int
	// shown are texts that the public will see.
	shown []string
}

// Step makes the step of a notice.
func (n Notice) Step() Step {
	return Step{policy: "action.notice", probe: action.GiveNotice{}, command: func(v sealedtext.Vault) action.Command {
		return action.GiveNotice{Method: n.Method, ServedAt: n.ServedAt, Reply: deadline(n.RespondUntil, n.WorkingDays), Receipt: receipt(v, n.Receipt)}
	}}
}

// Step makes the step of a reply.
func (r Said) Step() Step {
	to := r.To
	if to == "" {
		to = action.ToNotice
	}
	return Step{policy: "action.replies", probe: action.Say{}, created: func(a *action.Action) int { return len(a.Replies) }, command: func(v sealedtext.Vault) action.Command {
		return action.Say{To: to, Waiver: r.Waiver, Text: v.Put(r.Text)}
	}}
}

// Step makes the step of evidence.
func (c Cure) Step() Step {
	return Step{policy: "action.evidence", probe: action.Show{}, created: func(a *action.Action) int { return len(a.Evidence) }, command: func(v sealedtext.Vault) action.Command {
		return action.Show{Text: v.Put(c.Text), Documents: documents(v, c.Evidence)}
	}}
}

// Step makes the step of a record.
func (r Record) Step() Step {
	return Step{policy: "action.record", probe: action.Recorded{}, command: func(v sealedtext.Vault) action.Command {
		return action.Recorded{HeldAt: r.HeldAt, Participants: texts(v, r.Participants), Text: v.Put(r.Text)}
	}}
}

// Step makes the step of an extension.
func (e Extension) Step() Step {
	return Step{policy: "action.extension", probe: action.Extend{}, command: func(v sealedtext.Vault) action.Command {
		return action.Extend{Deadline: action.Deadline{Day: e.Due, WorkingDays: e.WorkingDays}, Reasons: v.Put(e.Reasons)}
	}}
}

// Step makes the step of an assessment.
func (o Outcome) Step() Step {
	return Step{policy: "action.outcome", probe: action.Assess{}, command: func(v sealedtext.Vault) action.Command {
		return action.Assess{Outcome: o.Outcome, Reasons: v.Put(o.Reasons)}
	}}
}

// Step makes the step of an announcement.
func (n Announcement) Step() Step {
	return Step{policy: "action.announcement", probe: action.Announce{}, command: func(v sealedtext.Vault) action.Command {
		return action.Announce{Method: n.Method, ServedAt: n.ServedAt, Reply: deadline(n.RespondUntil, n.WorkingDays), Reasons: v.Put(n.Reasons), Receipt: receipt(v, n.Receipt)}
	}}
}

// Step makes the step of a publication.
func (p Publication) Step() Step {
	return Step{policy: "action.publication", probe: action.Publish{}, shown: p.LegalBasis, command: func(v sealedtext.Vault) action.Command {
		c := action.Publish{Outcome: p.Outcome, Reasons: v.Put(p.Reasons), LegalBasis: p.LegalBasis, Until: p.Until}
		for _, a := range p.Answers {
			c.Answers = append(c.Answers, listing.Answer{Statement: a.Reply, Text: v.Put(a.Text)})
		}
		return c
	}}
}

// Step makes the step of a contest.
func (c Contest) Step() Step {
	return Step{policy: "action.contests", probe: action.Dispute{}, created: func(a *action.Action) int { return len(a.Contests) }, command: func(v sealedtext.Vault) action.Command {
		return action.Dispute{Grounds: v.Put(c.Grounds), Documents: documents(v, c.Evidence)}
	}}
}

// Step makes the step of the outcome of contest n.
func (r Resolution) Step(n int) Step {
	return Step{policy: "action.resolution", probe: action.Resolve{N: n}, command: func(v sealedtext.Vault) action.Command {
		return action.Resolve{N: n, Outcome: r.Outcome, Reasons: v.Put(r.Reasons)}
	}}
}
