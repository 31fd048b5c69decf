package register

import "shixin/shared/workday"

// Name is one name of a subject as callers write it.
type Name struct {
	Text string `json:"text" validate:"required"`
	Lang string `json:"lang,omitempty" validate:"omitempty,max=35"` // BCP 47
}

// Identifier is one identifier as callers write it; from and to where its holder can change.
type Identifier struct {
	Scheme string      `json:"scheme" validate:"required"`
	Value  string      `json:"value" validate:"required"`
	From   workday.Day `json:"from,omitempty" validate:"omitempty,day"`
	To     workday.Day `json:"to,omitempty" validate:"omitempty,day"`
}

// Subject is whom a proposal is about.
type Subject struct {
	Kind        string       `json:"kind" validate:"required,oneof=organization person"`
	Names       []Name       `json:"names" validate:"min=1,max=200,dive"`
	Identifiers []Identifier `json:"identifiers" validate:"min=1,max=20,dive"`
	Birth       workday.Day  `json:"birth,omitempty" validate:"omitempty,day"`
}

// Evidence names a document and its SHA-256.
type Evidence struct {
	Title  string `json:"title" validate:"required,max=300"`
	SHA256 string `json:"sha256" validate:"required,sha256"`
}

// Conviction is the judgment a ground may rest on.
type Conviction struct {
	Document       string      `json:"document" validate:"required,max=300"`
	OffenceOn      workday.Day `json:"offence_on" validate:"required,day"`
	SentenceMonths *int        `json:"sentence_months" validate:"required,min=0,max=1200"` // 0 only where it is said: young offenders are told by it
}

// Decided is a decision taken elsewhere, in a row of an import.
type Decided struct {
	Document  string      `json:"document" validate:"required,max=300"`
	On        workday.Day `json:"on" validate:"required,day"`
	Authority string      `json:"authority,omitempty" validate:"omitempty,max=100"`
	ServedOn  workday.Day `json:"served_on,omitempty" validate:"omitempty,day"`
	Until     workday.Day `json:"until,omitempty" validate:"omitempty,day"`
	Published *bool       `json:"published,omitempty"`
}

// Proposal is the body of POST /v1/listings.
type Proposal struct {
	Regime     string      `json:"regime" validate:"required"`
	Ground     string      `json:"ground" validate:"required"`
	Subject    Subject     `json:"subject" validate:"required"`
	Facts      string      `json:"facts" validate:"required"`
	LegalBasis []string    `json:"legal_basis" validate:"min=1,max=20"`
	Evidence   []Evidence  `json:"evidence" validate:"max=100,dive"`
	Conviction *Conviction `json:"conviction,omitempty"`
}

// Row is one row of an import: a proposal that may carry a decision taken elsewhere.
type Row struct {
	Proposal
	Decided *Decided `json:"decided,omitempty"`
}

// Amendment is the body of PATCH /v1/listings/{id}: what is given replaces what was proposed.
type Amendment struct {
	Subject    *Subject    `json:"subject,omitempty"`
	Facts      *string     `json:"facts,omitempty"`
	LegalBasis *[]string   `json:"legal_basis,omitempty" validate:"omitempty,min=1,max=20"`
	Evidence   *[]Evidence `json:"evidence,omitempty" validate:"omitempty,max=100,dive"`
	Conviction *Conviction `json:"conviction,omitempty"`
}
