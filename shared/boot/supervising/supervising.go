// Package supervising provides the supervision of a function, from its ports.
package supervising

import (
	"shixin/infra/calendars"
	"shixin/infra/clocks"
	"shixin/infra/indicators"
	"shixin/infra/ladder"
	"shixin/infra/regimes"
	"shixin/infra/risk"
	"shixin/shared/boot"
	"shixin/shared/records"
	"shixin/shared/supervision"
)

// New makes the supervision of a function from its ports.
func New(p boot.Ports) *supervision.Supervision {
	return &supervision.Supervision{Store: &records.Store{Table: p.Table}, Blobs: p.Blobs, Queue: p.Queue, Hash: p.Hash, Seal: p.Seal, Policy: p.Policy,
		Regimes: regimes.Load, Calendar: calendars.Load, Clocks: clocks.Load, Ladder: ladder.Load, Weights: risk.Load, Indicators: indicators.Load, Log: p.Log}
}
