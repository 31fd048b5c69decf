// Package table provides the one storage port: items under a partition and a sort key,
// read strongly or eventually, and written all or nothing under conditions.
//
// The limits are Amazon DynamoDB's, and every driver refuses what DynamoDB refuses, so that
// what works on one machine works at the scale of a nation. The contract is checked by
// tabletest.Run for every driver.
package table

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits of the port (DynamoDB service quotas).
const (
	MaxOps          = 100       // operations in one Write
	MaxWriteBytes   = 4 << 20   // bytes of all items of one Write
	MaxItemBytes    = 400 << 10 // bytes of one item: keys, document and the driver's own attributes (count 100 for them)
	MaxPartitionKey = 2048      // bytes
	MaxSortKey      = 1024      // bytes
	MaxPage         = 1000      // items in one page of a Query
	MaxPageBytes    = 1 << 20   // bytes: a page ends behind the item with which its documents reach this
	MaxKeys         = 1000      // keys in one Get; a driver splits them into what the engine takes (100)
)

// Key names an item. Both parts are non-empty UTF-8; order within a partition is by the bytes of Sort.
type Key struct{ Partition, Sort string }

// Item is one stored document.
type Item struct {
	Key
	// Version is set by the writer and compared by [VersionIs]. It MUST be at least 1.
	Version int64
	// Expires is when the item stops being there, to the second; zero is never. From that moment on the item is absent
	// in reads and in conditions, whether or not the engine has swept it. It MUST be after 1970-01-01; parts of a
	// second are dropped, and it is read back in UTC.
	Expires time.Time
	Doc     []byte // MUST be non-empty; the caller MUST NOT change it after the call
}

// Read asks for items by their keys.
type Read struct {
	Now      time.Time // the caller's time, against which Expires is judged; MUST be set
	Keys     []Key     // 1..MaxKeys, none twice
	Eventual bool      // an eventually consistent read: half the cost, MAY be stale
}

// Range asks for a page of one partition.
type Range struct {
	Now       time.Time // as in Read
	Partition string
	From, To  string // sort keys, both included; empty is open; From MUST NOT be above To
	After     string // go on behind this sort key (in the direction of reading); empty starts; MUST lie in From..To
	Backward  bool   // from the highest sort key down
	Limit     int    // 1..MaxPage items at the most
	Eventual  bool
}

// Page is an answer to a Range. Next is the After of the following page, empty at the end. A page MAY hold fewer
// items than the limit, even none, and still have a Next.
type Page struct {
	Items []Item
	Next  string
}

// Condition is what an operation asks of the item now stored under its key.
type Condition struct {
	Kind    ConditionKind
	Version int64 // with VersionIs
}

// ConditionKind says what a Condition compares.
type ConditionKind uint8

// The conditions. An expired item is absent.
const (
	Always    ConditionKind = iota // no condition
	Absent                         // there is no item
	Exists                         // there is an item
	VersionIs                      // there is an item of that version
)

// OpKind says what an operation does.
type OpKind uint8

// The operations.
const (
	Put    OpKind = iota + 1 // store Item whole
	Delete                   // remove the item under Item.Key; removing what is absent succeeds
	Check                    // change nothing; only the condition counts, and it MUST NOT be Always
)

// Op is one operation of a Write.
type Op struct {
	Kind OpKind
	Item Item // for Delete and Check only its Key
	If   Condition
}

// PutOp, DeleteOp and CheckOp spell operations shortly.
func PutOp(item Item, cond Condition) Op { return Op{Kind: Put, Item: item, If: cond} }

// DeleteOp removes the item under a key.
func DeleteOp(key Key, cond Condition) Op { return Op{Kind: Delete, Item: Item{Key: key}, If: cond} }

// CheckOp asks for a condition and changes nothing.
func CheckOp(key Key, cond Condition) Op { return Op{Kind: Check, Item: Item{Key: key}, If: cond} }

// Is is the condition that the stored item has this version; 0 is that there is none.
func Is(version int64) Condition {
	if version == 0 {
		return Condition{Kind: Absent}
	}
	return Condition{Kind: VersionIs, Version: version}
}

// Batch is the operations of one Write, on different keys.
type Batch struct {
	Now time.Time // as in Read, for the conditions
	Ops []Op      // 1..MaxOps
}

// Table is the storage port. All methods are safe for concurrent use. An error that is neither a *Conflict nor
// wraps ErrRefused is the engine's: whether a Write took effect is then unknown, and repeating the very same Write is safe when its
// conditions are such that it can take effect only once.
type Table interface {
	// Get returns the items that are there, in the order of the keys, without those that are absent.
	// It MUST NOT return fewer because of throttling: a driver retries unprocessed keys and fails if it cannot get them all.
	Get(ctx context.Context, read Read) ([]Item, error)

	// Query returns a page in the order of the sort key.
	Query(ctx context.Context, r Range) (Page, error)

	// Write applies all operations or none. It returns a *Conflict when a condition does not hold. When nil is
	// returned the operations are durable and every strong read that starts later sees them. A driver MUST retry throttles, contention
	// between transactions and lost answers by itself, so that an operation is applied once, and never report its own earlier success as a conflict.
	Write(ctx context.Context, b Batch) error
}

// ErrRefused is wrapped by errors about a call that breaks the port's limits; it never depends on what is stored.
var ErrRefused = errors.New("table: call refused")

// Conflict says which operations' conditions did not hold, by index, in ascending order. At least one is named;
// a driver names all it knows of.
type Conflict struct{ Failed []int }

// Error lists the failed operations.
func (c *Conflict) Error() string {
	return fmt.Sprintf("table: conditions failed at operations %v", c.Failed)
}
