package records

import (
	"fmt"

	"shixin/shared/table"
)

// The families of the ladder and of what waits.
const (
	famAction   = "action"   // one action: state, events, sealed texts; and one enterprise: its actions
	famStanding = "standing" // one shard: where enterprises stand on the ladder
	famWork     = "work"     // one authority: what waits
	famPublic   = "public"   // rectifications that are shown in public
)

func actionKey(id, sort string) table.Key {
	return table.Key{Partition: famAction + "#" + id, Sort: sort}
}
func standingKey(shard int, uscc string) table.Key {
	return table.Key{Partition: fmt.Sprintf("%s#%03d", famStanding, shard), Sort: uscc}
}
func workKey(authority, kind, id string) table.Key {
	return table.Key{Partition: famWork + "#" + authority, Sort: kind + "#" + id}
}
func publicKey(id string) table.Key { return table.Key{Partition: famPublic, Sort: id} }
