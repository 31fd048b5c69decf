package rungs

import (
	"time"

	"shixin/shared/access"
	"shixin/shared/action"
	"shixin/shared/regime"
	"shixin/shared/workday"
)

// View is an action as the API shows it to authorities, auditors and, once it was told, to the enterprise.
type View struct {
	ID           string            `json:"id"`
	USCC         string            `json:"uscc"`
	Rung         string            `json:"rung"`
	Name         regime.Text       `json:"name"`
	Ladder       string            `json:"ladder"`
	Authority    string            `json:"authority"`
	State        action.State      `json:"state"`
	Published    bool              `json:"published"`
	Version      int               `json:"version"`
	Reason       string            `json:"reason"`
	LegalBasis   []string          `json:"legal_basis"`
	Findings     []string          `json:"findings"`
	Proposal     string            `json:"proposal,omitempty"`
	Interview    *InterviewView    `json:"interview,omitempty"`
	Task         string            `json:"task,omitempty"`
	Deadline     *DeadlineView     `json:"deadline,omitempty"`
	Listing      *ListingView      `json:"listing,omitempty"`
	Taken        HandView          `json:"taken"`
	Notice       *NoticeView       `json:"notice,omitempty"`
	Replies      []ReplyView       `json:"replies"`
	Evidence     []CureView        `json:"evidence"`
	Record       *RecordView       `json:"record,omitempty"`
	Extensions   []ExtensionView   `json:"extensions"`
	Assessment   *RulingView       `json:"assessment,omitempty"`
	Announcement *AnnouncementView `json:"announcement,omitempty"`
	Publication  *PublicationView  `json:"publication,omitempty"`
	Contests     []ContestView     `json:"contests"`
	Due          []DueView         `json:"due"`
	Allowed      []string          `json:"allowed"`
}

// The parts of a view.
type (
	// HandView is who took a step, and when. The natural person is shown to authorities and auditors only.
	HandView struct {
		At        time.Time   `json:"at"`
		Role      access.Role `json:"role"`
		Authority string      `json:"authority,omitempty"`
		Person    string      `json:"person,omitempty"`
	}
	// InterviewView is when and where, and with whom.
	InterviewView struct {
		At           time.Time `json:"at"`
		Place        string    `json:"place"`
		Participants []string  `json:"participants"`
	}
	// DeadlineView is a last day. By is null with pending "calendar" where it lies beyond the published calendar.
	DeadlineView struct {
		By          *workday.Day `json:"by"`
		Pending     string       `json:"pending,omitempty"`
		WorkingDays int          `json:"working_days,omitempty"`
		SetBy       string       `json:"set_by,omitempty"`
	}
	// ListingView is the listing that the rung proposed.
	ListingView struct {
		ID       string `json:"id"`
		Regime   string `json:"regime"`
		Ground   string `json:"ground"`
		Document string `json:"document"`
	}
	// NoticeView is the notice.
	NoticeView struct {
		HandView
		Method   string       `json:"method"`
		ServedAt time.Time    `json:"served_at"`
		Reply    DeadlineView `json:"reply"`
	}
	// ReplyView is what the enterprise said.
	ReplyView struct {
		HandView
		N      int    `json:"n"`
		To     string `json:"to"`
		Waiver bool   `json:"waiver"`
		Text   string `json:"text"`
	}
	// CureView is evidence of the cure.
	CureView struct {
		HandView
		N        int        `json:"n"`
		Text     string     `json:"text"`
		Evidence []Evidence `json:"evidence"`
	}
	// RecordView is what was said at the interview.
	RecordView struct {
		HandView
		HeldAt       time.Time `json:"held_at"`
		Participants []string  `json:"participants"`
		Text         string    `json:"text"`
	}
	// ExtensionView is a later deadline.
	ExtensionView struct {
		HandView
		Deadline DeadlineView `json:"deadline"`
		Reasons  string       `json:"reasons"`
	}
	// RulingView is an outcome with its reasons.
	RulingView struct {
		HandView
		Outcome string `json:"outcome"`
		Reasons string `json:"reasons"`
	}
	// AnnouncementView is the prior notice of a publication.
	AnnouncementView struct {
		HandView
		Method   string       `json:"method"`
		ServedAt time.Time    `json:"served_at"`
		Reply    DeadlineView `json:"reply"`
		Reasons  string       `json:"reasons"`
	}
	// PublicationView is the decision to show the action in public.
	PublicationView struct {
		HandView
		Reasons    string      `json:"reasons"`
		LegalBasis []string    `json:"legal_basis"`
		Until      workday.Day `json:"until"`
		Answers    []Answer    `json:"answers"`
		Lifted     string      `json:"lifted,omitempty"` // why it ended before its last day
	}
	// ContestView is what the enterprise holds against the publication.
	ContestView struct {
		HandView
		N        int         `json:"n"`
		Grounds  string      `json:"grounds"`
		Evidence []Evidence  `json:"evidence"`
		Outcome  *RulingView `json:"outcome"`
		Lapsed   bool        `json:"lapsed,omitempty"`
	}
	// DueView is one clock that runs.
	DueView struct {
		Step    string       `json:"step"`
		By      *workday.Day `json:"by"`
		Pending string       `json:"pending,omitempty"`
		Basis   string       `json:"basis,omitempty"`
		SetBy   string       `json:"set_by,omitempty"`
	}
)
