package register

import (
	"shixin/infra/calendars"
	"shixin/infra/regimes"
	"shixin/shared/boot"
	"shixin/shared/records"
)

// New makes the register of a function from its ports: table, hasher, sealer, queue and policy.
func New(p boot.Ports) *Register {
	store := &records.Store{Table: p.Table}
	return &Register{Store: store, Hash: boot.Plant(store, p.Hash), Seal: p.Seal, Policy: p.Policy, Queue: p.Queue, Regimes: regimes.Load, Calendar: calendars.Load}
}
