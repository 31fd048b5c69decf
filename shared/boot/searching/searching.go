// Package searching provides the looking up of names of a function, from its ports.
package searching

import (
	"shixin/shared/boot"
	"shixin/shared/boot/asking"
	"shixin/shared/records"
	"shixin/shared/screening"
)

// New makes the looking up of names of a function from its ports.
func New(p boot.Ports) *screening.Screening {
	return &screening.Screening{Store: &records.Store{Table: p.Table}, Blobs: p.Blobs, Uploads: p.Uploads, Queue: p.Queue, Hash: p.Hash, Seal: p.Seal,
		Policy: p.Policy, Log: p.Log, Queries: asking.New(p)}
}
