// Package notifying provides the watch lists of a function, from its ports.
package notifying

import (
	"shixin/shared/boot"
	"shixin/shared/records"
	"shixin/shared/watching"
)

// New makes the watch lists of a function from its ports: table, blobs, queue, hasher, sealer and policy.
func New(p boot.Ports) *watching.Watching {
	return &watching.Watching{Store: &records.Store{Table: p.Table}, Blobs: p.Blobs, Queue: p.Queue, Hash: p.Hash, Seal: p.Seal, Policy: p.Policy, Log: p.Log}
}
