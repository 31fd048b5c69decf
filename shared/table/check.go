package table

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// overhead is what a driver's own attributes may add to an item.
const overhead = 100

// refuse makes an error about one part of a call. Keys are named by their place and never quoted: a key may hold
// the hash of a personal identifier.
func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrRefused}, args...)...)
}

// Size is what the item counts towards MaxItemBytes and MaxWriteBytes.
func (i Item) Size() int {
	return len(i.Partition) + len(i.Sort) + len(i.Doc) + overhead
}

// ExpiresUnix is the second from which on the item is absent, 0 when it stays.
func (i Item) ExpiresUnix() int64 {
	if i.Expires.IsZero() {
		return 0
	}
	return i.Expires.Unix()
}

// Expired reports whether an item with this ExpiresUnix is absent at a time.
func Expired(expiresUnix int64, now time.Time) bool {
	return expiresUnix != 0 && expiresUnix <= now.Unix()
}

// Holds reports whether the condition is true of the item stored, where there says that one is (and has not expired).
func (c Condition) Holds(there bool, version int64) bool {
	switch c.Kind {
	case Always:
		return true
	case Absent:
		return !there
	case Exists:
		return there
	default:
		return there && version == c.Version
	}
}

// Validate refuses a key that no engine takes. It wraps ErrRefused.
func (k Key) Validate() error {
	switch {
	case k.Partition == "":
		return refuse("the partition is empty")
	case k.Sort == "":
		return refuse("the sort key is empty")
	case len(k.Partition) > MaxPartitionKey:
		return refuse("the partition has %d bytes, at most %d are allowed", len(k.Partition), MaxPartitionKey)
	case len(k.Sort) > MaxSortKey:
		return refuse("the sort key has %d bytes, at most %d are allowed", len(k.Sort), MaxSortKey)
	case !utf8.ValidString(k.Partition):
		return refuse("the partition is not UTF-8")
	case !utf8.ValidString(k.Sort):
		return refuse("the sort key is not UTF-8")
	}
	return nil
}

// Validate refuses a read that breaks the limits. It wraps ErrRefused.
func (r Read) Validate() error {
	if r.Now.IsZero() {
		return refuse("Now is not set")
	}
	if len(r.Keys) == 0 || len(r.Keys) > MaxKeys {
		return refuse("%d keys, 1 to %d are allowed", len(r.Keys), MaxKeys)
	}
	for i, k := range r.Keys {
		if err := k.Validate(); err != nil {
			return fmt.Errorf("key %d: %w", i, err)
		}
	}
	return distinct(len(r.Keys), func(i int) Key { return r.Keys[i] })
}

// Validate refuses a range that breaks the limits. It wraps ErrRefused.
func (r Range) Validate() error {
	if r.Now.IsZero() {
		return refuse("Now is not set")
	}
	if r.Limit < 1 || r.Limit > MaxPage {
		return refuse("the limit is %d, 1 to %d are allowed", r.Limit, MaxPage)
	}
	for _, bound := range []struct{ name, sort string }{{"From", r.From}, {"To", r.To}, {"After", r.After}} {
		sort := bound.sort
		if sort == "" {
			sort = "-" // an open bound: only the partition is checked
		}
		if err := (Key{r.Partition, sort}).Validate(); err != nil {
			return fmt.Errorf("%s: %w", bound.name, err)
		}
	}
	if r.To != "" && r.From > r.To {
		return refuse("From is above To")
	}
	if r.After != "" && (r.After < r.From || r.To != "" && r.After > r.To) {
		return refuse("After is outside From and To")
	}
	return nil
}

// Validate refuses a write that breaks the limits. It wraps ErrRefused.
func (b Batch) Validate() error {
	if b.Now.IsZero() {
		return refuse("Now is not set")
	}
	if len(b.Ops) == 0 || len(b.Ops) > MaxOps {
		return refuse("%d operations, 1 to %d are allowed", len(b.Ops), MaxOps)
	}
	total := 0
	for i, op := range b.Ops {
		if err := op.validate(); err != nil {
			return fmt.Errorf("operation %d: %w", i, err)
		}
		if op.Kind == Put {
			total += op.Item.Size()
		}
	}
	if total > MaxWriteBytes {
		return refuse("the items have %d bytes together, at most %d are allowed", total, MaxWriteBytes)
	}
	return distinct(len(b.Ops), func(i int) Key { return b.Ops[i].Item.Key })
}

func (o Op) validate() error {
	if err := o.Item.Key.Validate(); err != nil {
		return err
	}
	switch o.If.Kind {
	case Always, Absent, Exists:
	case VersionIs:
		if o.If.Version < 1 {
			return refuse("the condition's version is %d, it starts at 1", o.If.Version)
		}
	default:
		return refuse("condition %d is not known", o.If.Kind)
	}
	switch o.Kind {
	case Put:
		return o.Item.validate()
	case Delete:
		return nil
	case Check:
		if o.If.Kind == Always {
			return refuse("a check without a condition")
		}
		return nil
	}
	return refuse("operation kind %d is not known", o.Kind)
}

func (i Item) validate() error {
	switch {
	case i.Version < 1:
		return refuse("the item's version is %d, it starts at 1", i.Version)
	case len(i.Doc) == 0:
		return refuse("the item's document is empty")
	case !i.Expires.IsZero() && i.Expires.Unix() < 1:
		return refuse("the item's expiry is before 1970")
	case i.Size() > MaxItemBytes:
		return refuse("the item has %d bytes, at most %d are allowed", i.Size(), MaxItemBytes)
	}
	return nil
}

// distinct refuses two equal keys. Few keys, the common case, are compared without a map.
func distinct(n int, key func(int) Key) error {
	if n <= 8 {
		for i := 1; i < n; i++ {
			for j := range i {
				if key(i) == key(j) {
					return refuse("%d and %d have the same key", j, i)
				}
			}
		}
		return nil
	}
	seen := make(map[Key]int, n)
	for i := range n {
		if j, ok := seen[key(i)]; ok {
			return refuse("%d and %d have the same key", j, i)
		}
		seen[key(i)] = i
	}
	return nil
}
