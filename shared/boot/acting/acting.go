// Package acting provides what authorities do about findings, for a function, from its ports.
package acting

import (
	"context"

	"shixin/infra/calendars"
	"shixin/infra/ladder"
	"shixin/infra/regimes"
	"shixin/shared/boot"
	"shixin/shared/boot/registering"
	"shixin/shared/boot/supervising"
	"shixin/shared/records"
	"shixin/shared/register"
	"shixin/shared/supervision"
	"shixin/shared/supervision/desk"
	"shixin/shared/supervision/rungs"
	"shixin/shared/supervision/tally"
)

// New makes the rungs of a function from its ports. The last one proposes through the register, as every listing is proposed.
func New(p boot.Ports) *rungs.Rungs {
	return &rungs.Rungs{Store: &records.Store{Table: p.Table}, Seal: p.Seal, Policy: p.Policy, Ladder: ladder.Load, Regimes: regimes.Load, Calendar: calendars.Load,
		Persons: supervising.New(p).Persons, Propose: Through(registering.New(p))}
}

// Desk makes what waits for a caller from the ports of a function and from its supervision, which knows by when findings are to be cured.
func Desk(p boot.Ports, s *supervision.Supervision) *desk.Desk {
	return &desk.Desk{Store: &records.Store{Table: p.Table}, Ladder: ladder.Load, Calendar: calendars.Load, Listings: registering.New(p).Waiting,
		Findings: s.ToCure, Reports: s.Owed}
}

// Tally makes the statistics from the ports of a function.
func Tally(p boot.Ports) *tally.Tally {
	return &tally.Tally{Store: &records.Store{Table: p.Table}, Ladder: ladder.Load, Calendar: calendars.Load}
}

// Through proposes a listing of an organisation through the register.
func Through(r *register.Register) rungs.Proposer {
	return func(ctx context.Context, call rungs.Call, d rungs.Draft, along func(*records.Batch) error) error {
		p := register.Proposal{Regime: d.Regime, Ground: d.Ground, Facts: d.Facts, LegalBasis: d.Basis, Subject: register.Subject{
			Kind: "organization", Identifiers: []register.Identifier{{Scheme: "uscc", Value: d.USCC}}}}
		for _, n := range d.Names {
			p.Subject.Names = append(p.Subject.Names, register.Name{Text: n})
		}
		for _, e := range d.Evidence {
			p.Evidence = append(p.Evidence, register.Evidence{Title: e.Title, SHA256: e.SHA256})
		}
		return r.ProposeAlong(ctx, call, d.ID, p, along)
	}
}
