// Package asking provides the way from a function to the log of queries, from its ports.
package asking

import (
	"shixin/shared/boot"
	"shixin/shared/querylog"
	"shixin/shared/records"
)

// New makes the log of a function from its ports: table, queue and hasher.
func New(p boot.Ports) *querylog.Log {
	return &querylog.Log{Store: &records.Store{Table: p.Table}, Queue: p.Queue, Hash: p.Hash, Log: p.Log}
}
