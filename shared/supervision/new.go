package supervision

import (
	"shixin/infra/calendars"
	"shixin/infra/regimes"
	"shixin/shared/boot"
	"shixin/shared/records"
)

// New makes the supervision of a function from its ports.
func New(p boot.Ports) *Supervision {
	return &Supervision{Store: &records.Store{Table: p.Table}, Blobs: p.Blobs, Queue: p.Queue, Hash: p.Hash, Seal: p.Seal, Policy: p.Policy,
		Regimes: regimes.Load, Calendar: calendars.Load, Log: p.Log}
}
