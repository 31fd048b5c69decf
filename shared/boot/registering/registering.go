// Package registering provides the register of a function, from its ports.
package registering

import (
	"shixin/infra/calendars"
	"shixin/infra/regimes"
	"shixin/shared/boot"
	"shixin/shared/records"
	"shixin/shared/register"
)

// New makes the register of a function from its ports: table, hasher, sealer, queue and policy.
func New(p boot.Ports) *register.Register {
	store := &records.Store{Table: p.Table}
	return &register.Register{Store: store, Hash: boot.Plant(store, p.Hash), Seal: p.Seal, Policy: p.Policy, Queue: p.Queue, Watchers: p.Queue, Regimes: regimes.Load, Calendar: calendars.Load, Log: p.Log}
}
