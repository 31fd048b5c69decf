// Package compliance provides the judgment of enterprises by the rules of an audit run.
//
// [Judge] is a pure function of an enterprise and of what its run has pinned, so that judging again gives the same bytes.
// A [Finding] is what one rule has said about one enterprise from run to run.
package compliance

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shixin/shared/access"
	"shixin/shared/subject"
	"shixin/shared/workday"
)

// Engine is the version of the judgment itself. A run pins it: it changes when the same inputs would be judged otherwise.
const Engine = "1"

// The limits of an enterprise's registration.
const (
	MaxParties = 200
	MaxSectors = 3
)

// Role is what a party is to an enterprise.
type Role string

// The roles. Self is the enterprise itself, as inputs of a finding name it.
const (
	Self                Role = "self"
	LegalRepresentative Role = "legal-representative"
	Shareholder         Role = "shareholder"
	BeneficialOwner     Role = "beneficial-owner"
	ResponsiblePerson   Role = "responsible-person"
	Supplier            Role = "supplier"
	Other               Role = "other"
)

// Party is somebody an enterprise has to do with.
type Party struct {
	Role Role        `json:"role"`
	Name string      `json:"name,omitempty"` // of organisations only; a person's is sealed
	Ref  subject.Ref `json:"ref"`            // a personal identifier is its keyed hash and mask
}

// Contact is one way of reaching an enterprise as its keyed hash, by which enterprises that share it are found. What is hashed is
// sealed.
type Contact struct {
	By  string      `json:"by"` // address, phone, email
	Ref subject.Ref `json:"ref"`
}

// Registration is an enterprise as the register keeps it.
type Registration struct {
	USCC      string         `json:"uscc"`
	Names     []subject.Name `json:"names"`
	Sectors   []string       `json:"sectors"` // telecom, finance, internet
	Region    string         `json:"region"`  // six digits of GB/T 2260
	Authority string         `json:"authority"`
	Size      string         `json:"size"` // micro, small, medium, large
	Parent    string         `json:"parent,omitempty"`
	Parties   []Party        `json:"parties,omitempty"`
	Contacts  []Contact      `json:"contacts,omitempty"`
	Sealed    []byte         `json:"sealed,omitempty"` // contact, and the names of parties that may be persons
	// Leaving are the keys of links (package relation) that a change too large for one Write leaves to be dropped behind it.
	Leaving []string `json:"leaving,omitempty"`
	// Revision counts the changes of what is judged; contacts and names are not.
	Revision int       `json:"revision"`
	At       time.Time `json:"at"` // of the last change
	// Since is the day of the first registration: no figures are asked for before it. Empty is from of old.
	Since workday.Day `json:"since,omitempty"`
	// Person is the natural person who last changed what is judged.
	Person string `json:"person,omitempty"`
}

// Enterprise is what is judged of a registration. It is what a run reads for each enterprise, so it holds no more.
type Enterprise struct {
	USCC      string      `json:"-"` // the stored item's key has it
	Revision  int         `json:"rev"`
	Sectors   []string    `json:"sec"`
	Region    string      `json:"reg"`
	Authority string      `json:"aut"`
	Size      string      `json:"siz,omitempty"`
	Since     workday.Day `json:"sin,omitempty"` // no figures of periods that ended before are asked for
	Parties   []Party     `json:"par,omitempty"` // without names
}

// Enterprise is what a run judges of the registration.
func (r Registration) Enterprise() Enterprise {
	e := Enterprise{USCC: r.USCC, Revision: r.Revision, Sectors: r.Sectors, Region: r.Region, Authority: r.Authority, Size: r.Size, Since: r.Since}
	for _, p := range r.Parties {
		e.Parties = append(e.Parties, Party{Role: p.Role, Ref: p.Ref})
	}
	return e
}

// SameJudged reports whether a run would judge both alike.
func SameJudged(a, b Registration) bool {
	x, y := a.Enterprise(), b.Enterprise()
	return slices.Equal(x.Sectors, y.Sectors) && x.Region == y.Region && x.Authority == y.Authority && x.Size == y.Size && slices.Equal(x.Parties, y.Parties)
}

// Scope is the part of all enterprises that a run looks at; empty fields leave nothing out.
type Scope struct {
	Sector    string `json:"sector,omitempty"`
	Region    string `json:"region,omitempty"`
	Authority string `json:"authority,omitempty"`
}

// Covers reports whether an enterprise is in the scope.
func (s Scope) Covers(e Enterprise) bool {
	return (s.Sector == "" || slices.Contains(e.Sectors, s.Sector)) &&
		(s.Region == "" || access.Within(e.Region, s.Region)) &&
		(s.Authority == "" || s.Authority == e.Authority)
}

// Pack is one version of a set of rules.
type Pack struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	// Sectors are those whose enterprises it judges; empty is all.
	Sectors []string `json:"sectors,omitempty"`
	// Rules are the ids of its rules, in their order; empty is the one that is named as the pack.
	Rules []string `json:"rules,omitempty"`
	// Sum is the SHA-256 of the text by which it is run.
	Sum string `json:"sum,omitempty"`
}

// Name is the pack with its version, as findings and results show it.
func (p Pack) Name() string { return p.ID + "@" + p.Version }

// rules are the ids of its rules.
func (p Pack) rules() []string {
	if len(p.Rules) == 0 {
		return []string{p.ID}
	}
	return p.Rules
}

// later reports whether it is a later version of a pack, given as name@version.
func (p Pack) later(than string) bool {
	name, version, _ := strings.Cut(than, "@")
	old, err := strconv.Atoi(version)
	own, wrong := strconv.Atoi(p.Version)
	return p.ID == name && err == nil && wrong == nil && own > old
}

// RuleKey names a rule among those of all packs: by its pack too, unless the pack is called as the rule.
func RuleKey(pack, rule string) string {
	pack, _, _ = strings.Cut(pack, "@")
	if pack == rule {
		return rule
	}
	return pack + "/" + rule
}
