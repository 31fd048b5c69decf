// Package ledgers provides the way from a function to the log of queries as it is kept, from its ports.
package ledgers

import (
	"shixin/infra/alarms"
	"shixin/shared/boot"
	"shixin/shared/querylog/ledger"
	"shixin/shared/records"
)

// New makes the ledger of a function that appends, from its port: table.
func New(p boot.Ports) *ledger.Ledger {
	return &ledger.Ledger{Store: &records.Store{Table: p.Table}, Log: p.Log, Alarms: alarms.Load}
}
