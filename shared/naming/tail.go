package naming

import "maps"

// Tail is what changed since a segment was made: entities that were added or replaced, and IDs that were removed. It is
// searched together with the segment and hides what it replaces. A Tail never changes: [Tail.With] returns another. A nil
// Tail is empty.
type Tail struct {
	added map[string]*Entity
	gone  map[string]bool // IDs of the segment that no longer count
}

// With returns the tail with entities added, or put in the place of those with the same ID, and with IDs removed. Where an
// ID is in both, it is removed.
func (t *Tail) With(added []Entity, removed []string) *Tail {
	next := &Tail{added: map[string]*Entity{}, gone: map[string]bool{}}
	if t != nil {
		maps.Copy(next.added, t.added)
		maps.Copy(next.gone, t.gone)
	}
	for i := range added {
		next.added[added[i].ID] = &added[i]
		next.gone[added[i].ID] = true
	}
	for _, id := range removed {
		delete(next.added, id)
		next.gone[id] = true
	}
	return next
}

// Len is how many changes the tail holds. What searches it costs grows with it: make a new segment in time.
func (t *Tail) Len() int {
	if t == nil {
		return 0
	}
	return len(t.gone)
}
